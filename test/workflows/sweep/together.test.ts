import { describe, expect, it } from 'vitest';
import type { Attachment, Rule } from '../../../shared/domain/group.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { change, GUARD, rule } from '../../remediation/cell.ts';
import { groupNo, swept, UNLIMITED } from './world.ts';

/** Everything is closed, old rules too. */
const STRICT: Policy = {
  ...GUARD,
  ...UNLIMITED,
  controls: Object.fromEntries(
    Object.entries(GUARD.controls).map(([id, options]) => [id, { ...options, existing: options.fresh }]),
  ),
};
function without(mode: 'off' | 'observe'): Policy {
  return {
    ...STRICT,
    controls: {
      ...STRICT.controls,
      'world-open-together': { ...STRICT.controls['world-open-together']!, fresh: mode, existing: mode },
    },
  };
}

function onOneInterface(ids: readonly string[]): Record<string, readonly Attachment[]> {
  const shared: Attachment = { interfaceId: 'eni-1', description: '', type: 'interface', groupIds: ids };
  return Object.fromEntries(ids.map((id) => [id, [shared]]));
}

function groupsOf(...rules: readonly (readonly Rule[])[]) {
  return rules.map((some, index) => groupNo(index + 1, some));
}

async function run(groups: ReturnType<typeof groupsOf>, policy = STRICT, isShared = true) {
  const attachments = isShared ? onOneInterface(groups.map(({ id }) => id)) : {};
  const account = swept(groups, policy, { attachments });
  await account.sweep();
  const looks = account.looks.flatMap(({ ids }) => ids);
  await account.lookAtAll();
  return { ...account, lookedAt: looks };
}

function HALVES() {
  return groupsOf([rule('tcp', 22, '12.0.0.0/9')], [rule('tcp', 22, '12.128.0.0/9')]);
}

/** Five groups with seven eighths of a /8 each. */
function FIVE() {
  return groupsOf(
    ...[20, 30, 40, 50, 60].map((first) => [
      rule('tcp', 5432, `${first}.0.0.0/9`),
      rule('tcp', 5432, `${first}.128.0.0/10`),
      rule('tcp', 5432, `${first}.192.0.0/11`),
    ]),
  );
}

describe('groups that are the world together', () => {
  it.each([
    ['two halves', HALVES, 2],
    ['five groups just below the threshold', FIVE, 5],
  ])('are found by the sweep and alerted on, and nothing is closed: %s', async (_title, groups, count) => {
    const { told, left, lookedAt } = await run(groups());
    expect(lookedAt).toHaveLength(count);
    expect(left()).toHaveLength(groups().flatMap(({ rules }) => rules).length);
    expect(told).toHaveLength(count);
    for (const { status, plan } of told) {
      expect([status, plan.decision.mode]).toEqual(['reported', 'alert']);
      expect(plan.decision.findings.map(({ control }) => control)).toEqual(['world-open-together']);
      expect(plan.decision.findings[0]?.detail).toContain('on eni-1');
    }
    const { limits } = told[0]!.plan.decision;
    expect(limits).toEqual([]);
  });

  it('stop at alert though the policy enforces', async () => {
    const policy = { ...STRICT, controls: { ...STRICT.controls } };
    policy.controls['world-open-together'] = { ...policy.controls['world-open-together']!, existing: 'enforce' };
    const { told, left } = await run(HALVES(), policy);
    expect(left()).toHaveLength(2);
    expect(told[0]?.plan.decision).toMatchObject({
      mode: 'alert',
      limits: [{ mode: 'alert', reason: expect.stringContaining('each group alone is below the threshold') }],
    });
  });

  it('are told of once', async () => {
    const account = await run(HALVES());
    await account.sweep();
    await account.lookAtAll();
    expect(account.told).toHaveLength(2);
  });

  it.each(['off', 'observe'] as const)('cost nothing where the control is at %s', async (mode) => {
    const { lookedAt, told } = await run(HALVES(), without(mode));
    expect([lookedAt, told]).toEqual([[], []]);
  });

  it('are looked at for new rules where old ones are only observed', async () => {
    const together = { ...STRICT.controls['world-open-together']!, fresh: 'alert', existing: 'observe' } as const;
    const policy = { ...STRICT, controls: { ...STRICT.controls, 'world-open-together': together } };
    const [first, second] = HALVES();
    const recorded = [{ ...first!, rules: [] }, second!];
    const attachments = onOneInterface([first!.id, second!.id]);
    const account = swept([first!, second!], policy, { attachments, recorded });
    await account.sweep();
    expect(account.looks.flatMap(({ ids }) => ids)).toEqual([first!.id]);
    await account.lookAtAll();
    expect(account.told).toMatchObject([{ status: 'reported', plan: { decision: { group: { id: first!.id } } } }]);
  });

  it('are nothing on interfaces of their own', async () => {
    const { lookedAt, told } = await run(HALVES(), STRICT, false);
    expect([lookedAt.length, told]).toEqual([2, []]);
  });

  it('are not looked for on the way of a change', async () => {
    const groups = HALVES();
    const account = swept(groups, STRICT, { attachments: onOneInterface(groups.map(({ id }) => id)) });
    const [first] = groups[0]!.rules;
    await account.run(change([first!], { scope: { by: 'group-id', ids: [groups[0]!.id] } }));
    expect(account.told).toEqual([]);
  });

  it('are only worth a look if a group holds a sixteenth of the threshold on a watched port', async () => {
    const { lookedAt } = await run(
      groupsOf(
        [rule('tcp', 22, '12.0.0.0/13')],
        [rule('tcp', 443, '12.0.0.0/9')],
        [rule('tcp', 22, '10.0.0.0/8'), rule('tcp', 443, '0.0.0.0/0')],
        [rule('tcp', 22, '12.0.0.0/12')],
      ),
    );
    expect(lookedAt).toEqual([groupNo(4, []).id]);
  });

  it('are closed where one of them is open by itself, and the rest is no opening then', async () => {
    const { told, left } = await run(groupsOf([rule('tcp', 22, '0.0.0.0/0')], [rule('tcp', 22, '12.128.0.0/9')]));
    expect(left().map(({ source }) => source)).toMatchObject([{ cidr: '12.128.0.0/9' }]);
    expect(told).toMatchObject([{ status: 'done' }]);
  });
});
