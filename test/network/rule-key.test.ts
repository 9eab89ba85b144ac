import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import { admitsSource } from '../../shared/controls/parts/tier-map.ts';
import type { RuleContent } from '../../shared/domain/group.ts';
import { cidrsOf } from '../../shared/network/public-space.ts';
import { canonicalKey, contentKey, ruleKey, sourceText } from '../../shared/network/rule-key.ts';

const SSH = ingress('tcp', 22, '192.0.2.7/24');

describe('the identity of a rule', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['pl-0123456789abcdef0', 'pl-0123456789abcdef0'],
    ['sg-0123456789abcdef0', 'sg-0123456789abcdef0'],
  ])('names the source %s', (source, text) => {
    expect(sourceText(ingress('tcp', 22, source).source)).toBe(text);
  });

  it('is its content, with -1 for absent ports', () => {
    const { fromPort: _from, toPort: _to, ...portless } = SSH;
    expect(contentKey(SSH)).toBe('ingress tcp 22 22 192.0.2.7/24');
    expect(contentKey(portless)).toBe('ingress tcp -1 -1 192.0.2.7/24');
  });

  it('is its id and content in the ledger', () => {
    expect(ruleKey({ ...SSH, id: 'sgr-1' })).toBe('sgr-1 ingress tcp 22 22 192.0.2.7/24');
    expect(ruleKey(SSH)).toBe(' ingress tcp 22 22 192.0.2.7/24');
  });
});

describe('a source of an unknown kind', () => {
  it('is not treated as a known kind', () => {
    const source = { kind: 'moon' } as never;
    expect([sourceText(source), cidrsOf(source)]).toEqual([source, source]);
    expect(admitsSource([], source, { tag: 'tier', peers: new Map() })).toBe(source);
  });
});

describe('the canonical form of a rule', () => {
  it.each<[string, RuleContent, RuleContent]>([
    ['host bits', SSH, ingress('tcp', 22, '192.0.2.0/24')],
    [
      'IPv6 in capitals and in full',
      ingress('tcp', 22, '2001:DB8:0:0:0:0:0:9/48'),
      ingress('tcp', 22, '2001:db8::/48'),
    ],
    ['an IPv4 tail', ingress('tcp', 22, '::ffff:192.0.2.1/128'), ingress('tcp', 22, '::ffff:c000:201/128')],
    ['ports of protocol -1', ingress('-1', [0, 65_535], '192.0.2.0/24'), ingress('-1', 'all', '192.0.2.0/24')],
    ['one port of protocol -1', ingress('-1', [22, -1], 'sg-1'), ingress('-1', [-1, 22], 'sg-1')],
  ])('is told by the same key whatever the way to write %s', (_what, one, other) => {
    expect(canonicalKey(one)).toBe(canonicalKey(other));
  });

  it.each<[string, RuleContent, RuleContent]>([
    ['another block', SSH, ingress('tcp', 22, '192.0.3.0/24')],
    ['another length', SSH, ingress('tcp', 22, '192.0.2.0/25')],
    ['other ports', SSH, ingress('tcp', 23, '192.0.2.0/24')],
    ['another family', ingress('tcp', 22, '0.0.0.0/0'), ingress('tcp', 22, '::/0')],
    ['another list', ingress('tcp', 22, 'pl-1'), ingress('tcp', 22, 'pl-2')],
    ['other ports of a protocol that has some', ingress('udp', [22, -1], 'sg-1'), ingress('udp', [-1, 22], 'sg-1')],
  ])('is told apart by its key: %s', (_what, one, other) => {
    expect(canonicalKey(one)).not.toBe(canonicalKey(other));
  });

  it('has the first address of the block', () => {
    expect(canonicalKey(SSH)).toBe('ingress tcp 22 22 192.0.2.0/24');
    expect(canonicalKey(ingress('-1', 22, '::/0'))).toBe('ingress -1 -1 -1 0:0:0:0/0');
    expect(canonicalKey(ingress('tcp', 22, '2001:db8:0:1:2::5/80'))).toBe('ingress tcp 22 22 20010db8:1:20000:0/80');
  });
});
