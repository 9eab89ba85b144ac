import { createHash } from 'node:crypto';
import { ruleSetKey } from '../../exposure/rule-set.ts';
import type { Group } from '../../model/group.ts';

/** Name of the rules of a group in its VPC: 132 bits of SHA-256, 22 characters in place of all its rules. */
const digestOf = (group: Group): string =>
  createHash('sha256')
    .update(`${group.vpcId ?? ''}\n${ruleSetKey(group)}`)
    .digest('base64')
    .slice(0, 22);

/** Groups by what their rules let through, folded group by group. */
export class TwinIndex {
  readonly #ids = new Map<string, string[]>();

  /** Takes in a group, once. */
  add(group: Group): void {
    const digest = digestOf(group);
    const ids = this.#ids.get(digest);
    if (ids === undefined) this.#ids.set(digest, [group.id]);
    else ids.push(group.id);
  }

  /** Ids of the other groups of its VPC with exactly the same rules. */
  twinsOf(group: Group): readonly string[] {
    return (this.#ids.get(digestOf(group)) ?? []).filter((id) => id !== group.id);
  }
}
