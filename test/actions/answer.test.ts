import { describe, expect, it } from 'vitest';
import { answerRemediation } from '../../shared/actions/answer.ts';
import { approvedChange } from '../../shared/remediation/plan.ts';
import { resumeBudget } from '../../shared/workflows/resume-budget.ts';
import { change, group, rule } from '../remediation/cell.ts';
import { underEveryFault } from '../remediation/faulty.ts';
import { BOB, CAROL, expected, GROUP, narrowing, through, type World, world } from '../workflows/grants/world.ts';

const SSH = rule('tcp', 22, '0.0.0.0/0');
const ASKING = narrowing({ 'world-open-admin': { fresh: 'approve', existing: 'approve' } });

async function pending() {
  const account = world([group([SSH])], { policy: ASKING });
  await account.run(change([SSH]));
  return { ...account, id: await account.idOf() };
}

function saying(what: 'approve' | 'decline', id: string, by = BOB) {
  return { do: what, id, by, reason: 'looked at it' } as const;
}

/** As on-change does when it is asked to look again at what was released. */
async function reexamined({ ledger, run, released }: World) {
  for (const id of released) {
    const entry = await ledger.findById(id);
    const pointer = { groupId: GROUP, planId: entry?.plan.id ?? '' };
    const event = await approvedChange(pointer, ledger);
    if (event !== undefined) await run(event, { owner: `released ${id}` });
  }
}

describe('an answer to a pending plan', () => {
  it('approves it: the group is evaluated again, and the removal names the person', async () => {
    const account = await pending();
    const result = await answerRemediation(saying('approve', account.id), account.grantCell);
    expect(expected(result, 'answered')).toMatchObject({ verdict: 'released', first: true, by: BOB });
    expect(account.released).toEqual([account.id]);
    await reexamined(account);
    expect(account.left()).toEqual([]);
    expect(account.told.at(-1)).toMatchObject({
      status: 'done',
      plan: { approved: { by: BOB, reason: 'looked at it' } },
    });
  });

  it('declines it: nothing is removed, and people are notified', async () => {
    const account = await pending();
    const result = await answerRemediation(saying('decline', account.id), account.grantCell);
    expect(expected(result, 'answered')).toMatchObject({ verdict: 'declined', first: true });
    expect([account.released, account.left()]).toEqual([[], [SSH]]);
    expect(account.news).toMatchObject([{ what: 'answered', answer: { verdict: 'declined', by: BOB } }]);
  });

  it('is final: a second answer returns the first, and changes nothing', async () => {
    const account = await pending();
    await answerRemediation(saying('decline', account.id), account.grantCell);
    const second = expected(
      await answerRemediation(saying('approve', account.id, CAROL), account.grantCell),
      'answered',
    );
    expect(second).toMatchObject({ verdict: 'declined', first: false, by: BOB });
    expect([account.released, account.news.length]).toEqual([[], 1]);
  });

  it('has one effect if the same person repeats it', async () => {
    const account = await pending();
    await answerRemediation(saying('approve', account.id), account.grantCell);
    const again = expected(await answerRemediation(saying('approve', account.id), account.grantCell), 'answered');
    expect([again.first, account.released.length, account.news.length]).toEqual([false, 1, 1]);
  });

  it('is refused with the outcome if the plan no longer waits', async () => {
    const account = world([group([SSH])]);
    await account.run(change([SSH]));
    const result = await answerRemediation(saying('approve', await account.idOf()), account.grantCell);
    expect(expected(result, 'refused').because).toEqual([
      expect.stringMatching(/nothing to approve.*was carried out on 2026/),
    ]);
  });

  it('needs a remediation and a reason', async () => {
    const { id, grantCell } = await pending();
    expect(await answerRemediation(saying('approve', '0'.repeat(26)), grantCell)).toMatchObject({ kind: 'refused' });
    expect(await answerRemediation({ ...saying('approve', id), reason: '' }, grantCell)).toMatchObject({
      kind: 'refused',
    });
  });

  it('ends in one record, one message and the removal, whichever call fails', async () => {
    await underEveryFault({
      make: pending,
      run: async ({ id, grantCell }, wrap, attempt) =>
        await answerRemediation(saying('approve', id), through(grantCell, wrap, attempt)),
      check: async (account) => {
        await reexamined(account);
        expect(account.left()).toEqual([]);
        expect(account.heard()).toHaveLength(1);
        expect((await account.entry(account.id)).answer).toMatchObject({ verdict: 'released', by: BOB });
        expect(account.told.filter(({ status }) => status === 'done')).toHaveLength(1);
      },
    });
  });
});

