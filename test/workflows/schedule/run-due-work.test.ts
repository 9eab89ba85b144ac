import { describe, expect, it } from 'vitest';
import { answerRemediation } from '../../../shared/actions/answer.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { countExpiringSoon } from '../../../shared/workflows/schedule/exemptions.ts';
import { runDueWork } from '../../../shared/workflows/schedule/run-due-work.ts';
import { change, GUARD, group, rule } from '../../remediation/cell.ts';
import { underEveryFault } from '../../remediation/faulty.ts';
import { BOB, GROUP, narrowing, through, world } from '../grants/world.ts';

const DAY = 86_400_000;
const SSH = rule('tcp', 22, '0.0.0.0/0');
const PLACE = { account: '111122223333', region: 'eu-west-1' };

function asking(otherwise: 'decline' | 'release', more: Partial<Policy> = {}): Policy {
  return narrowing(
    { 'world-open-admin': { fresh: 'approve' } },
    { approval: { withinMs: 3 * DAY, otherwise }, ...more },
  );
}

async function pending(policy = asking('decline')) {
  const account = world([group([SSH])], { policy });
  await account.run(change([SSH]));
  return { ...account, id: await account.idOf() };
}

describe('a pending plan', () => {
  it('waits as long as the policy says', async () => {
    const { grantCell, clock, heard, ledger } = await pending();
    clock.at += 3 * DAY - 1;
    expect(await runDueWork(grantCell)).toEqual([]);
    expect([heard(), (await ledger.waiting('pending')).length]).toEqual([[], 1]);
  });

  it.each([
    ['decline', 'declined', 0],
    ['release', 'released', 1],
  ] as const)('is then answered as the policy says (%s), once', async (otherwise, verdict, handed) => {
    const { grantCell, clock, released, news, entry, id } = await pending(asking(otherwise));
    clock.at += 3 * DAY;
    expect(await runDueWork(grantCell)).toEqual([{ what: 'answered', id }]);
    expect(await runDueWork(grantCell)).toEqual([]);
    expect((await entry(id)).answer).toMatchObject({
      verdict,
      by: { name: 'portcullis', through: 'policy' },
      reason: 'nobody answered within 72 hours',
    });
    expect([released.length, news.length]).toEqual([handed, 1]);
  });

  it('that migrates is never released by the clock', async () => {
    const account = await pending(asking('release'));
    const { plan, outcome } = await account.entry(account.id);
    if (outcome === undefined) throw new Error('nothing is pending');
    const migrating = { ...plan, id: 'm'.repeat(26), decision: { ...plan.decision, remedy: 'migrate' as const } };
    const other = world([], { policy: asking('release') });
    await other.ledger.reserve(migrating, 'on-change-1');
    await other.ledger.settle({ ...outcome, plan: migrating });
    other.clock.at += 3 * DAY;
    await runDueWork(other.grantCell);
    const { answer } = await other.entry(await other.idOf());
    expect(answer).toMatchObject({
      verdict: 'declined',
      reason: expect.stringMatching(/a migration begins only when a person releases it/),
    });
    expect(other.released).toEqual([]);
  });

  it('that a person answered keeps that answer', async () => {
    const { grantCell, clock, entry, id } = await pending();
    await answerRemediation({ do: 'approve', id, by: BOB, reason: 'yes' }, grantCell);
    clock.at += 4 * DAY;
    expect(await runDueWork(grantCell)).toEqual([]);
    expect((await entry(id)).answer).toMatchObject({ verdict: 'released', by: BOB });
  });

  it('is answered once, with one message, and handed on, whichever call breaks', async () => {
    await underEveryFault({
      make: async () => {
        const account = await pending(asking('release'));
        account.clock.at += 3 * DAY;
        return account;
      },
      run: async ({ grantCell }, wrap) => await runDueWork(through(grantCell, wrap)),
      between: ({ clock }) => void (clock.at += 300_000),
      check: async ({ entry, id, heard, released }) => {
        expect((await entry(id)).answer).toMatchObject({ verdict: 'released' });
        expect(heard()).toHaveLength(1);
        expect(new Set(released)).toEqual(new Set([id]));
      },
    });
  });
});

