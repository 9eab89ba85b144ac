import { describe, expect, it } from 'vitest';
import { runDueWork } from '../../../shared/workflows/schedule/run-due-work.ts';
import { gist } from '../../contract/ledger/samples.ts';
import { underEveryFault } from '../../remediation/faulty.ts';
import { through, world } from '../grants/world.ts';

const MINUTE = 60_000;

const DAY = 86_400_000;

/** A cell in which two of every three outcomes of two minutes, one after the other, were gathered. */
async function stormy() {
  const account = world([]);
  const { clock, grantCell } = account;
  clock.at -= clock.at % MINUTE;
  const from = clock.at;
  for (const minute of [0, 1]) {
    clock.at = from + minute * MINUTE;
    for (const number of [1, 2, 3]) await grantCell.ports.bursts.admit(gist(minute * 10 + number, { at: clock.at }), 1);
  }
  return { ...account, from };
}

describe('a storm', () => {
  it('is told when its minutes are over, in one message for all of them, once', async () => {
    const { grantCell, clock, news, from } = await stormy();
    expect(await runDueWork(grantCell)).toEqual([]);
    clock.at = from + 4 * MINUTE;
    const id = `storm ${clock.at}`;
    expect(await runDueWork(grantCell)).toEqual([{ what: 'storm-told', id }]);
    expect(news).toMatchObject([
      { id, what: 'storm', account: '111122223333', from, until: from + 2 * MINUTE, gists: { length: 4 } },
    ]);
    clock.at += 5 * MINUTE;
    expect([await runDueWork(grantCell), news.length]).toEqual([[], 1]);
  });

  it('is told again by the same name and apart from later ones where the one who told it died', async () => {
    const { grantCell, clock, news, from } = await stormy();
    clock.at = from + 4 * MINUTE;
    const { bursts, ...others } = grantCell.ports;
    const told = async () => await Promise.reject(new Error('died'));
    await expect(
      runDueWork({ ...grantCell, ports: { ...others, bursts: { ...bursts, remove: told } } }),
    ).rejects.toThrow('died');
    const at = clock.at;
    for (const number of [31, 32]) await bursts.admit(gist(number, { at }), 1);
    clock.at += 5 * MINUTE;
    await runDueWork(grantCell);
    expect(news.map(({ id }) => id)).toEqual([`storm ${at}`, `storm ${at}`, `storm ${clock.at}`]);
    expect(news[1]).toEqual(news[0]);
  });

  it('has another id than a storm at the same time of another day, and the same id when it is told again', async () => {
    const { grantCell, clock, news, from } = await stormy();
    const { bursts, ...others } = grantCell.ports;
    const told = async () => await Promise.reject(new Error('died'));
    const dying = { ...grantCell, ports: { ...others, bursts: { ...bursts, remove: told } } };
    for (const day of [0, 1, 31, 366]) {
      clock.at = from + day * DAY;
      if (day > 0) for (const number of [1, 2]) await bursts.admit(gist(1000 * day + number, { at: clock.at }), 1);
      clock.at += 4 * MINUTE;
      await expect(runDueWork(dying)).rejects.toThrow('died');
      clock.at += 5 * MINUTE;
      await runDueWork(grantCell);
    }
    const ids = news.map(({ id }) => id);
    expect(ids).toHaveLength(8);
    expect(ids.filter((_, place) => place % 2 === 0)).toEqual(ids.filter((_, place) => place % 2 === 1));
    expect(new Set(ids).size).toBe(4);
  });

  it('is told by one name, whole, whichever call breaks', async () => {
    await underEveryFault({
      make: async () => {
        const account = await stormy();
        account.clock.at = account.from + 4 * MINUTE;
        return account;
      },
      run: async ({ grantCell }, wrap) => await runDueWork(through(grantCell, wrap)),
      between: ({ clock }) => void (clock.at += 5 * MINUTE),
      check: ({ news, heard }) => {
        expect(heard()).toHaveLength(1);
        expect(news[0]).toMatchObject({ gists: { length: 4 } });
      },
    });
  });
});
