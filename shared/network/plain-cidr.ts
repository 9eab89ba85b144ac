/** A CIDR block whose address is in 32-bit words: one for IPv4, four for IPv6. Host bits are as they were written. */
export interface PlainCidr {
  readonly words: readonly number[];
  /** Prefix length. */
  readonly prefix: number;
}

const [DOT, ZERO, NINE, COLON, SMALL_A, SMALL_F] = [0x2e, 0x30, 0x39, 0x3a, 0x61, 0x66] as const;

/** A decimal number of up to three digits that fills a part of a text; -1 where it is none or has a leading zero. */
function decimal(text: string, from: number, end: number): number {
  if (end <= from || end - from > 3 || (text.charCodeAt(from) === ZERO && end - from > 1)) return -1;
  let value = 0;
  for (let i = from; i < end; i += 1) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function plainIpv4(text: string, end: number): readonly number[] | undefined {
  let [value, from, octets] = [0, 0, 0];
  for (let i = 0; i <= end; i += 1) {
    if (i < end && text.charCodeAt(i) !== DOT) continue;
    const octet = decimal(text, from, i);
    if (octet < 0 || octet > 255) return undefined;
    value = value * 256 + octet;
    from = i + 1;
    octets += 1;
  }
  return octets === 4 ? [value] : undefined;
}

/** -1 for anything but a digit or a small letter: EC2 writes no others. */
function hexDigit(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  return code >= SMALL_A && code <= SMALL_F ? code - SMALL_A + 10 : -1;
}

/** One group of up to four digits; -1 where it is none. */
function hexGroup(text: string, from: number, end: number): number {
  if (end <= from || end - from > 4) return -1;
  let value = 0;
  for (let i = from; i < end; i += 1) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The groups of a part of a text that has no `::`; undefined where one of them is none. */
function groupsIn(text: string, start: number, end: number): readonly number[] | undefined {
  const groups: number[] = [];
  for (let [i, from] = [start, start]; i <= end; i += 1) {
    if (i < end && text.charCodeAt(i) !== COLON) continue;
    const group = hexGroup(text, from, i);
    if (group < 0) return undefined;
    groups.push(group);
    from = i + 1;
  }
  return groups;
}

const NO_GROUPS: readonly number[] = [];

function plainIpv6(text: string, end: number): readonly number[] | undefined {
  const gap = text.indexOf('::');
  const left = gap === 0 ? NO_GROUPS : groupsIn(text, 0, gap < 0 ? end : gap);
  const right = gap < 0 || gap + 2 === end ? NO_GROUPS : groupsIn(text, gap + 2, end);
  if (left === undefined || right === undefined) return undefined;
  const zeros = 8 - left.length - right.length;
  if (gap < 0 ? zeros !== 0 : zeros < 1) return undefined;
  const groupAt = (i: number): number => (i < left.length ? left[i] : right[i - left.length - zeros]) ?? 0;
  return [0, 2, 4, 6].map((i) => groupAt(i) * 0x1_0000 + groupAt(i + 1));
}

/**
 * Reads a CIDR block as EC2 itself writes it, without BigInt and regular expressions, which took a fifth of the time of reading. Undefined
 * does not say that the text is no CIDR block (capitals and IPv4 tails are not read here): then `parseCidr` tells.
 */
export function readPlainCidr(text: string): PlainCidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const prefix = decimal(text, slash + 1, text.length);
  const isIpv6 = text.includes(':');
  if (prefix < 0 || prefix > (isIpv6 ? 128 : 32)) return undefined;
  const words = isIpv6 ? plainIpv6(text, slash) : plainIpv4(text, slash);
  return words === undefined ? undefined : { words, prefix };
}
