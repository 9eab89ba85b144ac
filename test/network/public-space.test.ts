import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, parseCidr, sizeOfCommon, subtract, unionOf } from '../../shared/network/cidr.ts';
import { publicAddresses, publicShare } from '../../shared/network/public-space.ts';

const interval = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([first, size]): Interval => ({ first: BigInt(first), last: BigInt(first + size) }));
const intervals = fc.array(interval, { maxLength: 8 });
function points(list: readonly Interval[]) {
  return new Set(
    Array.from({ length: 80 }, (_, i) => BigInt(i)).filter((x) =>
      list.some(({ first, last }) => first <= x && x <= last),
    ),
  );
}

describe('interval arithmetic, compared with sets of single addresses', () => {
  it('merges intervals', () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const united = unionOf(list);
        expect(points(united)).toEqual(points(list));
        expect(united.every(({ first }, i) => i === 0 || first > (united[i - 1]?.last ?? 0n) + 1n)).toBe(true);
      }),
    );
  });

  it('counts the common addresses of two lists', () => {
    fc.assert(
      fc.property(intervals, intervals, (a, b) => {
        expect(sizeOfCommon(unionOf(a), unionOf(b))).toBe(BigInt(points(a).intersection(points(b)).size));
      }),
    );
  });

  it('subtracts intervals', () => {
    fc.assert(
      fc.property(intervals, intervals, (a, b) => {
        expect(points(subtract(unionOf(a), unionOf(b)))).toEqual(points(a).difference(points(b)));
      }),
    );
  });
});

describe('the public address space', () => {
  const size = (cidr: string) => {
    const block = parseCidr(cidr);
    return publicAddresses([block], block.family);
  };

  it.each([
    '10.0.0.0/8',
    '100.64.0.0/10',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '127.0.0.0/8',
    '224.0.0.0/3',
    '203.0.113.0/24',
    'fc00::/7',
    'fe80::/10',
    '2001:db8::/32',
    '::/3',
  ])('has nothing of %s', (cidr) => {
    expect(size(cidr)).toBe(0n);
  });

  it('contains all of an ordinary /8', () => {
    expect(size('12.0.0.0/8')).toBe(2n ** 24n);
  });

  it('has 3.7 billion IPv4 addresses: all without the reserved blocks', () => {
    const reserved = [24, 24, 22, 24, 16, 20, 8, 8, 16, 17, 8, 8, 29].reduce(
      (sum, bits) => sum + 2n ** BigInt(bits),
      0n,
    );
    expect(size('0.0.0.0/0')).toBe(2n ** 32n - reserved);
    expect(publicShare(size('0.0.0.0/0'), 'ipv4')).toBe(1);
  });

  it('is 2000::/3 for IPv6, so ::/0 counts as 2000::/3', () => {
    expect(size('::/0')).toBe(size('2000::/3'));
    expect(publicShare(size('2000::/4'), 'ipv6')).toBeCloseTo(0.5, 3);
  });
});
