import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../../shared/controls/parts/documentation.ts';
import { CONTROLS } from '../../../shared/controls/registry.ts';
import type { AnyControl, Case, ControlDocs, Facts, Peer } from '../../../shared/domain/control.ts';
import { MODES } from '../../../shared/domain/control-options.ts';
import { countsAgainstBudget } from '../../../shared/domain/decision.ts';
import type { Group } from '../../../shared/domain/group.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { canonicalKey } from '../../../shared/network/rule-key.ts';
import { decisionsFor } from '../../../shared/remediation/decide/decide-group.ts';
import type { RecordedState } from '../../../shared/remediation/decide/freshness.ts';
import { evaluationContextOf, type GroupEvaluation } from '../../../shared/workflows/sweep/evaluate.ts';
import { GUARD, rule } from '../../remediation/cell.ts';
import { groupNo } from './world.ts';

const PEERS = ['sg-0aaaaaaaaaaaaaaaa', 'sg-0bbbbbbbbbbbbbbbb'] as const;

const TIERS = {
  tag: 'tier',
  layers: { app: { from: [{ kind: 'layer', name: 'web' }], within: false } },
  everywhere: [],
};

const policies = fc
  .record({
    modes: fc.array(fc.constantFrom(...MODES), { minLength: CONTROLS.length, maxLength: CONTROLS.length }),
    ceiling: fc.constantFrom('observe', 'approve', 'enforce' as const),
    remedy: fc.constantFrom('revoke', 'migrate' as const),
  })
  .map(
    ({ modes, ceiling, remedy }): Policy => ({
      ...GUARD,
      ceiling,
      controls: Object.fromEntries(
        CONTROLS.map(({ id, defaults }, index) => [
          id,
          {
            ...defaults,
            existing: modes[index] ?? 'off',
            ...(id === 'tier-source' && { tiers: TIERS }),
            ...(id === 'default-group-rules' && { remedy }),
          },
        ]),
      ),
    }),
  );

const rules = fc.array(
  fc
    .tuple(
      fc.constantFrom(22, 443, 5432, 9999),
      fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.20.0.0/16', '203.0.113.7/32', ...PEERS),
    )
    .map(([port, source]) => rule('tcp', port, source)),
  { maxLength: 4 },
);

const groups = fc
  .record({
    rules,
    name: fc.constantFrom('default', 'web', 'launch-wizard-7', 'AWS-managed'),
    tier: fc.constantFrom('app', 'web', 'none'),
  })
  .map((one) => groupNo(1, one.rules, { name: one.name, tags: { tier: one.tier } }));

const peers = fc.constantFrom<Peer>(
  'gone',
  'foreign',
  { id: PEERS[0], tags: { tier: 'web' } },
  { id: PEERS[0], tags: {} },
);

const facts = fc.record({
  attachments: fc
    .array(fc.constantFrom('ec2', 'rds', 'elb', 'other' as const), { maxLength: 60 })
    .map((owners) =>
      owners.map((owner, index) => ({ interfaceId: `eni-${index}`, description: '', type: 'interface', owner })),
    ),
  peers: fc.tuple(peers, peers).map(([a, b]) => new Map([[PEERS[0], a] as const, [PEERS[1], b] as const])),
  referencedBy: fc.array(fc.constant({ kind: 'group', id: PEERS[1] } as const), { maxLength: 1 }),
  vpcCidrs: fc.constantFrom(['10.20.0.0/16'], []),
  twins: fc.constantFrom(['sg-2'], []),
  reachability: fc.constantFrom('internet', 'unattached' as const),
});

const OCCASION = { trigger: 'sweep', added: { kind: 'unknown' } } as const;

/** A group that was recorded long ago, with some of its rules. */
function recorded(one: Group, isOld: (index: number) => boolean = () => true): RecordedState {
  return {
    kind: 'confirmed',
    contents: new Set(one.rules.filter((_, index) => isOld(index)).map(canonicalKey)),
    notified: [],
  };
}

