import { describe, expect, it } from 'vitest';
import type { Reachability } from '../../shared/domain/control.ts';
import { type Outcome, remediationId } from '../../shared/domain/decision.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import type { DigestEntry } from '../../shared/domain/notification.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { JournalEntry, RemediationPorts } from '../../shared/domain/ports.ts';
import { inMemoryBursts } from '../contract/ledger/in-memory-bursts.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const ID = 'sg-00000000000000001';

function few(perMinute: number, more: Partial<Policy> = {}): Policy {
  return {
    ...GUARD,
    ...more,
    alerts: { ...GUARD.alerts, perMinute },
  };
}

function isInDigest(entry: JournalEntry): boolean {
  return entry.what === 'notification' && entry.decision.kind === 'suppress' && entry.decision.reason === 'in-digest';
}

/** Groups of which it is known what the internet gets to. */
function reached(groups: RemediationPorts['groups'], reachability: Reachability): RemediationPorts['groups'] {
  return {
    ...groups,
    fetchSnapshot: async (...args) => {
      const sight = await groups.fetchSnapshot(...args);
      const sightings = sight.groups.map((one) => ({ ...one, facts: { ...one.facts, reachability } }));
      return { ...sight, groups: sightings };
    },
  };
}

/** An opening after the other, each by an event of its own, through storms that are held in memory. */
async function openings(count: number, perMinute: number, reachability: Reachability = 'internal') {
  const account = cell([]);
  const groups = reached(account.ports.groups, reachability);
  const storms = inMemoryBursts({ now: () => account.clock.at });
  const reported: Outcome[] = [];
  const findings = { publish: async (outcome: Outcome) => void reported.push(outcome) };
  for (let number = 1; number <= count; number += 1) {
    const fresh = rule('tcp', 22, '0.0.0.0/0');
    account.ec2.put(group([fresh]));
    const event = change([fresh], { id: `event-${number}`, actor: { type: 'IAMUser', name: 'ann', tool: 'cli' } });
    await account.run(event, {
      policy: few(perMinute, { reopenLoopFrom: 1000 }),
      ports: { bursts: storms, findings, groups },
    });
  }
  return { ...account, storms, reported };
}

describe('a flood of outcomes', () => {
  it('is closed, reported and settled whole, and told one by one up to what the policy says', async () => {
    const { told, left, reported, storms, clock, ledger, journal } = await openings(8, 3);
    expect([told.length, left(), reported.length]).toEqual([3, [], 8]);
    expect((await ledger.entries(ID)).map(({ outcome }) => outcome?.status)).toEqual(Array(8).fill('done'));
    expect(journal.filter(isInDigest)).toHaveLength(5);
    clock.at += 180_000;
    const [storm] = await storms.finished();
    expect(storm?.gists.map(({ id }) => id)).toEqual(reported.slice(3).map(({ plan }) => plan.id));
  });

  it('keeps of each what a digest says', async () => {
    const { storms, clock, reported } = await openings(2, 1);
    clock.at += 180_000;
    const plan = reported[1]?.plan;
    if (plan === undefined) throw new Error('nothing was reported');
    expect((await storms.finished())[0]?.gists).toEqual([
      {
        id: plan.id,
        remediationId: remediationId(plan),
        status: 'done',
        severity: 'high',
        control: 'world-open-admin',
        groupId: ID,
        groupName: 'web',
        account: '111122223333',
        region: 'eu-west-1',
        actor: 'ann',
        rules: 1,
        at: plan.at,
      },
    ]);
  });

  it('tells what is critical one by one', async () => {
    const { told, journal } = await openings(4, 1, 'internet');
    expect(told.map(({ plan }) => plan.decision.findings[0]?.severity)).toEqual(Array(4).fill('critical'));
    expect(journal.filter(isInDigest)).toEqual([]);
  });
});

/** One opening with storms that answer as they are told. */
async function opening(admit: RemediationPorts['bursts']['admit'], policy = GUARD) {
  const fresh = rule('tcp', 22, '0.0.0.0/0');
  const account = cell([group([fresh])]);
  const run = async () => await account.run(change([fresh]), { policy, ports: { bursts: { admit } } });
  return { ...account, fresh, run };
}

describe('whether an outcome is one of a flood', () => {
  it('is asked after the rule is gone', async () => {
    const gone: boolean[] = [];
    const account = await opening(async () => {
      gone.push(account.left().length === 0);
      return 'alone';
    });
    await account.run();
    expect([gone, account.told.length]).toEqual([[true], 1]);
  });

  it.each([
    ['a call that failed', new CallFailed('UpdateItem', 'ThrottlingException', true, 'too many')],
    ['a mistake of the program', new TypeError('not a function')],
  ])('does not matter where nobody can say: it is told, and the journal says so (%s)', async (_, fault) => {
    const account = await opening(async () => await Promise.reject(fault));
    const [outcome] = await account.run();
    expect(account.told).toEqual([outcome]);
    expect(account.journal).toContainEqual({ what: 'not-counted', outcome, fault });
    expect(account.left()).toEqual([]);
  });

  it('is not asked for a budget that is spent, which is told once for all that waits', async () => {
    const asked: DigestEntry[] = [];
    const old = rule('tcp', 22, '0.0.0.0/0');
    const account = cell([group([old])]);
    const admit: RemediationPorts['bursts']['admit'] = async (gist) => {
      asked.push(gist);
      return 'gathered';
    };
    const controls = Object.fromEntries(
      Object.entries(GUARD.controls).map(([id, options]) => [id, { ...options, existing: 'enforce' as const }]),
    );
    const [outcome] = await account.run(change([], { trigger: 'sweep', added: { kind: 'unknown' } }), {
      policy: { ...GUARD, controls, budget: { removalsPerHour: 0, sweepShare: 1 } },
      ports: { bursts: { admit } },
    });
    expect([outcome?.status, asked, account.told.length]).toEqual(['held', [], 1]);
  });

  it('tells a fight by itself, in the middle of a storm, and not each round of it', async () => {
    const account = cell([]);
    let asked = 0;
    const admit = async () => {
      asked += 1;
      return 'gathered' as const;
    };
    const open = async (number: number) => {
      const fresh = rule('tcp', 22, '0.0.0.0/0');
      account.ec2.put(group([fresh]));
      const event = change([fresh], { id: `event-${number}` });
      await account.run(event, { policy: few(1, { reopenLoopFrom: 2 }), ports: { bursts: { admit } } });
    };
    for (const number of [1, 2, 3, 4]) await open(number);
    expect(account.told.map(({ reopenLoop }) => [reopenLoop?.times, reopenLoop?.quiet])).toEqual([
      [2, false],
      [4, false],
    ]);
    expect(asked).toBe(1);
  });
});
