import { hash } from 'node:crypto';
import type { Group } from '../../../../domain/group.ts';
import { ruleSetKey } from '../../../../network/rule-set.ts';

/** Name of the rules of a group in its VPC: 128 bits of SHA-256 as 16 characters of a byte each, in place of all its rules. */
export const ruleSetDigest = (group: Group): string =>
  hash('sha256', `${group.vpcId ?? ''}\n${ruleSetKey(group)}`, 'buffer').toString('latin1', 0, 16);

/** Groups by what their rules let through, folded group by group. */
export class TwinIndex {
  readonly #ids = new Map<string, string[]>();

  /** Takes in a group, once. */
  add(group: Group): void {
    const digest = ruleSetDigest(group);
    const ids = this.#ids.get(digest);
    if (ids === undefined) this.#ids.set(digest, [group.id]);
    else ids.push(group.id);
  }

  /** Ids of the other groups of its VPC with exactly the same rules. */
  twinsOf(group: Group): readonly string[] {
    return (this.#ids.get(ruleSetDigest(group)) ?? []).filter((id) => id !== group.id);
  }
}