describe('an answer that broke off', () => {
  it('is taken up again by the clock, not while somebody may still be at it', async () => {
    const { grantCell, clock, released, id } = await pending();
    const { ports } = grantCell;
    const notify = async () => await Promise.reject(new Error('gone'));
    const broken = { ...grantCell, ports: { ...ports, notifier: { ...ports.notifier, notify } } };
    await expect(answerRemediation({ do: 'approve', id, by: BOB, reason: 'yes' }, broken)).rejects.toThrow('gone');
    clock.at += 60_000;
    expect(await runDueWork(grantCell)).toEqual([]);
    clock.at += 60_000;
    expect(await runDueWork(grantCell)).toEqual([{ what: 'handed-on', id }]);
    expect(await runDueWork(grantCell)).toEqual([]);
    expect(released).toEqual([id]);
  });
});

function leave(at: number, more: Partial<Exemption> = {}): Exemption {
  return {
    id: 'e'.repeat(26),
    scope: { groupId: GROUP, control: 'world-open-admin' },
    by: BOB,
    reason: 'the vendor needs it',
    at,
    owner: 'web-team',
    until: at + 30 * DAY,
    place: PLACE,
    ...more,
  };
}

async function exempted(more: Partial<Exemption> = {}) {
  const account = world([group([SSH])]);
  const exemption = leave(account.clock.at, more);
  await account.exemptions.put(exemption);
  return { ...account, exemption };
}

describe('an exemption', () => {
  it('is warned of a day before it runs out, once', async () => {
    const { grantCell, clock, news, exemption } = await exempted();
    clock.at += 29 * DAY - 1;
    expect(await runDueWork(grantCell)).toEqual([]);
    clock.at += 1;
    expect(await runDueWork(grantCell)).toEqual([{ what: 'warned', id: exemption.id }]);
    expect(await runDueWork(grantCell)).toEqual([]);
    expect(news).toMatchObject([{ what: 'expiring', exemption: { id: exemption.id } }]);
  });

  it('goes on holding after the warning, and is warned of again after it was renewed', async () => {
    const { grantCell, clock, exemptions, exemption } = await exempted();
    clock.at += 29 * DAY;
    await runDueWork(grantCell);
    expect(await exemptions.active([GROUP])).toHaveLength(1);
    await exemptions.put({ ...exemption, until: exemption.until + 5 * DAY });
    expect(await runDueWork(grantCell)).toEqual([]);
    clock.at += 5 * DAY;
    expect(await runDueWork(grantCell)).toEqual([{ what: 'warned', id: exemption.id }]);
  });

  it('that has run out is told of once, and its group is looked at again', async () => {
    const { grantCell, clock, news, looked, exemptions, exemption } = await exempted();
    clock.at += 30 * DAY;
    expect(await runDueWork(grantCell)).toEqual([{ what: 'expired', id: exemption.id }]);
    expect(await runDueWork(grantCell)).toEqual([]);
    expect(looked).toEqual([`${GROUP} eu-west-1`]);
    expect(news).toMatchObject([{ what: 'expired' }]);
    expect((await exemptions.find(exemption.id))?.ended).toMatchObject({ by: { name: 'portcullis' } });
  });

  it('that a person ended is not told of again', async () => {
    const { grantCell, clock, heard } = await exempted({ ended: { by: BOB, reason: 'done', at: 1 } });
    clock.at += 30 * DAY;
    expect([await runDueWork(grantCell), heard()]).toEqual([[], []]);
  });

  it('that somebody ends while people are warned stays ended', async () => {
    const { grantCell, clock, exemptions, exemption } = await exempted();
    clock.at += 29 * DAY;
    const { ports } = grantCell;
    const ended = { by: BOB, reason: 'done', at: clock.at };
    const notify = async () => await exemptions.put({ ...exemption, ended });
    await runDueWork({ ...grantCell, ports: { ...ports, notifier: { ...ports.notifier, notify } } });
    expect((await exemptions.find(exemption.id))?.ended).toEqual(ended);
  });

  it('about every group is told of, and left to the sweep', async () => {
    const { grantCell, clock, looked, heard } = await exempted({ scope: { control: 'world-open-admin' } });
    clock.at += 30 * DAY;
    await runDueWork(grantCell);
    expect([looked, heard().length]).toEqual([[], 1]);
  });

  it('of the policy file is warned of and told of once each, and gives no leave by that', async () => {
    const { grantCell, clock, news, exemptions, ports } = world([group([SSH])]);
    const written = leave(clock.at, { id: 'portcullis.yaml:9' });
    const cell = { ...grantCell, policy: { ...GUARD, exemptions: [written] } };
    clock.at += 29 * DAY;
    expect([...(await runDueWork(cell)), ...(await runDueWork(cell))]).toEqual([{ what: 'warned', id: written.id }]);
    expect(await ports.exemptions.active([GROUP])).toEqual([]);
    clock.at += DAY;
    expect([...(await runDueWork(cell)), ...(await runDueWork(cell))]).toEqual([{ what: 'expired', id: written.id }]);
    expect(news.map(({ what }) => what)).toEqual(['expiring', 'expired']);
    expect(await exemptions.active([GROUP])).toEqual([]);
  });

  it.each([29, 30])('ends in one message and one record after %s days, whichever call breaks', async (days) => {
    await underEveryFault({
      make: async () => {
        const account = await exempted();
        account.clock.at += days * DAY;
        return account;
      },
      run: async ({ grantCell }, wrap) => await runDueWork(through(grantCell, wrap)),
      check: async ({ exemptions, exemption, heard, looked }) => {
        expect(heard()).toHaveLength(1);
        const now = await exemptions.find(exemption.id);
        expect(days === 29 ? now?.warnedAt : now?.ended?.at).toEqual(expect.any(Number));
        expect(new Set(looked).size).toBe(days - 29);
      },
    });
  });
});

