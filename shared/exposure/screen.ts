import type { WorldThreshold } from '../model/options.ts';
import type { Direction, Rule } from '../model/rule.ts';
import { type Family, familyOf } from './cidr.ts';
import { cidrsOf } from './reach.ts';

/** Sizes of all sources added up, each as a share of its family's whole address space, public or not. */
type Sum = Readonly<Record<Family, number>>;

const [SLASH, ZERO] = [47, 48] as const;

/** Prefix lengths of IPv6 and what they leave of the space; for any other length, nothing. */
const SHARES: readonly number[] = Array.from({ length: 129 }, (_, prefix) => 2 ** -prefix);

/**
 * 2 to the minus prefix length, read from the end of the text. What does not read as one counts as everything, so that it is judged in
 * full, and refused there.
 */
const shareOf = (cidr: string): number => {
  let [prefix, unit] = [0, 1];
  for (let i = cidr.length - 1; i >= 0 && unit <= 1000; i -= 1) {
    const code = cidr.charCodeAt(i);
    if (code === SLASH) return SHARES[prefix] ?? 1;
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) return 1;
    prefix += digit * unit;
    unit *= 10;
  }
  return 1;
};

const addUp = (rules: readonly Rule[], direction: Direction): Sum => {
  const sum = { ipv4: 0, ipv6: 0 };
  for (const rule of rules) {
    const { source } = rule;
    if (rule.direction !== direction || source.kind === 'group') continue;
    if (source.kind === 'prefix-list') for (const cidr of cidrsOf(source)) sum[familyOf(cidr)] += shareOf(cidr);
    else sum[source.kind] += shareOf(source.cidr);
  }
  return sum;
};

/** The list that was asked about last: one control after the other asks about the same. */
let last: { readonly rules: readonly Rule[]; readonly ingress: Sum; readonly egress: Sum } | undefined;

const sumOf = (rules: readonly Rule[], direction: Direction): Sum => {
  if (last?.rules !== rules) last = { rules, ingress: addUp(rules, 'ingress'), egress: addUp(rules, 'egress') };
  return last[direction];
};

/** Below the threshold by more than floating-point sums of a million sources err. */
const NEARLY = 0.999_999;

/**
 * Whether the sources of one direction could be the world on any port: a union is never larger than the sum of its parts. Reads no
 * address, only prefix lengths. It answers "no" for nearly every group: a control over 5,000 groups of 20 rules takes 5 ms in place
 * of 100.
 */
export const couldBeWorld = (rules: readonly Rule[], direction: Direction, world: WorldThreshold): boolean => {
  const { ipv4, ipv6 } = sumOf(rules, direction);
  return ipv4 * 2 ** world.ipv4 >= NEARLY || ipv6 * 2 ** world.ipv6 >= NEARLY;
};
