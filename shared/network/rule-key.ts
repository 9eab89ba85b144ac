import type { Group, Rule, RuleContent, Source } from '../domain/group.ts';
import { parseCidr } from './cidr.ts';
import { readPlainCidr } from './plain-cidr.ts';

/** A source as one word: its CIDR, `pl-…` or `sg-…`. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'ipv4':
    case 'ipv6':
      return source.cidr;
    case 'prefix-list':
      return source.id;
    case 'group':
      return source.groupId;
    default:
      return source satisfies never;
  }
}

/** What a rule lets through, as one string: direction, protocol, ports and source. Description and tags do not count. */
export function contentKey({ direction, protocol, fromPort = -1, toPort = -1, source }: RuleContent): string {
  return `${direction} ${protocol} ${fromPort} ${toPort} ${sourceText(source)}`;
}

/** Identity of a rule for the ledger: its id together with its content, since an id survives a change of content. */
export function ruleKey(rule: RuleContent & { readonly id?: string }): string {
  return `${rule.id ?? ''} ${contentKey(rule)}`;
}

/** A 32-bit word of an address without its host bits. `bits` is the part of the prefix that reaches into the word. */
function masked(word: number, bits: number): number {
  return word - (word % 2 ** (32 - bits));
}

function dotted(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** Four words in hexadecimal. RFC 5952 text takes longer to write, and nobody reads it here. */
function hexadecimal([a = 0, b = 0, c = 0, d = 0]: readonly number[], prefix: number): string {
  const [first, second, third, fourth] = [
    masked(a, prefix),
    masked(b, prefix - 32),
    masked(c, prefix - 64),
    masked(d, prefix - 96),
  ];
  return `${first.toString(16)}:${second.toString(16)}:${third.toString(16)}:${fourth.toString(16)}/${prefix}`;
}

/** The same text for every way to write a block of a family. */
function blockKey(text: string): string {
  const plain = readPlainCidr(text);
  if (plain === undefined) return unusualKey(text);
  const { words, prefix } = plain;
  if (words.length > 1) return hexadecimal(words, prefix);
  const [word = 0] = words;
  const first = masked(word, prefix);
  return first === word ? text : `${dotted(first)}/${prefix}`;
}

/** Of a text that EC2 does not write: capitals, or an IPv4 address as the tail of an IPv6 address. */
function unusualKey(text: string): string {
  const { family, first, prefix } = parseCidr(text);
  if (family === 'ipv4') return `${dotted(Number(first))}/${prefix}`;
  const words = [96n, 64n, 32n, 0n].map((shift) => Number((first >> shift) & 0xffff_ffffn));
  return hexadecimal(words, prefix);
}

function canonicalSource(source: Source): string {
  return source.kind === 'ipv4' || source.kind === 'ipv6' ? blockKey(source.cidr) : sourceText(source);
}

/**
 * A rule as EC2 would state it: host bits masked, no ports for protocol -1, both ends of the range given.
 * Requests in events are as their caller wrote them; only in this form can they be compared with what EC2 describes.
 *
 * @throws InputInvalid if the source is no CIDR block
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export function canonicalKey({ direction, protocol, fromPort = -1, toPort = -1, source }: RuleContent): string {
  const ports = protocol === '-1' ? '-1 -1' : `${fromPort} ${toPort}`;
  return `${direction} ${protocol} ${ports} ${canonicalSource(source)}`;
}

/** How a rule that names its own group reads: the same in a copy of the group. */
const ITSELF = 'itself';

function keyInSet(rule: Rule): string {
  return rule.source.kind === 'group' && rule.source.groupId === rule.groupId
    ? canonicalKey({ ...rule, source: { kind: 'group', groupId: ITSELF } })
    : canonicalKey(rule);
}

/** What all rules of a group let through, as one text: equal for two groups of a VPC that do the same. Order and descriptions do not count. */
export function ruleSetKey({ rules }: Pick<Group, 'rules'>): string {
  return [...new Set(rules.map(keyInSet))].toSorted().join('\n');
}

/** Rules as they were decided on, by what has become of them. */
export interface RuleStates {
  /** The id still has the content that was decided on. */
  readonly same: readonly Rule[];
  /** The id exists with other content: ids survive ModifySecurityGroupRules. */
  readonly changed: readonly Rule[];
  /** The id no longer exists. */
  readonly gone: readonly Rule[];
}

/** Compares rules as they were decided on with the rules that exist now. Pure. */
export function compareRules(decided: readonly Rule[], present: readonly Rule[]): RuleStates {
  const contents = new Map(present.map((rule) => [rule.id, contentKey(rule)]));
  const states = Map.groupBy(decided, (rule): keyof RuleStates => {
    const content = contents.get(rule.id);
    if (content === undefined) return 'gone';
    return content === contentKey(rule) ? 'same' : 'changed';
  });
  return { same: states.get('same') ?? [], changed: states.get('changed') ?? [], gone: states.get('gone') ?? [] };
}
