import { ruleSetDigest } from '../../shared/adapters/aws/ec2/facts/account-wide.ts';
import type { Facts, Need, PeerIdentity, Reference } from '../../shared/domain/control.ts';
import type { Group, Tags } from '../../shared/domain/group.ts';
import { mayAddUp } from '../../shared/network/exposure/together.ts';
import { groupsNamedBy, peersOf, reachabilityOf } from '../../shared/network/group-facts.ts';
import { NAMING_KINDS, type Supplements } from './supplements.ts';

/** A growing array of whole numbers, 4 bytes each, 0 by default. */
class NumberArray {
  #cells = new Int32Array(1024);

  get(index: number): number {
    return this.#cells[index] ?? 0;
  }

  /** Sets the number at an index. The array grows as needed. */
  set(index: number, value: number): void {
    if (index >= this.#cells.length) {
      const cells = new Int32Array(Math.max(index + 1, this.#cells.length * 2));
      cells.set(this.#cells);
      this.#cells = cells;
    }
    this.#cells[index] = value;
  }
}

/**
 * Lists of numbers by numeric key: 4 bytes for each key and 8 for each element. Each list is a linked list.
 */
class NumberLists {
  /** By key: 1 + the index of the last link. */
  readonly #ends = new NumberArray();
  readonly #values = new NumberArray();
  /** By link: 1 + the index of the link before it. */
  readonly #before = new NumberArray();
  #links = 0;

  /** Appends a value to the list of a key. */
  add(key: number, value: number): void {
    this.#values.set(this.#links, value);
    this.#before.set(this.#links, this.#ends.get(key));
    this.#links += 1;
    this.#ends.set(key, this.#links);
  }

  /** The list of a key, in the order of `add`. */
  of(key: number): readonly number[] {
    const values: number[] = [];
    for (let link = this.#ends.get(key); link > 0; link = this.#before.get(link - 1))
      values.push(this.#values.get(link - 1));
    return values.toReversed();
  }
}

/** Sets of groups with the same rules in the same VPC. Groups are numbers. */
class TwinSets {
  readonly #sets = new Map<string, number>();
  readonly #setOf = new NumberArray();
  readonly #members = new NumberLists();

  /** Adds a group under its number. Call it once per group. */
  add(number: number, group: Group): void {
    const digest = ruleSetDigest(group);
    const set = this.#sets.get(digest) ?? this.#sets.size;
    this.#sets.set(digest, set);
    this.#setOf.set(number, set);
    this.#members.add(set, number);
  }

  /** The numbers of the other groups with the same rules. */
  twinsOf(number: number): readonly number[] {
    return this.#members.of(this.#setOf.get(number)).filter((one) => one !== number);
  }
}

/** Facts that depend on all groups of an account. */
const FACTS_OF_THE_SET = ['peers', 'referencedBy', 'twins'] as const satisfies readonly Need[];

/** Whether one of the facts depends on all groups of an account. */
export function needsTheSet(needs: ReadonlySet<Need>): boolean {
  return FACTS_OF_THE_SET.some((need) => needs.has(need));
}

/** The facts that the caller needs. */
export interface WantedFacts {
  readonly needs: ReadonlySet<Need>;
  /** Tag keys that the fact `peers` includes. Absent: all tags. */
  readonly peerTags?: ReadonlySet<string>;
}

/** EC2 gives this name to the default group of every VPC and refuses it for other groups. */
const DEFAULT_GROUP_NAME = 'default';

/**
 * An index over the groups of an input, for the facts that depend on other groups. Such a fact is known only
 * if the input has every group of the VPC. The index assumes so if the input has the default group of the
 * VPC: every VPC has one, it cannot be deleted, and a selection of groups usually lacks it.
 *
 * A group with 20 rules, 4 of which reference another group, takes 192 bytes (measured over 100,000 groups):
 * its id and the digest of its rules, each in a map, and 8 bytes for each reference.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export class AccountIndex {
  readonly #needs: ReadonlySet<Need>;
  readonly #peerTags: ReadonlySet<string> | undefined;
  /** The number of each group that was added or is referenced by one, from 0. */
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  /** By number; undefined for a group that is only referenced. */
  readonly #tags: (Tags | undefined)[] = [];
  /** Tags by their JSON, so that groups with the same tags share one object. */
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

  /** The requested tags of a group. Usually this is at most one tag with few values in the whole account. */
  #tagsOf({ tags }: Group): Tags {
    const wanted = Object.entries(tags).filter(([key]) => this.#peerTags?.has(key) ?? true);
    const text = JSON.stringify(wanted);
    const known = this.#knownTags.get(text) ?? Object.fromEntries(wanted);
    this.#knownTags.set(text, known);
    return known;
  }

  #find(id: string): PeerIdentity | undefined {
    const tags = this.#tags[this.#numbers.get(id) ?? -1];
    return tags && { id, tags };
  }

  /** Whether a group was added. */
  has(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Adds a group. Call it once per group. */
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

  #referencesTo({ id }: Group, otherReferences: readonly Reference[]): Pick<Facts, 'referencedBy'> {
    const groups = this.#named(this.#naming.of(this.#numberOf(id))).map((one) => ({ kind: 'group' as const, id: one }));
    return { referencedBy: [...groups, ...otherReferences] };
  }

  /**
   * The needed facts of a group that depend on other groups. An unknown fact is absent.
   *
   * @param otherReferences references to the group that are not rules of other groups.
   */
  factsOf(group: Group, otherReferences: readonly Reference[]): Partial<Facts> {
    const isWhole = this.#isWhole(group.vpcId);
    return {
      ...(this.#needs.has('peers') && this.#peersOf(group)),
      ...(this.#needs.has('referencedBy') && isWhole && this.#referencesTo(group, otherReferences)),
      ...(this.#needs.has('twins') && isWhole && { twins: this.#named(this.#twins.twinsOf(this.#numberOf(group.id))) }),
    };
  }
}

const NO_ROUTES = { subnets: new Set<string>(), vpcs: new Set<string>() };

/** Reachability is known without route tables if no interface has a public address. */
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

/** References to a group that are not rules of other groups. */
function referencesIn({ id }: Group, { naming }: Supplements): readonly Reference[] {
  return NAMING_KINDS.flatMap((kind) => Array.from(naming?.[kind]?.get(id) ?? [], (one) => ({ kind, id: one })));
}

/**
 * The rules of neighbours are not kept. So the fact is known only for a group that shares no interface, or
 * whose rules cannot add up with those of others.
 */
function neighbourFact({ id, rules }: Group, { attachments }: Supplements): Partial<Facts> {
  const isAlone = attachments?.get(id)?.every(({ groupIds = [] }) => groupIds.length < 2) ?? attachments !== undefined;
  return isAlone || !mayAddUp(rules) ? { neighbours: [] } : {};
}

/**
 * The facts of a group that the input states. An unknown fact is absent: nothing is concluded from missing
 * data.
 */
export function knownFacts(group: Group, supplements: Supplements, index: AccountIndex): Partial<Facts> {
  return {
    ...(supplements.attachments && { attachments: supplements.attachments.get(group.id) ?? [] }),
    ...reachabilityFact(group, supplements),
    ...vpcCidrsFact(group, supplements),
    ...neighbourFact(group, supplements),
    ...index.factsOf(group, referencesIn(group, supplements)),
  };
}
