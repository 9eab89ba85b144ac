import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../shared/controls/parts/documentation.ts';
import { worldOpenAdmin } from '../../shared/controls/world-open-admin.ts';
import { worldOpenEverything } from '../../shared/controls/world-open-everything.ts';
import type { Exposure } from '../../shared/domain/finding.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { formatExposures, formatTrafficOf } from '../../shared/network/format-exposure.ts';

const ssh: Exposure = { protocol: 'tcp', ports: [{ from: 22, to: 22 }], share: 1 };

/** The explanations of a control for existing rules. */
function said(control: typeof worldOpenAdmin | typeof worldOpenEverything, rules: readonly Rule[]) {
  const exposure = exposureOf(rules, new Set(), { ipv4: 8, ipv6: 16 });
  const subject = { exposure } as unknown as Parameters<typeof control.evaluate>[0];
  return control.evaluate(subject, control.defaults as never).map((finding) => control.explain(finding));
}

describe('the text of exposures', () => {
  it('names ports and share of each protocol', () => {
    const dns: Exposure = { protocol: 'udp', ports: [{ from: 53, to: 54 }], share: 0.25 };
    const rules = [ingress('tcp', 22, '0.0.0.0/0'), ingress('udp', [53, 54], '0.0.0.0/2')];
    expect(formatExposures([ssh, dns], rules)).toBe(
      'tcp 22 (SSH) is open to 100 % of the internet; udp 53-54 is open to 25 % of the internet',
    );
  });

  it.each<[string, readonly Rule[], string]>([
    ['one rule', [ingress('-1', 'all', '0.0.0.0/0')], 'all traffic is open to 100 % of the internet'],
    [
      'two halves',
      [ingress('-1', 'all', '0.0.0.0/1'), ingress('-1', 'all', '128.0.0.0/1')],
      'all traffic is open to 100 % of the internet',
    ],
    [
      'beside a rule for all ports',
      [ingress('-1', 'all', '0.0.0.0/0'), ingress('tcp', [0, 65_535], '::/0')],
      'all traffic is open to 100 % of the internet',
    ],
  ])('say "all traffic" for protocol -1: %s', (_what, rules, words) => {
    for (const control of [worldOpenAdmin, worldOpenEverything]) expect(said(control, rules)).toEqual([words]);
  });

  it('names both if a rule for one port adds to the exposure', () => {
    const rules = [ingress('-1', 'all', '0.0.0.0/1'), ingress('tcp', 22, '128.0.0.0/1')];
    expect(said(worldOpenAdmin, rules)).toEqual([
      'all traffic is open to 56 % of the internet; tcp 22 (SSH) is open to 100 % of the internet',
    ]);
  });

  it('names the ports if the rule for all traffic alone is below the threshold', () => {
    const rules = [ingress('-1', 'all', '8.0.0.0/9'), ingress('tcp', 22, '9.128.0.0/9')];
    expect(said(worldOpenAdmin, rules)).toEqual([expect.stringMatching(/^tcp 22 \(SSH\) is open to /)]);
  });
});

describe('the text of exposed traffic', () => {
  it.each<[readonly Rule[], string]>([
    [[ingress('tcp', 22, '10.0.0.0/8')], 'tcp 22 (SSH)'],
    [[ingress('-1', 'all', '10.0.0.0/8')], 'all traffic'],
    [[ingress('-1', 'all', '10.0.0.0/9'), ingress('tcp', [20, 30], '10.128.0.0/9')], 'all traffic, tcp 22 (SSH)'],
    [[egress('-1', 'all', '10.0.0.0/8')], 'all traffic'],
  ])('%#', (rules, words) => {
    expect(formatTrafficOf([ssh], rules)).toBe(words);
  });
});
