import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../shared/controls/parts/documentation.ts';
import type { Facts } from '../../shared/domain/control.ts';
import type { ControlOptions, Mode, TierOptions } from '../../shared/domain/control-options.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { decisionsFor } from '../../shared/remediation/decide/decide-group.ts';
import { neededFacts } from '../../shared/remediation/decide/enabled-controls.ts';
import { planId, plansFor } from '../../shared/remediation/plan.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const SWEEP = { trigger: 'sweep', added: { kind: 'unknown' } } as const;

/** The shipped policy with other settings for some controls. */
function policyWith(settings: Readonly<Record<string, Partial<ControlOptions>>>): Policy {
  return {
    ...GUARD,
    controls: Object.fromEntries(
      Object.entries(GUARD.controls).map(([id, options]) => [id, { ...options, ...settings[id] }]),
    ),
  };
}

function both(mode: Mode): Partial<ControlOptions> {
  return { fresh: mode, existing: mode };
}

const INSTANCE = { interfaceId: 'eni-1', description: '', type: 'interface', owner: 'ec2' } as const;
const DATABASE = { interfaceId: 'eni-2', description: '', type: 'interface', owner: 'rds' } as const;

function decided(facts: Partial<Facts>, policy: Policy = GUARD, more: Parameters<typeof group>[1] = {}) {
  return decisionsFor(
    { group: group([rule('tcp', 443, '0.0.0.0/0')], more), facts: { ...NO_FACTS, ...facts } },
    SWEEP,
    policy,
    'enforce',
  );
}

describe('a finding that names no rule', () => {
  it('is a decision of its own, beside those about rules', () => {
    const policy = policyWith({ 'world-open-other': both('alert'), 'unused-group': both('observe') });
    const open = group([rule('tcp', 8080, '0.0.0.0/0')], { name: 'launch-wizard-3' });
    const decisions = decisionsFor({ group: open, facts: NO_FACTS }, SWEEP, policy, 'enforce');
    expect(
      decisions.map(({ findings, rules, otherRuleCount }) => [
        findings.map(({ control }) => control),
        rules.length,
        otherRuleCount,
      ]),
    ).toEqual([
      [['world-open-other'], 1, 0],
      [['naming'], 0, 1],
      [['unused-group'], 0, 1],
    ]);
  });

  it('goes no further than alert, whatever the policy says, and says why', () => {
    const [decision] = decided({}, policyWith({ 'unused-group': both('enforce') }));
    expect(decision).toMatchObject({
      mode: 'alert',
      rules: [],
      limits: [{ mode: 'alert', reason: 'it names no rule, so there is nothing to remove' }],
    });
  });

  it('is held by the ceiling like any other', () => {
    const sighting = { group: group([]), facts: NO_FACTS };
    const policy = policyWith({ 'unused-group': both('alert') });
    expect(decisionsFor(sighting, SWEEP, policy, 'off')).toEqual([]);
    expect(decisionsFor(sighting, SWEEP, policy, 'observe')).toMatchObject([{ mode: 'observe' }]);
  });

  it('becomes one plan without steps', async () => {
    const [decision] = decided({}, policyWith({ 'unused-group': both('alert') }));
    const plans = await plansFor(decision!, change([]), 0);
    expect(plans).toMatchObject([{ steps: [], undo: [], decision: { rules: [] } }]);
  });

  it('has a name of its own by control and severity, and the same one each time', async () => {
    const policy = policyWith({ 'unused-group': both('alert'), naming: both('alert') });
    const names = async (facts: Partial<Facts>, name: string) =>
      await Promise.all(
        decided(facts, policy, { name })
          .filter(({ rules }) => rules.length === 0)
          .map((decision) => planId(decision, change([], { id: 'e' }))),
      );
    const [first, second] = await names({}, 'test');
    expect(first).not.toBe(second);
    expect(await names({}, 'test')).toEqual([first, second]);
    const [used] = await names({ attachments: [INSTANCE] }, 'default');
    const [worse] = await names({ attachments: [INSTANCE, DATABASE] }, 'default');
    const [same] = await names({ attachments: [INSTANCE, INSTANCE] }, 'default');
    expect(used).not.toBe(worse);
    expect(used).toBe(same);
  });

  it('is told of once, and nothing is removed', async () => {
    const { run, told, left } = cell([group([], { name: 'default' })], {
      attachments: { 'sg-00000000000000001': [DATABASE] },
    });
    const attached = change([], { trigger: 'attached', added: { kind: 'unknown' } });
    await run(attached);
    await run(attached);
    expect(told).toMatchObject([
      {
        status: 'reported',
        removed: [],
        plan: { decision: { findings: [{ control: 'default-group-in-use', severity: 'high' }] } },
      },
    ]);
    expect(left()).toEqual([]);
  });
});

describe('what a control needs', () => {
  const COSTLY = ['peers', 'referencedBy', 'vpcCidrs', 'twins'] as const;
  const costly = (policy: Policy, trigger: 'rules-added' | 'sweep') =>
    COSTLY.filter((need) => neededFacts(policy, trigger).has(need));

  it('is read at a sweep, and not at an event where it is only observed', () => {
    expect(costly(GUARD, 'sweep')).toEqual(COSTLY);
    expect(costly(GUARD, 'rules-added')).toEqual([]);
  });

  it('is read at an event once somebody is to be told', () => {
    expect(costly(policyWith({ 'wide-source': { fresh: 'alert' } }), 'rules-added')).toEqual(['vpcCidrs']);
    expect(costly(policyWith({ 'wide-source': { existing: 'alert' } }), 'rules-added')).toEqual(['vpcCidrs']);
  });

  it('is not read for a control that cannot judge with its settings', () => {
    const tiers: TierOptions['tiers'] = { tag: 'tier', layers: {}, everywhere: [] };
    const options: TierOptions = { fresh: 'alert', existing: 'observe', remedy: 'revoke', tiers };
    expect(costly(policyWith({ 'tier-source': options }), 'rules-added')).toEqual(['peers']);
    const off = policyWith({ 'stale-reference': both('off') });
    expect(costly(off, 'sweep')).not.toContain('peers');
  });
});
