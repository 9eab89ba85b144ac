import { ruleSetDigest } from '../../shared/adapters/aws/ec2/facts/account-wide.ts';
import type { Facts, Need, PeerIdentity, Reference } from '../../shared/domain/control.ts';
import type { Group, Tags } from '../../shared/domain/group.ts';
import { mayAddUp } from '../../shared/network/exposure/together.ts';
import { groupsNamedBy, peersOf, reachabilityOf } from '../../shared/network/group-facts.ts';
import { NAMING_KINDS, type Supplements } from './supplements.ts';

/** Whole numbers by index, 4 bytes each; 0 where none was set. */
class NumberArray {
  #cells = new Int32Array(1024);

  /** The number at an index. */
  get(index: number): number {
    return this.#cells[index] ?? 0;
  }

  /** Puts a number at an index, and makes room for it. */
  set(index: number, value: number): void {
    if (index >= this.#cells.length) {
      const cells = new Int32Array(Math.max(index + 1, this.#cells.length * 2));
      cells.set(this.#cells);
      this.#cells = cells;
    }
    this.#cells[index] = value;
  }
}

/** Lists of numbers by a number: 4 bytes for each key and 8 for each element. */
class NumberLists {
  /** By key: 1 + the place of its last link. */
  readonly #ends = new NumberArray();
  readonly #values = new NumberArray();
  /** By place: 1 + the place of the link before it. */
  readonly #before = new NumberArray();
  #links = 0;

  /** Puts a value at the end of a key's list. */
  add(key: number, value: number): void {
    this.#values.set(this.#links, value);
    this.#before.set(this.#links, this.#ends.get(key));
    this.#links += 1;
    this.#ends.set(key, this.#links);
  }

  /** The list of a key, in the order in which it was added. */
  of(key: number): readonly number[] {
    const values: number[] = [];
    for (let link = this.#ends.get(key); link > 0; link = this.#before.get(link - 1))
      values.push(this.#values.get(link - 1));
    return values.toReversed();
  }
}

/** Groups, by their numbers, that have the same rules in the same VPC. */
class TwinSets {
  readonly #sets = new Map<string, number>();
  readonly #setOf = new NumberArray();
  readonly #members = new NumberLists();

  /** Takes in a group under its number, once. */
  add(number: number, group: Group): void {
    const digest = ruleSetDigest(group);
    const set = this.#sets.get(digest) ?? this.#sets.size;
    this.#sets.set(digest, set);
    this.#setOf.set(number, set);
    this.#members.add(set, number);
  }

  /** Numbers of the others that have the same rules as a group that was taken in. */
  twinsOf(number: number): readonly number[] {
    return this.#members.of(this.#setOf.get(number)).filter((one) => one !== number);
  }
}

/** Facts that only the whole set of groups tells. */
const FACTS_OF_THE_SET = ['peers', 'referencedBy', 'twins'] as const satisfies readonly Need[];

/** Whether any fact is asked for that only the whole set of groups tells. */
export function needsTheSet(needs: ReadonlySet<Need>): boolean {
  return FACTS_OF_THE_SET.some((need) => needs.has(need));
}

/** What is to be told of a set of groups. */
export interface WantedFacts {
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
  readonly #naming = new NumberLists();
  readonly #twins = new TwinSets();
  readonly #wholeVpcs = new Set<string>();

  constructor({ needs, peerTags }: WantedFacts) {
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

const NO_ROUTES = { subnets: new Set<string>(), vpcs: new Set<string>() };

/** Without route tables it is known all the same where no interface has a public address. */
function reachabilityFact({ id }: Group, { attachments, routes }: Supplements): Partial<Facts> {
  if (attachments === undefined) return {};
  const used = attachments.get(id) ?? [];
  const hasPublic = used.some(({ publicIp, publicIpv6 }) => publicIp !== undefined || publicIpv6 !== undefined);
  if (hasPublic && routes === undefined) return {};
  return { reachability: reachabilityOf(used, routes ?? NO_ROUTES) };
}

function vpcCidrsFact({ vpcId }: Group, { vpcs }: Supplements): Partial<Facts> {
  const vpcCidrs = vpcId === undefined ? undefined : vpcs?.get(vpcId);
  return vpcCidrs === undefined ? {} : { vpcCidrs };
}

/** What names a group beside the rules of other groups. */
function referencesIn({ id }: Group, { naming }: Supplements): readonly Reference[] {
  return NAMING_KINDS.flatMap((kind) => Array.from(naming?.[kind]?.get(id) ?? [], (one) => ({ kind, id: one })));
}

/** The rules of neighbours are not kept, so only a group whose interfaces have no other group is known to have none that count. */
function neighbourFact({ id, rules }: Group, { attachments }: Supplements): Partial<Facts> {
  const isAlone = attachments?.get(id)?.every(({ groupIds = [] }) => groupIds.length < 2) ?? attachments !== undefined;
  return isAlone || !mayAddUp(rules) ? { neighbours: [] } : {};
}

/** What an input tells of a group besides its rules. A fact that it does not tell is absent: nothing is concluded from silence. */
export function knownFacts(group: Group, supplements: Supplements, index: AccountIndex): Partial<Facts> {
  return {
    ...(supplements.attachments && { attachments: supplements.attachments.get(group.id) ?? [] }),
    ...reachabilityFact(group, supplements),
    ...vpcCidrsFact(group, supplements),
    ...neighbourFact(group, supplements),
    ...index.factsOf(group, referencesIn(group, supplements)),
  };
}