describe('the number of exemptions about to run out', () => {
  it('is of those that hold now and end within a week, the policy’s and the ledger’s', async () => {
    const { grantCell, clock, exemptions } = await exempted();
    const written = leave(clock.at, { id: 'exemptions[0]', until: clock.at + 3 * DAY });
    const cell = { ...grantCell, policy: { ...grantCell.policy, exemptions: [written] } };
    const put = async (id: string, more: Partial<Exemption>) => await exemptions.put(leave(clock.at, { id, ...more }));
    await put('a', { until: clock.at + 7 * DAY });
    await put('b', { until: clock.at + 7 * DAY + 1 });
    await put('c', { until: clock.at + DAY, ended: { by: BOB, reason: 'done', at: clock.at } });
    await put('d', { at: clock.at - 2 * DAY, until: clock.at });
    expect(await countExpiringSoon(cell)).toBe(2);
    clock.at += 3 * DAY;
    expect(await countExpiringSoon(cell)).toBe(2);
    clock.at += 30 * DAY;
    expect(await countExpiringSoon(cell)).toBe(0);
  });

  it('does not fall when people are warned', async () => {
    const { grantCell, clock } = await exempted();
    clock.at += 29 * DAY;
    expect(await countExpiringSoon(grantCell)).toBe(1);
    await runDueWork(grantCell);
    expect(await countExpiringSoon(grantCell)).toBe(1);
  });
});

describe('an entry that a dead invocation left open', () => {
  it('has its group looked at again, each group once', async () => {
    const { run, ports, grantCell, clock, looked } = world([group([SSH])]);
    const revoke = async () => await Promise.reject(new Error('gone'));
    const groups = { fetchSnapshot: ports.region('').groups.fetchSnapshot, revoke };
    await expect(run(change([SSH]), { ports: { groups } })).rejects.toThrow('gone');
    expect(await runDueWork(grantCell)).toEqual([]);
    clock.at += 91_000;
    expect(await runDueWork(grantCell)).toEqual([{ what: 'looked-again', id: GROUP }]);
    expect(looked).toEqual([`${GROUP} eu-west-1`]);
  });
});

describe('a fault of one duty', () => {
  it('does not stop the others, and is thrown in the end', async () => {
    const { grantCell, clock, exemptions, heard } = await pending();
    await exemptions.put(leave(clock.at, { until: clock.at + DAY }));
    clock.at += 3 * DAY;
    const { ports } = grantCell;
    const waiting = async () => await Promise.reject(new Error('throttled'));
    const register = Object.assign(Object.create(ports.ledger) as typeof ports.ledger, { waiting });
    const broken = { ...grantCell, ports: { ...ports, ledger: register } };
    await expect(runDueWork(broken)).rejects.toMatchObject({ name: 'Unfinished', message: 'throttled' });
    expect(heard()).toEqual([expect.stringMatching(/^expired/)]);
  });
});
