import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../../shared/controls/parts/documentation.ts';
import type { Finding } from '../../../shared/domain/finding.ts';
import type { Rule } from '../../../shared/domain/group.ts';
import { planLinks } from '../../../shared/notifications/compose/context.ts';
import { openingText } from '../../../shared/notifications/compose/opening.ts';
import { plan } from './samples.ts';

const GROUP = 'sg-0123456789abcdef0';

const [itself, other] = [ingress('-1', 'all', GROUP), ingress('tcp', 5432, 'sg-0fedcba9876543210')];

const [outbound, ssh] = [egress('-1', 'all', '0.0.0.0/0'), ingress('tcp', 22, '0.0.0.0/0')];

/** A finding that these rules together are open to the world. */
function open(rules: readonly Rule[]): Finding {
  return {
    control: 'world-open-admin',
    severity: 'high',
    freshness: 'fresh',
    rules,
    exposures: [{ protocol: 'tcp', ports: [{ from: 22, to: 22 }], share: 1 }],
  };
}

describe('a headline', () => {
  it.each<[string, readonly Rule[], readonly Finding[], string]>([
    ['the group itself', [itself], [], 'all traffic from the group itself'],
    ['the rules of a default group', [itself, outbound], [], 'all traffic from the group itself and to the world'],
    [
      'the world first, then the rest',
      [itself, other, ssh],
      [open([ssh])],
      'tcp/22 (SSH) from the world and tcp/5432 (PostgreSQL) from sg-0fedcba9876543210 and all traffic from the group itself',
    ],
    [
      'halves of the world by what they are together',
      [ingress('tcp', 22, '0.0.0.0/1'), ingress('tcp', 22, '128.0.0.0/1')],
      [open([ingress('tcp', 22, '0.0.0.0/1'), ingress('tcp', 22, '128.0.0.0/1')])],
      'tcp/22 (SSH) from the world',
    ],
    [
      'private sources by their number',
      [1, 2].map((n) => ingress('udp', 53, `10.${n}.0.0/16`)),
      [],
      'udp/53 from 2 sources',
    ],
  ])('names %s', (_what, rules, because, text) => {
    expect(openingText(rules, because, GROUP)).toBe(text);
  });
});

describe('the link to the CloudTrail event', () => {
  const labels = (trigger: 'sweep' | 'rules-added') =>
    planLinks(plan({}, { trigger, id: '0b0f5316-209b-4dda-a301-6ea6560909a3' }), { partition: 'aws' }).map(
      ({ label }) => label,
    );

  it('is present if an event caused the change', () => expect(labels('rules-added')).toContain('CloudTrail event'));

  it('is absent for a sweep, whose id is no event id', () => {
    expect(labels('sweep')).toContain('Security group');
    expect(labels('sweep')).not.toContain('CloudTrail event');
  });
});
