import { TwinIndex } from '../../shared/aws/facts/twin-index.ts';
import { groupsNamedBy, identityOf, peersOf } from '../../shared/exposure/peer.ts';
import type { Facts, Need } from '../../shared/model/facts.ts';
import type { Group, GroupIdentity } from '../../shared/model/group.ts';
import type { Supplements } from './supplements.ts';

/** Facts that only the whole set of groups tells. */
const OF_THE_SET = ['peers', 'referencedBy', 'twins'] as const satisfies readonly Need[];

/** Whether any fact is asked for that only the whole set of groups tells. */
export const needsTheSet = (needs: ReadonlySet<Need>): boolean => OF_THE_SET.some((need) => needs.has(need));

/** Name that EC2 gives the default group of every VPC and refuses for any other group. */
const DEFAULT_GROUP_NAME = 'default';

/**
 * A small index over the groups of an input, for the facts that one group alone does not tell. A group that is not in the input is
 * gone, and a group that nothing in it names is not named, only where the input has all groups of the VPC. That is taken from its
 * default group: every VPC has one, it cannot be deleted, and whoever picks out some groups leaves it out.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export class AccountIndex {
  readonly #needs: ReadonlySet<Need>;
  readonly #heads = new Map<string, GroupIdentity>();
  readonly #naming = new Map<string, string[]>();
  readonly #twins = new TwinIndex();
  readonly #wholeVpcs = new Set<string>();

  constructor(needs: ReadonlySet<Need>) {
    this.#needs = needs;
  }

  /** Takes in a group, once. */
  add(group: Group): void {
    if (group.name === DEFAULT_GROUP_NAME && group.vpcId !== undefined) this.#wholeVpcs.add(group.vpcId);
    if (this.#needs.has('peers')) this.#heads.set(group.id, identityOf(group));
    if (this.#needs.has('twins')) this.#twins.add(group);
    if (this.#needs.has('referencedBy')) this.#addNamesOf(group);
  }

  #addNamesOf(group: Group): void {
    for (const id of groupsNamedBy(group).own) {
      if (id === group.id) continue;
      const naming = this.#naming.get(id);
      if (naming === undefined) this.#naming.set(id, [group.id]);
      else naming.push(group.id);
    }
  }

  #isWhole(vpcId: string | undefined): boolean {
    return vpcId !== undefined && this.#wholeVpcs.has(vpcId);
  }

  #peersOf(group: Group): Partial<Facts> {
    const named = groupsNamedBy(group);
    const isTold = group.rules.every(
      ({ source }) =>
        source.kind !== 'group' ||
        named.foreign.has(source.groupId) ||
        this.#heads.has(source.groupId) ||
        (this.#isWhole(group.vpcId) && this.#isWhole(source.vpcId ?? group.vpcId)),
    );
    return isTold ? { peers: peersOf(named, (id) => this.#heads.get(id)) } : {};
  }

  #referencesTo({ id }: Group, templates: Supplements['templates']): Pick<Facts, 'referencedBy'> {
    const groups = (this.#naming.get(id) ?? []).map((one) => ({ kind: 'group' as const, id: one }));
    const others = Array.from(templates?.get(id) ?? [], (one) => ({ kind: 'launch-template' as const, id: one }));
    return { referencedBy: [...groups, ...others] };
  }

  /** What the set tells of a group, of the facts that are needed; a fact that it does not tell is absent. */
  factsOf(group: Group, templates: Supplements['templates']): Partial<Facts> {
    const isWhole = this.#isWhole(group.vpcId);
    return {
      ...(this.#needs.has('peers') && this.#peersOf(group)),
      ...(this.#needs.has('referencedBy') && isWhole && this.#referencesTo(group, templates)),
      ...(this.#needs.has('twins') && isWhole && { twins: this.#twins.twinsOf(group) }),
    };
  }
}