describe('the court of a sweep', () => {
  it('misses nothing that a look with any facts would close, ask or tell', () => {
    let loud = 0;
    fc.assert(
      fc.property(
        policies,
        groups,
        facts,
        fc.constantFrom(...MODES),
        fc.infiniteStream(fc.boolean()),
        (policy, group, read: Partial<Facts>, ceiling, ages) => {
          const { evaluate } = evaluationContextOf(policy, OCCASION, ceiling);
          const known = recorded(group, () => ages.next().value);
          const looked = decisionsFor({ group, facts: read }, { ...OCCASION, recordedState: known }, policy, ceiling);
          const isLoud = looked.some(({ mode }) => mode !== 'off' && mode !== 'observe');
          const isClosing = looked.some((decision) => countsAgainstBudget({ decision }) && decision.rules.length > 0);
          loud += Number(isLoud);
          const sees = (one: GroupEvaluation) => (!isLoud || one.concerns) && (!isClosing || one.closes);
          return sees(evaluate(group, known, read.vpcCidrs)) && sees(evaluate(group, known));
        },
      ),
      { numRuns: 1000 },
    );
    expect(loud).toBeGreaterThan(50);
  });

  it('has nobody look at a group that no fact makes worth it', () => {
    const court = evaluationContextOf(GUARD, OCCASION, 'enforce');
    const group = groupNo(1, [rule('tcp', 22, '10.0.0.0/24')]);
    expect(court.evaluate(group, recorded(group))).toMatchObject({ concerns: false, closes: false });
  });
});

const FOLDER = new URL('../../../shared/controls/', import.meta.url);

const modules = await Promise.all(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map(
      async (file) =>
        (await import(new URL(file, FOLDER).href)) as { readonly docs?: ControlDocs } & Record<string, unknown>,
    ),
);

/** Documented violations of a control. */
function violationsOf(control: AnyControl): readonly Case[] {
  return modules.find((module) => Object.values(module).includes(control))?.docs?.cases().invalid ?? [];
}

/** What a look makes of a case, and what a sweep counts, where the control closes what was there before. */
function counted(control: AnyControl, { rules: named, group, facts: known, options }: Case) {
  const enforced = { ...control.defaults, ...options, existing: 'enforce' as const };
  const policy: Policy = { ...GUARD, controls: { [control.id]: enforced } };
  const one = groupNo(1, [...named], group);
  const told = { ...NO_FACTS, ...known };
  const looked = decisionsFor({ group: one, facts: told }, OCCASION, policy, 'enforce');
  const { evaluate } = evaluationContextOf(policy, OCCASION, 'enforce');
  return {
    closes: looked.some(({ mode, rules: going }) => mode === 'enforce' && going.length > 0),
    swept: [evaluate(one, recorded(one), told.vpcCidrs).closes, evaluate(one, { kind: 'unconfirmed' }).closes],
  };
}

describe('the share of a sweep', () => {
  /** The canary's marker is our own, and nobody has to let it go. */
  const all = CONTROLS.filter(({ id }) => id !== 'canary').map((control) => ({
    id: control.id,
    cases: violationsOf(control).map((one) => ({ title: one.title, ...counted(control, one) })),
  }));

  it('has controls of each kind to count: by rules, by interfaces, by other groups, by the VPC', () => {
    const closing = all.filter(({ cases }) => cases.some(({ closes }) => closes)).map(({ id }) => id);
    expect(closing).toEqual(
      expect.arrayContaining([
        'world-open-admin',
        'default-group-rules',
        'tier-source',
        'stale-reference',
        'wide-source',
      ]),
    );
  });

  it.each(all)('counts whatever $id would close', ({ cases }) => {
    expect(cases.length).toBeGreaterThan(0);
    expect(cases.filter(({ closes, swept }) => closes && swept.includes(false))).toEqual([]);
  });

  it('does not count private sources that are no whole VPC, where the VPCs are known', () => {
    const wide = { ...GUARD.controls['wide-source']!, existing: 'enforce' as const };
    const court = evaluationContextOf({ ...GUARD, controls: { 'wide-source': wide } }, OCCASION, 'enforce');
    const group = groupNo(1, [rule('tcp', 22, '10.0.1.0/24')]);
    expect(court.asksForCidrs).toBe(true);
    expect(court.evaluate(group, recorded(group), ['10.0.0.0/16'])).toMatchObject({ concerns: false, closes: false });
    expect(court.evaluate(group, recorded(group), ['10.0.1.0/24'])).toMatchObject({ concerns: true, closes: true });
    expect(court.evaluate(group, recorded(group))).toMatchObject({ concerns: true, closes: true });
    expect(evaluationContextOf(GUARD, OCCASION, 'enforce').asksForCidrs).toBe(false);
  });
});
