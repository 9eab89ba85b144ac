import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCidr, readPlainCidr } from '../../shared/network/cidr.ts';

function strict(text: string) {
  try {
    return parseCidr(text);
  } catch {
    return undefined;
  }
}

/** The block of the words and the prefix length. */
function blockFrom({ words, prefix }: NonNullable<ReturnType<typeof readPlainCidr>>) {
  const host = BigInt(words.length * 32 - prefix);
  const value = words.reduce((sum, word) => (sum << 32n) + BigInt(word), 0n);
  return { family: words.length === 1 ? 'ipv4' : 'ipv6', first: (value >> host) << host, prefix };
}

const octet = fc.oneof(
  fc.nat(255).map(String),
  fc.constantFrom('0', '00', '01', '256', '999', '1000', '', 'a', '-1', '9', '10'),
);
const group = fc.oneof(
  fc.nat(0xffff).map((value) => value.toString(16)),
  fc.constantFrom('0', '0000', '00000', '', 'g', 'A', '`', '@', '9', 'f', '/', '10000', ':'),
);
const address = fc.oneof(
  fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.')),
  fc.array(group, { minLength: 7, maxLength: 9 }).map((parts) => parts.join(':')),
  fc
    .tuple(fc.array(group, { maxLength: 8 }), fc.array(group, { maxLength: 8 }))
    .map(([a, b]) => `${a.join(':')}::${b.join(':')}`),
);
const prefix = fc.oneof(
  fc.nat(140).map((length) => `/${length}`),
  fc.constantFrom('', '/', '/08', '/1000', '/-1', '/8/8', '/32', '/33', '/128', '/129', '/ 8', '/8 '),
);

describe("a CIDR block in EC2's notation", () => {
  it.each([
    ['0.0.0.0/0', [0], 0],
    ['255.255.255.255/32', [0xffffffff], 32],
    ['192.0.2.10/24', [0xc000020a], 24],
    ['::/0', [0, 0, 0, 0], 0],
    ['2001:db8::/32', [0x20010db8, 0, 0, 0], 32],
    ['::1/128', [0, 0, 0, 1], 128],
    ['2001:db8:9:af::5/64', [0x20010db8, 0x9_00af, 0, 5], 64],
    ['1:2:3:4:5:6:7:8/127', [0x10002, 0x30004, 0x50006, 0x70008], 127],
    ['1:2:3:4:5:6:7::/112', [0x10002, 0x30004, 0x50006, 0x70000], 112],
    ['::2:3:4:5:6:7:8/99', [2, 0x30004, 0x50006, 0x70008], 99],
  ])('%s is read in words', (text, words, length) => {
    expect(readPlainCidr(text)).toEqual({ words, prefix: length });
  });

  it.each(['2001:DB8::/32', '::ffff:192.0.2.1/128'])('is not %s, which only parseCidr parses', (text) => {
    expect(strict(text)).toBeDefined();
    expect(readPlainCidr(text)).toBeUndefined();
  });

  it.each([
    '',
    '10.0.0.0',
    '/8',
    '10.0.0/8',
    '10.0.0.0.0/8',
    '10.0.0.256/8',
    '10.0.0.01/8',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/0001',
    '10.0.0.0/',
    '10..0.0/8',
    '10.0.0./8',
    '10.0.0.a/8',
    '10.0.0./0/8',
    '::/129',
    ':::/0',
    ':/0',
    '1::2::3/64',
    '12345::/16',
    'g::/16',
    '1g::/16',
    '`::/16',
    '1:2:3:4:5:6:7/64',
    '1:2:3:4:5:6:7:8:9/64',
    '1:2:3:4:5:6:7::8/64',
    '1::2:3:4:5:6:7:8/64',
    ':1:2:3:4:5:6:7/64',
    '1:2:3:4:5:6:7:/64',
  ])('is not %j', (text) => {
    expect(readPlainCidr(text)).toBeUndefined();
  });

  it('never contradicts parseCidr, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.tuple(address, prefix).map(([one, length]) => `${one}${length}`),
        (text) => {
          const plain = readPlainCidr(text);
          if (plain === undefined) return;
          expect(blockFrom(plain)).toEqual({ ...strict(text), last: undefined });
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is parsed whenever parseCidr parses lower-case text without an IPv4 tail', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().filter((ip) => !ip.includes('.')),
        ),
        fc.nat(32),
        (ip, length) => {
          const text = `${ip.toLowerCase()}/${length}`;
          expect(readPlainCidr(text) === undefined).toBe(strict(text) === undefined);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
