const [SLASH, ZERO] = [47, 48] as const;

/** Prefix lengths of IPv6 and the share of the address space that a block has. */
const SHARES: readonly number[] = Array.from({ length: 129 }, (_, prefix) => 2 ** -prefix);

/**
 * Share of its family's address space that a CIDR block has: 2 to the minus prefix length, read from the end of the text. A text
 * without a prefix length counts as everything, so that it is read in full, and refused there.
 */
export function prefixShare(cidr: string): number {
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
}
