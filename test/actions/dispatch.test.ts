import { describe, expect, it } from 'vitest';
import { dispatchCommand } from '../../shared/actions/dispatch.ts';
import type { Command } from '../../shared/domain/command.ts';
import { change, group, rule } from '../remediation/cell.ts';
import { BOB, expected, GROUP, narrowing, restoring, world } from '../workflows/grants/world.ts';

const SSH = rule('tcp', 22, '0.0.0.0/0');
const EVERY = narrowing({ 'default-group-rules': { existing: 'approve', remedy: 'migrate' } });
const asked = { by: BOB, reason: 'looked at it' } as const;

async function pending() {
  const account = world([group([{ ...SSH, source: { kind: 'ipv4', cidr: '10.0.0.0/8' } }], { name: 'default' })], {
    policy: EVERY,
  });
  await account.run(change([], { trigger: 'sweep', added: { kind: 'unknown' } }));
  return { ...account, id: await account.idOf() };
}

describe('a command', () => {
  it.each<[string, Command, string]>([
    ['restore', restoring('none'), 'refused'],
    ['approve', { do: 'approve', id: 'none', ...asked }, 'refused'],
    ['decline', { do: 'decline', id: 'none', ...asked }, 'refused'],
    ['roll-back', { do: 'roll-back', id: 'none', ...asked }, 'refused'],
    ['renew', { do: 'renew', id: 'none', days: 3, ...asked }, 'refused'],
    ['end-exemption', { do: 'end-exemption', id: 'none', ...asked }, 'refused'],
    ['follow', { do: 'follow', groupId: GROUP, planId: 'none' }, 'refused'],
    ['resume-budget', { do: 'resume-budget', ...asked }, 'resumed'],
    ['list', { do: 'list', what: 'remediations', most: 3 }, 'remediations'],
    [
      'exempt',
      { do: 'exempt', region: 'eu-west-1', scope: { groupId: GROUP }, terms: { days: 3, owner: 'me' }, ...asked },
      'exempted',
    ],
  ])('is done: %s', async (_, command, kind) => {
    expect(await dispatchCommand(command, world([group([SSH])]).grantCell)).toMatchObject({ kind });
  });

  it('migrates if a migration plan is approved, and the group is stripped at the end', async () => {
    const { id, grantCell, released, entry } = await pending();
    expect((await entry(id)).plan.decision.remedy).toBe('migrate');
    expected(await dispatchCommand({ do: 'approve', id, ...asked }, grantCell), 'migrated');
    expect((await entry(id)).answer).toMatchObject({ verdict: 'released', by: BOB });
    expect(released).toEqual([id]);
  });

  it('does not migrate if the plan is declined', async () => {
    const { id, grantCell, released } = await pending();
    expect(await dispatchCommand({ do: 'decline', id, ...asked }, grantCell)).toMatchObject({
      verdict: 'declined',
      first: true,
    });
    expect(await dispatchCommand({ do: 'approve', id, ...asked }, grantCell)).toMatchObject({
      verdict: 'declined',
      first: false,
    });
    expect(released).toEqual([]);
  });

  it('changes nothing in a dry run, and returns the same result', async () => {
    const { grantCell, told, run, entry, idOf, left } = world([group([SSH])], { ceiling: 'approve' });
    await run(change([SSH]));
    const id = await idOf();
    told.length = 0;
    const before = JSON.stringify(await entry(id));
    const scope = {
      do: 'exempt',
      region: 'eu-west-1',
      scope: { groupId: GROUP },
      terms: { days: 3, owner: 'me' },
    } as const;
    const commands: readonly Command[] = [
      { do: 'approve', id, ...asked },
      { do: 'decline', id, ...asked },
      { do: 'acknowledge', id, ...asked },
      { do: 'resume-budget', ...asked },
      { ...scope, ...asked },
    ];
    for (const command of commands) {
      const rehearsed = await dispatchCommand({ ...command, dryRun: true } as Command, grantCell);
      expect(rehearsed.kind).not.toBe('refused');
      expect([told, await grantCell.ports.exemptions.all(), left()]).toEqual([[], [], [SSH]]);
      expect(JSON.stringify(await entry(id))).toBe(before);
    }
    const decline = { do: 'decline', id, ...asked } as const;
    const rehearsed = await dispatchCommand({ ...decline, dryRun: true }, grantCell);
    expect(await dispatchCommand(decline, grantCell)).toEqual(rehearsed);
    expect(await dispatchCommand({ ...decline, do: 'approve', dryRun: true }, grantCell)).toMatchObject({
      verdict: 'declined',
      first: false,
    });
  });

  it('has no dry run if it approves a migration', async () => {
    const { id, grantCell } = await pending();
    expect(await dispatchCommand({ do: 'approve', id, ...asked, dryRun: true }, grantCell)).toEqual({
      kind: 'refused',
      because: ['the approval of a migration has no dry run'],
    });
  });

  it('to roll back is refused without a reason', async () => {
    const { id, grantCell } = await pending();
    const command = { do: 'roll-back', id, by: BOB, reason: ' ' } as const;
    expect(await dispatchCommand(command, grantCell)).toEqual({ kind: 'refused', because: ['it needs a reason'] });
  });
});
