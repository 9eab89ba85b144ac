import type { Opening, Traffic } from '../../domain/finding.ts';
import type { PortSet, Rule } from '../../domain/group.ts';
import { sourceText } from '../rule-key.ts';

/** What a rule lets through, apart from its source. */
type RuleTraffic = Pick<Rule, 'direction' | 'protocol' | 'fromPort' | 'toPort'>;

/** What one rule opens among the ports of a question, or among all others. */
interface RememberedAnswer {
  readonly kind: 'only' | 'except';
  readonly rule: RuleTraffic;
  readonly opening: LoneOpening;
}

type AnswersBySource = Map<string, readonly RememberedAnswer[]>;

/** Answers that are kept for one source. Once there are more, all of the source are dropped. */
const MOST_OF_SOURCE = 16;

function trafficOf({ direction, protocol, fromPort, toPort }: Rule): RuleTraffic {
  return { direction, protocol, ...(fromPort !== undefined && { fromPort }), ...(toPort !== undefined && { toPort }) };
}

function isSameTraffic(a: RuleTraffic, b: RuleTraffic): boolean {
  return a.protocol === b.protocol && a.fromPort === b.fromPort && a.toPort === b.toPort && a.direction === b.direction;
}

/** What one rule opens, whichever group it is in. */
export type LoneOpening = Pick<Opening, 'exposures' | 'share'> & {
  /** Number of exposed ports. */
  readonly width: number;
};

/**
 * Answers about directions in which a group has one rule: most groups have the same one outbound, and finding anew what it opens
 * took two fifths of the time of evaluation. Owned by the evaluator of a policy, so it lives as long as its world: its threshold and
 * what it trusts.
 */
export class LoneOpenings {
  /** By ports, which are the same object for every group if they are a control's settings, then by the rule's source. */
  readonly #answers = new WeakMap<PortSet, AnswersBySource>();
  readonly #most: number;
  #ofSixteenth: LoneOpenings | undefined;

  /** @param most sources that are kept for each set of ports. Once there are more, all are dropped. */
  constructor(most = 10_000) {
    this.#most = most;
  }

  /** The memory for a sixteenth of the threshold, under which the same rule opens more. */
  get ofSixteenth(): LoneOpenings {
    this.#ofSixteenth ??= new LoneOpenings(this.#most);
    return this.#ofSixteenth;
  }

  /** The answer, from memory if a rule of the same content was asked about. The entries of a prefix list are no part of that. */
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
