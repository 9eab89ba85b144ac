import type { Group, Rule, RuleContent, Source } from '../domain/group.ts';
import { parseCidr, readPlainCidr } from './cidr.ts';

/** A source as one word: a CIDR, `pl-…` or `sg-…`. */
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

/**
 * The content of a rule as one string: direction, protocol, ports and source, without description and tags.
 */
export function contentKey({ direction, protocol, fromPort = -1, toPort = -1, source }: RuleContent): string {
  return `${direction} ${protocol} ${fromPort} ${toPort} ${sourceText(source)}`;
}

/**
 * Identity of a rule in the ledger: id and content, because a rule keeps its id when its content is modified.
 */
export function ruleKey(rule: RuleContent & { readonly id?: string }): string {
  return `${rule.id ?? ''} ${contentKey(rule)}`;
}

/** A 32-bit word of an address without its host bits. `bits` is the number of prefix bits within the word. */
function masked(word: number, bits: number): number {
  return word - (word % 2 ** (32 - bits));
}

function dotted(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** Four words in hexadecimal. RFC 5952 text takes longer to write, and people do not read these keys. */
function hexadecimal([a = 0, b = 0, c = 0, d = 0]: readonly number[], prefix: number): string {
  const [first, second, third, fourth] = [
    masked(a, prefix),
    masked(b, prefix - 32),
    masked(c, prefix - 64),
    masked(d, prefix - 96),
  ];
  return `${first.toString(16)}:${second.toString(16)}:${third.toString(16)}:${fourth.toString(16)}/${prefix}`;
}

/** One text for all ways to write the same block. */
function blockKey(text: string): string {
  const plain = readPlainCidr(text);
  if (plain === undefined) return unusualKey(text);
  const { words, prefix } = plain;
  if (words.length > 1) return hexadecimal(words, prefix);
  const [word = 0] = words;
  const first = masked(word, prefix);
  return first === word ? text : `${dotted(first)}/${prefix}`;
}

/** The key of a text that EC2 does not write: with capitals, or with an IPv4 tail in an IPv6 address. */
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
 * The content of a rule in EC2's own form: host bits masked, no ports for protocol -1, both ends of the range
 * given. An event has a rule as the caller wrote it, so compare it with the rules of EC2 only in this form.
 *
 * @throws InputInvalid if the source is an invalid CIDR block.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export function canonicalKey({ direction, protocol, fromPort = -1, toPort = -1, source }: RuleContent): string {
  const ports = protocol === '-1' ? '-1 -1' : `${fromPort} ${toPort}`;
  return `${direction} ${protocol} ${ports} ${canonicalSource(source)}`;
}

/** Stands for the rule's own group, so that the key is the same in a copy of the group. */
const ITSELF = 'itself';

function keyInSet(rule: Rule): string {
  return rule.source.kind === 'group' && rule.source.groupId === rule.groupId
    ? canonicalKey({ ...rule, source: { kind: 'group', groupId: ITSELF } })
    : canonicalKey(rule);
}

/**
 * One text for all rules of a group. It is equal for two groups of a VPC that have the same rules in any
 * order.
 */
export function ruleSetKey({ rules }: Pick<Group, 'rules'>): string {
  return [...new Set(rules.map(keyInSet))].toSorted().join('\n');
}

/** The rules of a decision by their current state. */
export interface RuleStates {
  /** The rule still has the content that was decided on. */
  readonly same: readonly Rule[];
  /** The rule has other content. ModifySecurityGroupRules keeps the id. */
  readonly changed: readonly Rule[];
  /** The rule no longer exists. */
  readonly gone: readonly Rule[];
}

/** Compares the rules of a decision with the rules that exist now. */
export function compareRules(decided: readonly Rule[], present: readonly Rule[]): RuleStates {
  const contents = new Map(present.map((rule) => [rule.id, contentKey(rule)]));
  const states = Map.groupBy(decided, (rule): keyof RuleStates => {
    const content = contents.get(rule.id);
    if (content === undefined) return 'gone';
    return content === contentKey(rule) ? 'same' : 'changed';
  });
  return { same: states.get('same') ?? [], changed: states.get('changed') ?? [], gone: states.get('gone') ?? [] };
}
