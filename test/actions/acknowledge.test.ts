import { describe, expect, it } from 'vitest';
import { answerRemediation } from '../../shared/actions/answer.ts';
import { change, group, rule } from '../remediation/cell.ts';
import { underEveryFault } from '../remediation/faulty.ts';
import { BOB, CAROL, expected, through, world } from '../workflows/grants/world.ts';

const SSH = rule('tcp', 22, '0.0.0.0/0');

async function closed() {
  const account = world([group([SSH])]);
  await account.run(change([SSH]));
  return { ...account, id: await account.idOf() };
}

function seen(id: string, by = BOB, reason = 'I look after it') {
  return { do: 'acknowledge', id, by, reason } as const;
}

describe('an acknowledgement', () => {
  it('is recorded, and people are notified', async () => {
    const { id, grantCell, news, entry, clock } = await closed();
    const result = expected(await answerRemediation(seen(id), grantCell), 'acknowledged');
    expect(result).toEqual({ kind: 'acknowledged', first: true, by: BOB, at: clock.at });
    expect(news).toMatchObject([
      { what: 'acknowledged', id: `${id} acknowledged`, asked: { by: BOB, reason: 'I look after it' } },
    ]);
    expect((await entry(id)).completedSteps).toMatchObject([{ step: 'acknowledged', data: { name: BOB.name } }]);
  });

  it('is final: a second one returns the first, and nobody is notified again', async () => {
    const { id, grantCell, news, clock } = await closed();
    const button = { name: 'ann (U1)', through: 'button' } as const;
    await answerRemediation(seen(id, button), grantCell);
    const at = clock.at;
    clock.at += 1000;
    expect(await answerRemediation(seen(id, CAROL), grantCell)).toEqual({
      kind: 'acknowledged',
      first: false,
      by: button,
      at,
    });
    expect(news).toHaveLength(1);
  });

  it('needs a remediation and a reason', async () => {
    const { id, grantCell } = await closed();
    expect(await answerRemediation(seen('0'.repeat(26)), grantCell)).toMatchObject({ kind: 'refused' });
    expect(await answerRemediation(seen(id, BOB, ' '), grantCell)).toMatchObject({ kind: 'refused' });
  });

  it('ends in one record and one message, whichever call fails', async () => {
    const calls = await underEveryFault({
      make: closed,
      run: async ({ id, grantCell }, wrap, attempt) =>
        await answerRemediation(seen(id), through(grantCell, wrap, attempt)),
      check: async (account) => {
        expect(account.heard()).toEqual([`${account.id} acknowledged`]);
        expect((await account.entry(account.id)).completedSteps).toHaveLength(1);
      },
    });
    expect(calls).toBeGreaterThanOrEqual(3);
  });
});
