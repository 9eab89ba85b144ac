import { describe, expect, it } from 'vitest';
import { handleActionRequest } from '../../shared/actions/action-request.ts';
import { dispatchCommand } from '../../shared/actions/dispatch.ts';
import { actionRequestId } from '../../shared/domain/action.ts';
import { change, group, rule } from '../remediation/cell.ts';
import { underEveryFault } from '../remediation/faulty.ts';
import { contents, GROUP, narrowing, through, world } from '../workflows/grants/world.ts';
import { press, pressWorld } from './action-world.ts';

const SSH = rule('tcp', 22, '0.0.0.0/0');
const ASKING = narrowing({ 'world-open-admin': { fresh: 'approve', existing: 'approve' } });

/** A cell with a remediation, behind the buttons. */
async function behind(asking: boolean) {
  const account = world([group([SSH])], asking ? { policy: ASKING } : {});
  await account.run(change([SSH]));
  const id = await account.idOf();
  const buttons = pressWorld({ obey: async (command) => await dispatchCommand(command, account.grantCell) });
  buttons.clock.at = account.clock.at;
  const pressed = async (action: 'restore' | 'exempt' | 'approve' | 'decline' | 'acknowledge', user = 'UANN') => {
    buttons.clock.at += 1000;
    account.clock.at += 1000;
    return await buttons.worked(press({ action, remediationId: id, at: buttons.clock.at }, user));
  };
  return { ...account, ...buttons, account, id, pressed };
}

describe('a button, through to the function that grants', () => {
  it('restores only rules that violate nothing; an exemption restores them for a day', async () => {
    const cell = await behind(false);
    expect(await cell.pressed('restore')).toMatchObject({
      kind: 'refused',
      line: expect.stringMatching(/violate again.*Exempt for 24 h/),
    });
    expect(cell.account.left()).toEqual([]);
    expect(await cell.pressed('exempt')).toMatchObject({
      kind: 'carried-out',
      line: expect.stringMatching(/^Restored: .*exempt until 20/),
    });
    expect(contents(cell.account.left())).toEqual(contents([SSH]));
    expect(await cell.pressed('exempt')).toMatchObject({
      kind: 'second',
      line: expect.stringMatching(/^ann pressed exempt on .*Restored/),
    });
    expect(cell.account.granted).toHaveLength(1);
  });

  it('exempts the rules of a waiting plan for a day, and says so', async () => {
    const cell = await behind(true);
    expect(await cell.pressed('exempt')).toMatchObject({
      line: expect.stringMatching(/^1 rule is exempt until 20\S+Z\. When the exemption ends, .* approves it\.$/),
    });
    expect(await cell.account.exemptions.active([GROUP])).toMatchObject([{ owner: 'ann (UANN)' }]);
  });

  it('approves a waiting plan once; a later decline returns the first answer', async () => {
    const cell = await behind(true);
    expect(await cell.pressed('approve')).toMatchObject({
      kind: 'carried-out',
      line: expect.stringMatching(/^Approved/),
    });
    expect(await cell.pressed('decline')).toMatchObject({
      line: expect.stringMatching(/^It was released by ann \(UANN\) on .*the first answer stands/),
    });
    expect(cell.account.released).toEqual([cell.id]);
  });

  it('records an acknowledgement', async () => {
    const cell = await behind(false);
    expect(await cell.pressed('acknowledge', 'UCAT')).toMatchObject({ kind: 'carried-out' });
    expect((await cell.account.entry(cell.id)).completedSteps).toMatchObject([
      { data: { name: 'cat (UCAT)', through: 'button' } },
    ]);
  });

  it('ends in one record, one message and one restore, whichever call fails', async () => {
    const calls = await underEveryFault({
      make: async () => {
        const made = await behind(false);
        const one = press({ action: 'exempt', remediationId: made.id, at: made.clock.at });
        await made.presses.record(one);
        return { ...made, one };
      },
      run: async ({ one, cell, account }, wrap, attempt) => {
        const { clock, ...ports } = wrap(cell.ports);
        const grant = {
          obey: async (command: Parameters<typeof dispatchCommand>[0]) =>
            await dispatchCommand(command, through(account.grantCell, wrap, attempt)),
        };
        return await handleActionRequest(actionRequestId(one), { ...cell, ports: { ...ports, clock, grant } });
      },
      check: async ({ account, presses, one }) => {
        expect(contents(account.left())).toEqual(contents([SSH]));
        expect(account.heard()).toHaveLength(1);
        expect(presses.all.get(actionRequestId(one))?.result).toMatch(/^Restored|^Nothing was granted/);
      },
    });
    expect(calls).toBeGreaterThanOrEqual(10);
  });
});
