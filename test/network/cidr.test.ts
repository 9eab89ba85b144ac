import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { parseCidr } from '../../shared/network/cidr.ts';

describe('parseCidr', () => {
  it.each([
    ['0.0.0.0/0', 0n, 2n ** 32n - 1n],
    ['1.2.3.4/0', 0n, 2n ** 32n - 1n],
    ['100.68.0.18/18', 0x64440000n, 0x64443fffn],
    ['255.255.255.255/32', 0xffffffffn, 0xffffffffn],
    ['::/0', 0n, 2n ** 128n - 1n],
    ['2001:db8::/32', 0x20010db8n << 96n, (0x20010db9n << 96n) - 1n],
    ['::1/128', 1n, 1n],
    ['::ffff:192.0.2.1/128', 0xffffc0000201n, 0xffffc0000201n],
    ['1:2:3:4:5:6:7:8/128', 0x00010002000300040005000600070008n, 0x00010002000300040005000600070008n],
    ['2001:DB8::A/127', (0x20010db8n << 96n) + 10n, (0x20010db8n << 96n) + 11n],
  ])('reads %s', (text, first, last) => {
    expect(parseCidr(text)).toMatchObject({ first, last });
  });

  it.each([
    '',
    '/',
    '0.0.0.0',
    '10/8',
    '010.0.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/ 8',
    '10.0.0.0/8/8',
    '256.0.0.0/8',
    '1.2.3/24',
    '0x0a.0.0.0/8',
    '::/129',
    ':::/0',
    '1::2::3/64',
    '12345::/16',
    'g::/16',
    '1:2:3:4:5:6:7/64',
    '1:2:3:4:5:6:7:8:9/64',
    '1:2:3:4:5:6:7::8/64',
    'fe80::1%eth0/64',
    '::1.2.3/96',
    '1.2.3.4::/64',
    '0.0.0.0/0\n',
    '０.0.0.0/0',
  ])('refuses %j and names it', (text) => {
    expect(() => parseCidr(text)).toThrow(InputInvalid);
    expect(() => parseCidr(text)).toThrow(JSON.stringify(text));
  });

  it('throws only InputInvalid, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789abcdef:./'.split('')) })),
        (text) => {
          try {
            const { first, last } = parseCidr(text);
            return first <= last;
          } catch (error) {
            return error instanceof InputInvalid;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('contains exactly the addresses with the same leading bits', () => {
    const address = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    const text = (value: bigint) => (value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':');
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 128 }), (base, probe, prefix) => {
        const { first, last } = parseCidr(`${text(base)}/${prefix}`);
        const shift = BigInt(128 - prefix);
        expect(first <= probe && probe <= last).toBe(base >> shift === probe >> shift);
      }),
    );
  });
});
