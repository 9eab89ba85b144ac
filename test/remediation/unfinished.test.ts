import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../shared/domain/decision.ts';
import { CallFailed, Unfinished } from '../../shared/domain/errors.ts';
import type { LedgerEntry } from '../../shared/domain/ledger.ts';
import { unfinishedRules } from '../../shared/remediation/unfinished-plans.ts';
import { planOf, ruleOf, START } from '../contract/ledger/samples.ts';
import { cell, change, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';

/** How long a plan is left to its owner in `cell`, ms. */
const LEASE_MS = 90_000;

const STANDING = ruleOf('sgr-a');

function entryOf(owner: string, heldUntil: number): LedgerEntry {
  return {
    plan: planOf('a'),
    owner,
    heldUntil,
    postRemovalGrants: [],
    completedSteps: [],
  };
}

describe('rules of an unsettled ledger entry', () => {
  const open = (owner: string, heldUntil: number) =>
    unfinishedRules([STANDING], [entryOf(owner, heldUntil)], 'request-1', START);

  it('are unfinished to the invocation that reserved it', () => {
    expect(open('request-1', START + LEASE_MS)).toEqual([STANDING]);
  });

  it.each(['request-2', 'request-10', 'request-', 'Request-1', ''])(
    'are left to another invocation that still runs (%j)',
    (owner) => {
      expect(open(owner, START + LEASE_MS)).toEqual([]);
    },
  );

  it('are left to another invocation to the last millisecond of its lease, and no longer', () => {
    expect(open('request-2', START + 1)).toEqual([]);
    expect(open('request-2', START)).toEqual([STANDING]);
  });

  it('of several entries are unfinished where the entry is our own or abandoned', () => {
    const [mine, theirs, left] = ['a', 'b', 'c'].map((letter) => ruleOf(`sgr-${letter}`));
    const entries = [
      entryOf('request-1', START + LEASE_MS),
      { ...entryOf('request-2', START + LEASE_MS), plan: planOf('b') },
      { ...entryOf('request-3', START - 1), plan: planOf('c') },
    ];
    expect(unfinishedRules([mine!, theirs!, left!], entries, 'request-1', START)).toEqual([mine, left]);
  });
});

/**
 * A cell in which `invocation-1` has reserved the removal of a rule and failed before or after EC2 removed
 * it.
 */
async function heldUp(when: 'before' | 'after') {
  const [bad, other] = [rule('tcp', 22, WORLD), rule('tcp', 3389, WORLD)];
  const account = cell([group([bad])]);
  const { ports } = account;
  const revoke: typeof ports.groups.revoke = async (step) => {
    if (when === 'after') await ports.groups.revoke(step);
    throw new CallFailed('Revoke', 'RequestLimitExceeded', true, 'slow down');
  };
  await expect(account.run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } })).rejects.toThrow(
    Unfinished,
  );
  account.ec2.put(group([...account.left(), other]));
  const second = async (owner: string) => await account.run(change([other], { id: 'event-2' }), { owner });
  return { ...account, bad, other, second };
}

function removedBy(outcomes: readonly Outcome[]) {
  return outcomes.flatMap(({ removed }) => removed);
}

describe('a rule that another invocation has reserved', () => {
  it('is not removed by an invocation that closes another rule of the group while the first invocation runs', async () => {
    const { second, left, ledger, bad, other } = await heldUp('before');
    expect(removedBy(await second('invocation-10'))).toEqual([other]);
    expect(left()).toEqual([bad]);
    const open = (await ledger.stateOf([GROUP])).entries;
    expect(open).toMatchObject([{ owner: 'invocation-1', plan: { decision: { rules: [bad] } } }]);
  });

  it('is removed by the next invocation once the lease of the first one is over', async () => {
    const { second, left, clock } = await heldUp('before');
    clock.at += LEASE_MS;
    await second('invocation-2');
    expect(left()).toEqual([]);
  });

  it('is neither told nor settled by an invocation that finds it removed while the first invocation runs', async () => {
    const { second, told, ledger, other } = await heldUp('after');
    await second('invocation-2');
    expect(removedBy(told)).toEqual([other]);
    expect((await ledger.stateOf([GROUP])).entries).toMatchObject([{ owner: 'invocation-1' }]);
  });

  it('is told and settled by the next invocation that finds it removed once the lease of the first one is over', async () => {
    const { second, told, ledger, clock, bad, other } = await heldUp('after');
    clock.at += LEASE_MS;
    await second('invocation-2');
    expect(removedBy(told)).toEqual([other, bad]);
    expect((await ledger.stateOf([GROUP])).entries).toEqual([]);
  });

  it('is left to the first invocation by a second event about the same rule, and the first invocation resumes', async () => {
    const { run, left, bad } = await heldUp('before');
    const second = run(change([bad], { id: 'event-3' }), { owner: 'invocation-3' });
    await expect(second).rejects.toThrow('another invocation holds it');
    expect(left()).toContain(bad);
    expect(removedBy(await run(change([bad])))).toEqual([bad]);
    expect(left()).not.toContain(bad);
  });
});
