/** An IPv4 address as a number; undefined where the text is not four plain decimal octets. */
export const readIpv4 = (text: string): bigint | undefined => {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255))
    return undefined;
  return octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n);
};

const readGroups = (text: string): string[] | undefined => {
  if (text === '') return [];
  const groups = text.split(':');
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (!tail.includes('.')) return groups;
  const ipv4 = readIpv4(tail);
  if (ipv4 === undefined) return undefined;
  return [...groups.slice(0, -1), (ipv4 >> 16n).toString(16), (ipv4 & 0xffffn).toString(16)];
};

const join = (groups: readonly string[]): bigint | undefined =>
  groups.length === 8 && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n)
    : undefined;

/**
 * An IPv6 address as a number; undefined where the text is not one. Zone ids are refused: a rule has none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.2
 */
export const readIpv6 = (text: string): bigint | undefined => {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0 || (tail !== undefined && head.includes('.'))) return undefined;
  const left = readGroups(head);
  const right = tail === undefined ? [] : readGroups(tail);
  if (left === undefined || right === undefined) return undefined;
  if (tail === undefined) return join(left);
  const zeros = 8 - left.length - right.length;
  return zeros < 1 ? undefined : join([...left, ...Array.from({ length: zeros }, () => '0'), ...right]);
};
