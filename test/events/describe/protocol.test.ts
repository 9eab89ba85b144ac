import { describe, expect, it } from 'vitest';
import { canonicalProtocol, hasPorts } from '../../../shared/events/describe/rule-fields.ts';

describe('a protocol', () => {
  it.each([
    ['tcp', 'tcp'],
    ['TCP', 'tcp'],
    ['6', 'tcp'],
    [6, 'tcp'],
    ['17', 'udp'],
    ['Udp', 'udp'],
    [1, 'icmp'],
    ['58', 'icmpv6'],
    ['ICMPv6', 'icmpv6'],
    ['ipv6-icmp', 'icmpv6'],
    ['-1', '-1'],
    [-1, '-1'],
    ['all', '-1'],
    ['ANY', '-1'],
    ['gre', '47'],
    ['esp', '50'],
    [51, '51'],
    ['sctp', '132'],
    ['0', '0'],
    ['255', '255'],
  ])('%j is %s', (value, protocol) => {
    expect(canonicalProtocol(value)).toBe(protocol);
  });

  it.each([
    '',
    'tcpp',
    '256',
    256,
    '-2',
    -2,
    '06',
    ' tcp',
    '6.0',
    6.5,
    Number.NaN,
    null,
    undefined,
    true,
    {},
    ['tcp'],
    'constructor',
    '1e1',
  ])('%j is refused', (value) => {
    expect(canonicalProtocol(value)).toBeUndefined();
  });

  it('has ports, or types and codes, only if it is tcp, udp, icmp or icmpv6', () => {
    expect(['tcp', 'udp', 'icmp', 'icmpv6', '-1', '47', '132'].filter(hasPorts)).toEqual([
      'tcp',
      'udp',
      'icmp',
      'icmpv6',
    ]);
  });
});
