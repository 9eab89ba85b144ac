import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODES, type Mode } from '../../shared/domain/control-options.ts';
import type { Freeze, Policy, TagCeiling } from '../../shared/domain/policy.ts';
import { decisionsFor } from '../../shared/remediation/decide/decide-group.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';

const STRICT: Policy = {
  ...GUARD,
  controls: Object.fromEntries(
    Object.entries(GUARD.controls).map(([id, options]) => [
      id,
      id === 'world-open-admin' ? { ...options, fresh: 'enforce', existing: 'enforce' } : options,
    ]),
  ),
};

const ssh = rule('tcp', 22, WORLD);
const FRESH = change([ssh]);
const EXISTING = change([], { trigger: 'sweep', added: { kind: 'unknown' } });

function modeOf(policy: Policy, event = FRESH, tags: Readonly<Record<string, string>> = {}, ceiling: Mode = 'enforce') {
  return decisionsFor({ group: group([ssh], { tags }), facts: {} }, event, policy, ceiling).map(({ mode, limits }) => [
    mode,
    ...limits.map(({ reason }) => reason),
  ]);
}

describe('a mode by tag', () => {
  const ceilings = (...tagCeilings: readonly TagCeiling[]): Policy => ({ ...STRICT, tagCeilings });

  it.each([
    ['what a change brings', FRESH],
    ['what was there before', EXISTING],
  ])('holds down %s in groups that have the tag, and says so', (_, event) => {
    const policy = ceilings({ tags: { environment: 'dev-*' }, mode: 'alert' });
    expect(modeOf(policy, event, { environment: 'dev-7' })).toEqual([
      ['alert', 'groups tagged environment=dev-* go no further than alert'],
    ]);
  });

  it.each([[{}], [{ environment: 'production' }], [{ Environment: 'dev-7' }], [{ stage: 'dev-7' }]])(
    'does nothing for a group tagged %j',
    (tags: Readonly<Record<string, string>>) => {
      expect(modeOf(ceilings({ tags: { environment: 'dev-*' }, mode: 'alert' }), FRESH, tags)).toEqual([['enforce']]);
    },
  );

  it('asks for all the tags of its entry', () => {
    const policy = ceilings({ tags: { environment: 'dev', team: '*' }, mode: 'observe' });
    expect(modeOf(policy, FRESH, { environment: 'dev' })).toEqual([['enforce']]);
    expect(modeOf(policy, FRESH, { environment: 'dev', team: '' })).toEqual([
      ['observe', 'groups tagged environment=dev, team=* go no further than observe'],
    ]);
  });

  it('never raises a mode: the lowest of control, account, tags and switch holds', () => {
    const mode = fc.constantFrom(...MODES);
    fc.assert(
      fc.property(mode, mode, mode, mode, mode, (control, account, first, second, ceiling) => {
        const options = GUARD.controls['world-open-admin']!;
        const policy: Policy = {
          ...GUARD,
          ceiling: account,
          controls: { 'world-open-admin': { ...options, fresh: control } },
          tagCeilings: [
            { tags: { a: '*' }, mode: first },
            { tags: { b: '*' }, mode: second },
          ],
        };
        const lowest = MODES[Math.min(...[control, account, first, second, ceiling].map((one) => MODES.indexOf(one)))]!;
        const [[got] = ['off']] = modeOf(policy, FRESH, { a: '1', b: '2' }, ceiling);
        expect(got).toBe(lowest);
      }),
    );
  });
});

describe('a freeze', () => {
  const at = (text: string) => Date.parse(text);
  const DATES: Freeze = { kind: 'dates', from: at('2026-12-20'), until: at('2027-01-03'), reason: 'holidays' };
  /** Friday and Saturday nights. */
  const NIGHTS: Freeze = {
    kind: 'weekly',
    days: [5, 6],
    fromMinute: 1080,
    untilMinute: 360,
    reason: 'nobody is on call',
  };
  const SUNDAY: Freeze = { kind: 'weekly', days: [0], fromMinute: 0, untilMinute: 1440, reason: 'sunday' };

  const frozen = (freeze: Freeze, time: string, event = EXISTING) =>
    decisionsFor(
      { group: group([ssh]), facts: {} },
      { ...event, now: at(time) },
      { ...STRICT, freezes: [freeze] },
      'enforce',
    ).map(({ mode }) => mode);

  it.each([
    [DATES, '2026-12-19T23:59:59Z', 'enforce'],
    [DATES, '2026-12-20T00:00:00Z', 'approve'],
    [DATES, '2027-01-02T23:59:59Z', 'approve'],
    [DATES, '2027-01-03T00:00:00Z', 'enforce'],
    // 2026-01-02 is a Friday.
    [NIGHTS, '2026-01-02T17:59:00Z', 'enforce'],
    [NIGHTS, '2026-01-02T18:00:00Z', 'approve'],
    [NIGHTS, '2026-01-03T05:59:59Z', 'approve'],
    [NIGHTS, '2026-01-03T06:00:00Z', 'enforce'],
    [NIGHTS, '2026-01-03T18:00:00Z', 'approve'],
    [NIGHTS, '2026-01-04T05:59:00Z', 'approve'],
    [NIGHTS, '2026-01-04T18:00:00Z', 'enforce'],
    [NIGHTS, '2026-01-02T03:00:00Z', 'enforce'],
    [SUNDAY, '2026-01-03T23:59:00Z', 'enforce'],
    [SUNDAY, '2026-01-04T00:00:00Z', 'approve'],
    [SUNDAY, '2026-01-04T23:59:00Z', 'approve'],
    [SUNDAY, '2026-01-05T00:00:00Z', 'enforce'],
  ] as const)('%j at %s: what was there before is at %s', (freeze, time, mode) => {
    expect(frozen(freeze, time)).toEqual([mode]);
  });

  it('never holds up what a change brings', () => {
    expect(frozen(DATES, '2026-12-24T12:00:00Z', FRESH)).toEqual(['enforce']);
  });

  it('makes people asked, and a person may let it go on all the same', async () => {
    const policy: Policy = { ...STRICT, freezes: [{ ...DATES, from: 0, until: Number.MAX_SAFE_INTEGER }] };
    const { run, left, told } = cell([group([ssh])]);
    await run(EXISTING, { policy });
    expect(left()).toEqual([ssh]);
    expect(told).toMatchObject([
      { status: 'pending', plan: { decision: { limits: [{ reason: 'changes are frozen: holidays' }] } } },
    ]);
    const { plan } = told[0]!;
    const asked = { by: { name: 'eve', through: 'command-line' } as const, reason: 'it cannot wait', at: 0 };
    const rules = [`${ssh.id} ingress tcp 22 22 0.0.0.0/0`];
    await run({ ...EXISTING, approved: { planId: plan.id, approval: asked, rules } }, { policy });
    expect(left()).toEqual([]);
  });
});
