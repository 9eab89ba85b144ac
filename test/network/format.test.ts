import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../shared/controls/parts/documentation.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { formatContent, formatPorts, formatRule, formatShare, sanitize } from '../../shared/network/format.ts';
import { contentKey } from '../../shared/network/rule-key.ts';

describe('the text of ports', () => {
  it('has numbers and ranges', () => {
    expect(
      formatPorts([
        { from: 22, to: 22 },
        { from: 5900, to: 5906 },
      ]),
    ).toBe('22, 5900-5906');
  });
});

describe('the text of a share of the internet', () => {
  it.each([
    [1, '100 %'],
    [0.999_999, '99 %'],
    [0.5, '50 %'],
    [0.1, '10 %'],
    [0.099_99, '9.999 %'],
    [0.004_56, '0.456 %'],
    [0.000_001, '0.001 %'],
    [0, '0.001 %'],
  ])('%d is %s: never rounded up to the whole, never down to nothing', (share, words) => {
    expect(formatShare(share)).toBe(words);
  });
});

describe("the text of a rule's content", () => {
  it.each<[Rule, string]>([
    [ingress('-1', 'all', '0.0.0.0/0'), 'ingress all traffic from 0.0.0.0/0'],
    [egress('tcp', [80, 90], '::/0'), 'egress tcp 80-90 to ::/0'],
  ])('reads like the rule: %#', (rule, words) => {
    expect(formatContent(contentKey(rule))).toBe(words);
  });

  it('leaves other texts unchanged', () => expect(formatContent('tcp 22')).toBe('tcp 22'));
});

describe('the text of a rule', () => {
  const { fromPort: _from, toPort: _to, ...portless } = ingress('tcp', 'all', '10.0.0.0/8');
  const { toPort: _end, ...startOnly } = ingress('tcp', 22, '10.0.0.0/8');
  it.each<[Rule, string]>([
    [ingress('tcp', 22, '0.0.0.0/0'), 'ingress tcp 22 from 0.0.0.0/0'],
    [ingress('udp', [1, 9], '::/0'), 'ingress udp 1-9 from ::/0'],
    [ingress('tcp', 'all', 'sg-0123456789abcdef0'), 'ingress tcp all ports from sg-0123456789abcdef0'],
    [ingress('tcp', [-1, 5], '10.0.0.0/8'), 'ingress tcp -1-5 from 10.0.0.0/8'],
    [ingress('tcp', [5, -1], '10.0.0.0/8'), 'ingress tcp 5--1 from 10.0.0.0/8'],
    [portless, 'ingress tcp all ports from 10.0.0.0/8'],
    [startOnly, 'ingress tcp 22 from 10.0.0.0/8'],
    [egress('-1', 'all', 'pl-0123456789abcdef0'), 'egress all traffic to pl-0123456789abcdef0'],
    [egress('-1', 22, '10.0.0.0/8'), 'egress all traffic to 10.0.0.0/8'],
    [ingress('icmp', 'all', '10.0.0.0/8'), 'ingress icmp from 10.0.0.0/8'],
    [ingress('icmpv6', [128, 0], 'fd00::/8'), 'ingress icmpv6 type 128 code 0 from fd00::/8'],
    [ingress('icmp', [3, -1], '10.0.0.0/8'), 'ingress icmp type 3 code -1 from 10.0.0.0/8'],
    [ingress('50', 'all', '10.0.0.0/8'), 'ingress protocol 50 from 10.0.0.0/8'],
    [
      { ...ingress('tcp', 22, '10.0.0.0/8'), id: 'sgr-1', description: 'for\nthe vendor' },
      'sgr-1 ingress tcp 22 from 10.0.0.0/8 "for the vendor"',
    ],
    [{ ...ingress('tcp', 22, '10.0.0.0/8'), description: '' }, 'ingress tcp 22 from 10.0.0.0/8'],
  ])('%j is told as “%s”', (rule, words) => {
    expect(formatRule(rule)).toBe(words);
  });
});

describe('untrusted text', () => {
  it.each([
    ['two\r\nlines', 'two lines'],
    [' spaces around ', 'spaces around'],
    ['tab\tbell\u0007', 'tab bell'],
    ['marks\u202e\u2066 that turn text', 'marks  that turn text'],
    ['a line\u2028or paragraph\u2029separator', 'a line or paragraph separator'],
    ['Größe 5 – “ok”', 'Größe 5 – “ok”'],
  ])('%j is printed as %j', (text, safe) => {
    expect(sanitize(text)).toBe(safe);
  });
});
