import type { Facts, Need, PeerIdentity, Reference } from '../../shared/domain/controls/facts.ts';
import type { Group } from '../../shared/domain/group.ts';
import type { Tags } from '../../shared/domain/rule.ts';
import { groupsNamedBy, peersOf } from '../../shared/network/text/peer.ts';
import { Chains } from './chains.ts';
import { TwinSets } from './twin-sets.ts';

/** Facts that only the whole set of groups tells. */
const OF_THE_SET = ['peers', 'referencedBy', 'twins'] as const satisfies readonly Need[];

/** Whether any fact is asked for that only the whole set of groups tells. */
export const needsTheSet = (needs: ReadonlySet<Need>): boolean => OF_THE_SET.some((need) => needs.has(need));

/** What is to be told of a set of groups. */
export interface Wanted {
  readonly needs: ReadonlySet<Need>;
  /** Tags that the fact `peers` tells of a group; all where it is absent. */
  readonly peerTags?: ReadonlySet<string>;
}

/** Name that EC2 gives the default group of every VPC and refuses for any other group. */
const DEFAULT_GROUP_NAME = 'default';

/**
 * A small index over the groups of an input, for the facts that one group alone does not tell. A group that is not in the input is
 * gone, and a group that nothing in it names is not named, only where the input has all groups of the VPC. That is taken from its
 * default group: every VPC has one, it cannot be deleted, and whoever picks out some groups leaves it out.
 *
 * 192 bytes for each group of 20 rules, 4 of which name another group (measured over 100,000 groups): its id and the digest of its rules,
 * each in a map, and 8 bytes for each reference.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export class AccountIndex {
  readonly #needs: ReadonlySet<Need>;
  readonly #peerTags: ReadonlySet<string> | undefined;
  /** Every group that was taken in or named by one is a number from 0 on. */
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  /** By number; undefined where the group was named only. */
  readonly #tags: (Tags | undefined)[] = [];
  /** Tags by their text, so that groups with the same share them. */
  readonly #knownTags = new Map<string, Tags>();
  readonly #naming = new Chains();
  readonly #twins = new TwinSets();
  readonly #wholeVpcs = new Set<string>();

  constructor({ needs, peerTags }: Wanted) {
    this.#needs = needs;
    this.#peerTags = peerTags;
  }

  #numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#ids.push(id) - 1;
    this.#tags.push(undefined);
    this.#numbers.set(id, number);
    return number;
  }

  /** The tags that are asked for: as a rule none or one, with a few values in the whole account. */
  #tagsOf({ tags }: Group): Tags {
    const told = Object.entries(tags).filter(([key]) => this.#peerTags?.has(key) ?? true);
    const text = JSON.stringify(told);
    const known = this.#knownTags.get(text) ?? Object.fromEntries(told);
    this.#knownTags.set(text, known);
    return known;
  }

  #find(id: string): PeerIdentity | undefined {
    const tags = this.#tags[this.#numbers.get(id) ?? -1];
    return tags && { id, tags };
  }

  /** Whether a group was taken in. */
  has(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Takes in a group, once. */
  add(group: Group): void {
    if (group.name === DEFAULT_GROUP_NAME && group.vpcId !== undefined) this.#wholeVpcs.add(group.vpcId);
    const number = this.#numberOf(group.id);
    this.#tags[number] = this.#tagsOf(group);
    if (this.#needs.has('twins')) this.#twins.add(number, group);
    if (this.#needs.has('referencedBy'))
      for (const id of groupsNamedBy(group).own) if (id !== group.id) this.#naming.add(this.#numberOf(id), number);
  }

  #named(numbers: readonly number[]): readonly string[] {
    return numbers.map((number) => this.#ids[number] ?? '');
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
        this.has(source.groupId) ||
        (this.#isWhole(group.vpcId) && this.#isWhole(source.vpcId ?? group.vpcId)),
    );
    return isTold ? { peers: peersOf(named, (id) => this.#find(id)) } : {};
  }

  #referencesTo({ id }: Group, beside: readonly Reference[]): Pick<Facts, 'referencedBy'> {
    const groups = this.#named(this.#naming.of(this.#numberOf(id))).map((one) => ({ kind: 'group' as const, id: one }));
    return { referencedBy: [...groups, ...beside] };
  }

  /** What the set tells of a group, of the facts that are needed; a fact that it does not tell is absent. `beside` is what names it beside groups. */
  factsOf(group: Group, beside: readonly Reference[]): Partial<Facts> {
    const isWhole = this.#isWhole(group.vpcId);
    return {
      ...(this.#needs.has('peers') && this.#peersOf(group)),
      ...(this.#needs.has('referencedBy') && isWhole && this.#referencesTo(group, beside)),
      ...(this.#needs.has('twins') && isWhole && { twins: this.#named(this.#twins.twinsOf(this.#numberOf(group.id))) }),
    };
  }
}
