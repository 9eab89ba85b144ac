/** Randomness, injected: like `Math.random`, a number in [0, 1). */
export type Random = () => number;

/** `length` hexadecimal digits. */
function hexDigits(random: Random, length: number): string {
  let digits = '';
  for (let i = 0; i < length; i++) digits += Math.floor(random() * 16).toString(16);
  return digits;
}

/** A resource id of EC2's long form: the prefix and 17 hexadecimal digits, the first of them 0. */
export function newResourceId(random: Random, prefix: string): string {
  return `${prefix}-0${hexDigits(random, 16)}`;
}

/** A version 4 UUID, as AWS uses for request and event ids. */
export function newUuid(random: Random): string {
  const hex = hexDigits(random, 30);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
}
