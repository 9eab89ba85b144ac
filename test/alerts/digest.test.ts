import { describe, expect, it } from 'vitest';
import { newsFor } from '../../shared/alerts/news.ts';
import type { Decision } from '../../shared/model/decision.ts';
import type { Mode } from '../../shared/model/mode.ts';
import { EMPTY_TALLY, tallying } from '../../shared/pipeline/sweep/tally.ts';
import { rule } from '../pipeline/cell.ts';
import { groupNo } from '../pipeline/sweep/world.ts';

const SSH = rule('tcp', 22, '0.0.0.0/0');

const decision = (mode: Mode, severity: 'low' | 'critical'): Decision => ({
  group: groupNo(1, []),
  rules: [SSH],
  others: 0,
  because: [{ control: 'world-open-admin', severity, freshness: 'existing', rules: [SSH], exposures: [] }],
  mode,
  remedy: 'revoke',
  limits: [],
});

const verdict = (mode: Mode, severity: 'low' | 'critical' = 'low') => ({
  decisions: [decision(mode, severity)],
  concerns: mode !== 'observe',
  closes: mode === 'enforce',
});

describe('the digest', () => {
  it('counts by control and owner, what is open apart from what is observed, and names the ten worst', () => {
    const counted = tallying(EMPTY_TALLY, 'eu-west-1');
    for (let number = 1; number <= 12; number += 1)
      counted.add(groupNo(number, [], { tags: { Owner: 'web@example.com' } }), verdict('observe'));
    counted.add(groupNo(13, []), verdict('alert', 'critical'));
    const tally = counted.result();
    const { subject, text, attributes } = newsFor({ id: 'd', what: 'digest', account: '111122223333', tally });
    expect(subject).toBe('Daily digest: 1 finding open, 12 only observed, in 13 groups');
    expect(text).toContain('  world-open-admin, web@example.com: 12 groups, 12 rules\n');
    expect(text).toContain('  world-open-admin, creator unknown: 1 group, 1 rule\n');
    expect(tally.worst).toHaveLength(10);
    expect(text).toMatch(/The worst:\n {2}critical: sg-0000000000000000d \(service-13\), eu-west-1: world-open-admin/);
    expect(attributes).toMatchObject({ outcome: 'digest', account: '111122223333', severity: 'low' });
  });

  it('stays within bounds however many owners there are, and counts all of them', () => {
    let tally = EMPTY_TALLY;
    for (const region of ['eu-west-1', 'us-east-1']) {
      const counted = tallying(tally, region);
      for (let number = 0; number < 1000; number += 1)
        counted.add(groupNo(number, [], { tags: { owner: `${region} ${number}` } }), verdict('observe'));
      tally = counted.result();
    }
    expect(tally.lines.reduce((sum, { groups }) => sum + groups, 0)).toBe(2000);
    expect(tally.lines.length).toBeLessThanOrEqual(301);
    expect(JSON.stringify(tally).length).toBeLessThan(100_000);
    const { text } = newsFor({ id: 'd', what: 'digest', account: '111122223333', tally });
    expect(text.split('\n').length).toBeLessThan(80);
  });

  it('says of a sweep that is held what the policy allows and how to let it go on', () => {
    const { subject, text, attributes } = newsFor({
      id: 'h',
      what: 'sweep-held',
      account: '111122223333',
      region: 'eu-west-1',
      groups: 20,
      closing: 3,
      sweepShare: 0.1,
    });
    expect(subject).toBe('NOT CLOSED, too much at once: a sweep of eu-west-1 found rules to close in 3 of 20 groups');
    expect(text).toContain('close in 10 % of its groups');
    expect(text).toContain('portcullis resume --reason');
    expect(attributes).toMatchObject({ outcome: 'sweep-held', region: 'eu-west-1', severity: 'medium' });
  });
});
