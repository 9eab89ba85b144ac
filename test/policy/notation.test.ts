import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCidr } from '../../shared/network/cidr.ts';
import { formatRule } from '../../shared/network/format.ts';
import { contentKey } from '../../shared/network/rule-key.ts';
import { canonicalCidr, readRule } from '../../shared/policy/notation.ts';

function keyOf(text: string): string | undefined {
  const content = readRule(text);
  return content && contentKey(content);
}

describe('the text of a rule', () => {
  it.each([
    ['tcp 22 from 203.0.113.0/24', 'ingress tcp 22 22 203.0.113.0/24'],
    ['ingress tcp 22 from 203.0.113.9/24', 'ingress tcp 22 22 203.0.113.0/24'],
    ['  udp  5000-5100   from pl-0123456789abcdef0 ', 'ingress udp 5000 5100 pl-0123456789abcdef0'],
    ['tcp all ports to 0.0.0.0/0', 'egress tcp 0 65535 0.0.0.0/0'],
    ['all traffic to ::/0', 'egress -1 -1 -1 ::/0'],
    ['egress all traffic to 2001:DB8:0:0::1/32', 'egress -1 -1 -1 2001:db8::/32'],
    ['icmp from sg-0123456789abcdef0', 'ingress icmp -1 -1 sg-0123456789abcdef0'],
    ['icmpv6 type 128 code -1 from ::/0', 'ingress icmpv6 128 -1 ::/0'],
    ['protocol 47 from 10.0.0.0/8', 'ingress 47 -1 -1 10.0.0.0/8'],
  ])('%s is read as EC2 states it', (text, key) => {
    expect(keyOf(text)).toBe(key);
  });

  it.each([
    '',
    'tcp 22',
    'ssh from 10.0.0.0/8',
    'tcp 22 from everywhere',
    'tcp 22 from 10.0.0.0',
    'tcp 23-22 from 10.0.0.0/8',
    'tcp 65536 from 10.0.0.0/8',
    'egress tcp 22 from 10.0.0.0/8',
    'protocol 6 from 10.0.0.0/8',
    'protocol 256 from 10.0.0.0/8',
    'tcp 22 from sg-not-one',
  ])('%j is refused', (text) => {
    expect(readRule(text)).toBeUndefined();
  });

  const address = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  );

  it('is read back from the text that reports print', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ingress' as const, 'egress' as const),
        fc.constantFrom('tcp', 'udp', '-1', 'icmp', 'icmpv6', '47'),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 255 }),
        address,
        (direction, protocol, first, second, [ip, prefix]) => {
          const isPorted = protocol === 'tcp' || protocol === 'udp';
          const isWhole = !isPorted && !protocol.startsWith('icmp');
          const [low, high] = isPorted ? [Math.min(first, second), Math.max(first, second)] : [first, second];
          const cidr = canonicalCidr(`${ip}/${prefix}`);
          const rule = {
            groupId: 'sg-1',
            direction,
            protocol,
            fromPort: isWhole ? -1 : low,
            toPort: isWhole ? -1 : high,
            source: { kind: cidr.includes(':') ? ('ipv6' as const) : ('ipv4' as const), cidr },
          };
          expect(keyOf(formatRule(rule))).toBe(contentKey(rule));
        },
      ),
    );
  });

  it('has a canonical form with the same addresses, which is its own canonical form', () => {
    fc.assert(
      fc.property(address, ([ip, prefix]) => {
        const text = canonicalCidr(`${ip}/${prefix}`);
        expect(parseCidr(text)).toEqual(parseCidr(`${ip}/${prefix}`));
        expect(canonicalCidr(text)).toBe(text);
      }),
    );
  });

  it.each([
    ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['1:0:0:2:0:0:0:3/128', '1:0:0:2::3/128'],
    ['0:0:0:0:0:0:0:0/0', '::/0'],
    ['10:0:0:0:0:0:0:0/16', '10::/16'],
    ['1:2:3:4:5:6:7:0/128', '1:2:3:4:5:6:7:0/128'],
  ])('shortens %s by RFC 5952', (text, short) => {
    expect(canonicalCidr(text)).toBe(short);
  });
});
