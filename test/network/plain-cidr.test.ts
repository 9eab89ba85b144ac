import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { type Cidr, parseCidr, readPlainCidr } from '../../shared/network/cidr.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';

function parsed(text: string): Cidr | undefined {
  try {
    return parseCidr(text);
  } catch (error) {
    if (error instanceof InputInvalid) return undefined;
    throw error;
  }
}

function addressOf(words: readonly number[]): bigint {
  return words.reduce((all, word) => (all << 32n) + BigInt(word), 0n);
}

function firstOf(words: readonly number[], prefix: number): bigint {
  const hostBits = BigInt(words.length * 32 - prefix);
  return (addressOf(words) >> hostBits) << hostBits;
}

/** Texts that are nearly CIDR blocks. */
const nearly = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        '0',
        '1',
        '9',
        '25',
        '255',
        '256',
        '.',
        ':',
        '::',
        'a',
        'ff',
        'F',
        'g',
        '/',
        '/8',
        '/64',
        '/129',
        '-',
        ' ',
      ),
      {
        maxLength: 24,
      },
    )
    .map((parts) => parts.join('')),
  fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, prefix]) => `${address}/${prefix}`),
  fc.tuple(fc.ipV6(), fc.nat(140)).map(([address, prefix]) => `${address}/${prefix}`),
);

describe('a CIDR block that is parsed without BigInt', () => {
  it('equals the result of parseCidr if there is one', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const plain = readPlainCidr(text);
        if (plain === undefined) return;
        const strict = parsed(text);
        expect(strict?.prefix).toBe(plain.prefix);
        expect(strict?.family).toBe(plain.words.length === 1 ? 'ipv4' : 'ipv6');
        expect(strict?.first).toBe(firstOf(plain.words, plain.prefix));
      }),
      { numRuns: 5000 },
    );
  });

  it('is parsed in every notation of EC2', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(32), (address, prefix) => {
        expect(readPlainCidr(`${address}/${prefix}`)).toBeDefined();
      }),
    );
    for (const text of [
      '::/0',
      '2001:db8::/32',
      'fe80::1/128',
      '1:2:3:4:5:6:7:8/128',
      '2001:db8:0:0:1::/80',
      '1::8/16',
    ])
      expect(readPlainCidr(text)).toBeDefined();
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '010.0.0.0/8',
    '10.0.0/8',
    '10.0.0.0.0/8',
    '10.0.0.256/8',
    '10..0.0/8',
    '1:2:3:4:5:6:7/64',
    '1:2:3:4:5:6:7:8:9/64',
    '1:2:3:4::5:6:7:8/64',
    '1::2::3/64',
    ':::/0',
    ':1::/16',
    '1:/16',
    '12345::/16',
    '::/129',
    '::g/64',
  ])('is none: %s', (text) => {
    expect(readPlainCidr(text)).toBeUndefined();
  });

  it.each(['2001:DB8::/32', '::ffff:192.0.2.1/128'])('is left to parseCidr: %s', (text) => {
    expect(readPlainCidr(text)).toBeUndefined();
    expect(parsed(text)).toBeDefined();
  });
});

/** The first address: decimal octets, or four 32-bit words in hexadecimal. */
function firstText({ family, first }: Cidr): string {
  return family === 'ipv4'
    ? [24n, 16n, 8n, 0n].map((shift) => (first >> shift) & 255n).join('.')
    : [96n, 64n, 32n, 0n].map((shift) => ((first >> shift) & 0xffff_ffffn).toString(16)).join(':');
}

describe('the canonical key', () => {
  const keyOf = (cidr: string): string =>
    canonicalKey({
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      source: { kind: cidr.includes(':') ? 'ipv6' : 'ipv4', cidr },
    });

  it('states the first address and the prefix length, whichever function parsed the block', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const strict = parsed(text);
        if (strict === undefined) return;
        expect(keyOf(text)).toBe(`ingress tcp 22 22 ${firstText(strict)}/${strict.prefix}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same for every notation of a block', () => {
    expect(keyOf('10.1.2.3/8')).toBe(keyOf('10.0.0.0/8'));
    expect(keyOf('203.0.113.9/0')).toBe(keyOf('0.0.0.0/0'));
    expect(keyOf('2001:DB8::FFFF/32')).toBe(keyOf('2001:db8::/32'));
    expect(keyOf('2001:db8:0:1:ffff::/65')).toBe(keyOf('2001:db8:0:1:8000:0:0:0/65'));
  });
});