const STRICT = narrowing(
  { 'world-open-admin': { existing: 'enforce' } },
  { budget: { removalsPerHour: 1, sweepShare: 1 } },
);

/** Old openings of four groups, of which the budget lets one go. */
async function held() {
  const ids = ['1', '2', '3', '4'].map((n) => `sg-0000000000000000${n}`);
  const rules = ids.map((groupId) => ({ ...rule('tcp', 22, '0.0.0.0/0'), groupId }));
  const account = world(
    rules.map((one) => group([one], { id: one.groupId })),
    { policy: STRICT },
  );
  for (const [i, id] of ids.entries()) {
    account.clock.at += 1000;
    const scope = { by: 'group-id', ids: [id] } as const;
    await account.run(change([], { id: `sweep-${i}`, trigger: 'sweep', scope, added: { kind: 'unknown' } }));
  }
  return account;
}

const RESUME = { do: 'resume-budget', by: BOB, reason: 'it is fine' } as const;

async function approvedEntry({ ledger }: World) {
  const entries = await ledger.newest(100);
  return entries.filter((entry) => entry.answer?.verdict === 'released').length;
}

describe('a budget that is resumed', () => {
  it('approves every held plan, oldest first, and notifies people once', async () => {
    const account = await held();
    expect(account.left()).toHaveLength(3);
    const result = expected(await resumeBudget(RESUME, account.grantCell), 'resumed');
    expect([result.released, await approvedEntry(account)]).toEqual([3, 3]);
    expect(account.released).toEqual(account.released.toSorted());
    expect(account.news).toMatchObject([
      { what: 'budget-resumed', released: 3, asked: { by: BOB, reason: 'it is fine' } },
    ]);
  });

  it('has each group evaluated again and closed', async () => {
    const account = await held();
    await resumeBudget(RESUME, account.grantCell);
    for (const id of account.released) {
      const entry = await account.ledger.findById(id);
      const pointer = { groupId: entry?.plan.decision.group.id ?? '', planId: entry?.plan.id ?? '' };
      const event = await approvedChange(pointer, account.ledger);
      if (event !== undefined) await account.run(event, { owner: `released ${id}` });
    }
    expect(account.left()).toEqual([]);
  });

  it('notifies nobody if no plan was held', async () => {
    const account = world([group([])]);
    expect(await resumeBudget(RESUME, account.grantCell)).toEqual({ kind: 'resumed', released: 0 });
    expect(account.heard()).toEqual([]);
  });

  it('needs a reason', async () => {
    expect(await resumeBudget({ ...RESUME, reason: '' }, world([]).grantCell)).toMatchObject({ kind: 'refused' });
  });

  it('approves every held plan and notifies people once, whichever call fails', async () => {
    const calls = await underEveryFault({
      make: held,
      run: async ({ grantCell }, wrap, attempt) => await resumeBudget(RESUME, through(grantCell, wrap, attempt)),
      check: async (account) => {
        expect(await approvedEntry(account)).toBe(3);
        expect(new Set(account.released).size).toBe(3);
        expect(account.heard()).toHaveLength(1);
        expect(await account.ledger.waiting('held')).toEqual([]);
      },
    });
    expect(calls).toBeGreaterThanOrEqual(13);
  });
});
