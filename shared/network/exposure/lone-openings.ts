import type { Opening, Traffic } from '../../domain/finding.ts';
import type { PortSet, Rule } from '../../domain/group.ts';
import { sourceText } from '../rule-key.ts';

/** The content of a rule without its source. */
type RuleTraffic = Pick<Rule, 'direction' | 'protocol' | 'fromPort' | 'toPort'>;

/** What one rule opens among the ports of a question, or among all other ports. */
interface RememberedAnswer {
  readonly kind: 'only' | 'except';
  readonly rule: RuleTraffic;
  readonly opening: LoneOpening;
}

type AnswersBySource = Map<string, readonly RememberedAnswer[]>;

/** Largest number of answers kept for one source. Beyond it, all answers of the source are dropped. */
const MOST_OF_SOURCE = 16;

function trafficOf({ direction, protocol, fromPort, toPort }: Rule): RuleTraffic {
  return { direction, protocol, ...(fromPort !== undefined && { fromPort }), ...(toPort !== undefined && { toPort }) };
}

function isSameTraffic(a: RuleTraffic, b: RuleTraffic): boolean {
  return a.protocol === b.protocol && a.fromPort === b.fromPort && a.toPort === b.toPort && a.direction === b.direction;
}

/** What one rule opens, whatever group has it. */
export type LoneOpening = Pick<Opening, 'exposures' | 'share'> & {
  /** Number of exposed ports. */
  readonly width: number;
};

/**
 * A cache of answers about directions in which a group has one rule. Most groups have the same outbound rule,
 * and evaluating it again took two fifths of the evaluation time. The evaluator of a policy owns the cache,
 * because the answers depend on the policy's threshold and trusted addresses.
 */
export class LoneOpenings {
  /** By ports, then by source. The ports in a control's settings are the same object for every group. */
  readonly #answers = new WeakMap<PortSet, AnswersBySource>();
  readonly #most: number;
  #ofSixteenth: LoneOpenings | undefined;

  /** @param most number of sources kept for each set of ports. Beyond it, all are dropped. */
  constructor(most = 10_000) {
    this.#most = most;
  }

  /** The cache for a sixteenth of the threshold, under which the same rule opens more. */
  get ofSixteenth(): LoneOpenings {
    this.#ofSixteenth ??= new LoneOpenings(this.#most);
    return this.#ofSixteenth;
  }

  /**
   * The answer, cached for rules with the same content. Not cached for prefix lists, whose entries can
   * change.
   */
  of(rule: Rule, traffic: Traffic, find: () => LoneOpening): LoneOpening {
    const ports = 'only' in traffic ? traffic.only : 'except' in traffic ? traffic.except[0] : undefined;
    const isKnowable = ports !== undefined && rule.source.kind !== 'prefix-list';
    if (!isKnowable || ('except' in traffic && traffic.except.length > 1)) return find();
    const kind = 'only' in traffic ? 'only' : 'except';
    const answers = this.#answers.get(ports) ?? this.#begin(ports);
    const source = sourceText(rule.source);
    const ofSource = answers.get(source) ?? [];
    const known = ofSource.find((answer) => answer.kind === kind && isSameTraffic(answer.rule, rule));
    if (known !== undefined) return known.opening;
    const opening = find();
    this.#keep(answers, source, { kind, rule: trafficOf(rule), opening });
    return opening;
  }

  #keep(answers: AnswersBySource, source: string, answer: RememberedAnswer): void {
    const known = answers.get(source);
    if (known === undefined && answers.size >= this.#most) answers.clear();
    answers.set(source, known === undefined || known.length >= MOST_OF_SOURCE ? [answer] : [...known, answer]);
  }

  #begin(ports: PortSet): AnswersBySource {
    const answers: AnswersBySource = new Map();
    this.#answers.set(ports, answers);
    return answers;
  }
}
