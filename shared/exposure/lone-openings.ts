import type { Opening, Traffic } from '../model/exposure.ts';
import type { PortSet, Rule } from '../model/rule.ts';
import { contentKey } from './rule-key.ts';

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
  /** By ports, which are the same object for every group if they are a control's settings, then by the rule's content. */
  readonly #answers = new WeakMap<PortSet, Map<string, LoneOpening>>();
  readonly #most: number;
  #ofSixteenth: LoneOpenings | undefined;

  /** @param most answers that are kept for each set of ports; then all are dropped. */
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
    const answers = this.#answers.get(ports) ?? new Map<string, LoneOpening>();
    this.#answers.set(ports, answers);
    const key = `${'only' in traffic ? 'only' : 'except'} ${contentKey(rule)}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    if (answers.size >= this.#most) answers.clear();
    const found = find();
    answers.set(key, found);
    return found;
  }
}
