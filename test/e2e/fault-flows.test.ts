import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { injectEveryFault, worstFault, worstFaultAt } from './fault-injection.ts';
import { openGuardedCell, worldRule } from './guarded-cell.ts';
import { by, REGION, reason } from './requests.ts';

const DAY = 86_400_000;

let cell: Awaited<ReturnType<typeof openGuardedCell>>;

/** A cell for each flow, because the SDK's clients stop retrying after too many faults. */
function inItsOwnCell(): void {
  beforeAll(async () => {
    cell = await openGuardedCell();
  });
  afterAll(async () => {
    expect(cell.delivery.failures).toEqual([]);
    await cell.close();
  });
}

function subjectsSince(count: number) {
  return cell.local.messages.slice(count).map(({ subject }) => subject);
}

/** A flow that nobody has to repeat, because Lambda retries it. */
async function nothing() {
  return undefined;
}

describe('narrowing', () => {
  inItsOwnCell();

  const run = async (groupId: string) => await cell.open(groupId, 22);
  const check = async (groupId: string) =>
    expect(cell.inbound(groupId)).toEqual([`22 ipv4 ${cell.address}/32 for now`]);

  it('grants the actor’s own address after the removal, whichever call fails', async () => {
    const calls = await injectEveryFault(
      cell,
      // on-schedule asks CloudTrail again if CloudTrail did not answer who made the change.
      { make: async () => await cell.groupWith(), run, again: async () => await cell.tick(), check },
      worstFault,
    );
    expect(calls.indexOf('RevokeSecurityGroupIngress')).toBeLessThan(calls.indexOf('AuthorizeSecurityGroupIngress'));
  });
});

describe('a rule that changes between the snapshot and the removal', () => {
  inItsOwnCell();

  /** The author narrows the rule just before the first removal reaches EC2. */
  const make = async () => {
    const groupId = await cell.groupWith();
    const stop = cell.local.beforeCall((_service, operation) => {
      if (operation !== 'RevokeSecurityGroupIngress') return;
      cell.redirect(groupId, 6379, '198.51.100.7/32');
      stop();
    });
    return groupId;
  };

  it('stays, whichever call fails', async () => {
    const calls = await injectEveryFault(
      cell,
      {
        make,
        run: async (groupId) => await cell.open(groupId, 6379),
        again: nothing,
        check: async (groupId) => expect(cell.inbound(groupId)).toEqual(['6379 ipv4 198.51.100.7/32 for now']),
      },
      worstFault,
    );
    expect(calls).toContain('RevokeSecurityGroupIngress');
    expect(calls).not.toContain('AuthorizeSecurityGroupIngress');
  });
});

describe('a plan that waits for a person', () => {
  inItsOwnCell();

  const make = async () => {
    const groupId = await cell.groupWith(worldRule(6379), worldRule(11_211), worldRule(443, '198.51.100.0/24'));
    await cell.look(groupId);
    return { groupId, id: await cell.remediationOf(groupId, 'pending') };
  };
  const answer =
    (what: 'approve' | 'decline') =>
    async ({ id }: Awaited<ReturnType<typeof make>>) =>
      await cell.ask({ do: what, id, by, reason });

  it('closes nothing until it is approved', async () => {
    const { groupId } = await make();
    expect(cell.inbound(groupId)).toHaveLength(3);
  });

  it('closes its rules after the approval, whichever call fails', async () => {
    const calls = await injectEveryFault(
      cell,
      {
        make,
        run: answer('approve'),
        check: async ({ groupId }) => expect(cell.inbound(groupId)).toEqual(['443 ipv4 198.51.100.0/24']),
      },
      worstFault,
    );
    expect(calls).toContain('RevokeSecurityGroupIngress');
  });

  it('does not close a rule that has changed before the approval', async () => {
    const one = await make();
    cell.redirect(one.groupId, 11_211, '198.51.100.0/24');
    await answer('approve')(one);
    await cell.delivery.drain();
    expect(cell.inbound(one.groupId)).toEqual(['11211 ipv4 198.51.100.0/24', '443 ipv4 198.51.100.0/24']);
  });

  it('cannot be approved after it was declined, whichever call fails', async () => {
    const calls = await injectEveryFault(
      cell,
      {
        make,
        run: answer('decline'),
        check: async (one) => {
          expect(await answer('approve')(one)).toMatchObject({ verdict: 'declined', first: false });
          await cell.delivery.drain();
          expect(cell.inbound(one.groupId)).toHaveLength(3);
        },
      },
      worstFault,
    );
    expect(calls).not.toContain('RevokeSecurityGroupIngress');
  });
});

async function resume() {
  return await cell.ask({ do: 'resume-budget', by, reason });
}

describe('the budget', () => {
  inItsOwnCell();

  const closed = async (groupId: string) => expect(cell.inbound(groupId)).toEqual([]);

  /** A group that is evaluated when the budget is spent. */
  const make = async () => {
    await resume();
    await cell.delivery.drain();
    const first = await cell.groupWith(worldRule(5432));
    await cell.look(first);
    await closed(first);
    return await cell.groupWith(worldRule(5432));
  };

  it('once spent, holds existing rules, notifies once, still closes new openings, and continues on request', async () => {
    const held = await make();
    const told = cell.local.messages.length;
    await cell.look(held);
    await cell.look(await cell.groupWith(worldRule(3306)));
    expect(subjectsSince(told)).toEqual([expect.stringContaining('the budget is spent')]);
    expect(cell.inbound(held)).toEqual(['5432 ipv4 0.0.0.0/0']);
    expect(await cell.remediationOf(held, 'held')).not.toBe('');
    const fresh = await cell.groupWith();
    await cell.open(fresh, 5432);
    await closed(fresh);
    expect(await resume()).toMatchObject({ kind: 'resumed' });
    await cell.delivery.drain();
    await closed(held);
  });

  it('continues to the end, whichever call fails', async () => {
    const run = async (groupId: string) => {
      await cell.look(groupId);
      await resume();
    };
    const calls = await injectEveryFault(
      cell,
      { make, run, check: closed },
      worstFaultAt('Query', 'GetItem', 'PutItem', 'UpdateItem', 'Publish', 'Invoke', 'RevokeSecurityGroupIngress'),
    );
    expect(calls).toContain('RevokeSecurityGroupIngress');
  });
});

describe('an exemption', () => {
  inItsOwnCell();

  const make = async () => {
    await resume();
    await cell.delivery.drain();
    const groupId = await cell.groupWith(worldRule(5432));
    const terms = { days: 1, owner: 'team-app' };
    expect(await cell.ask({ do: 'exempt', region: REGION, scope: { groupId }, terms, by, reason })).toMatchObject({
      kind: 'exempted',
    });
    await cell.look(groupId);
    expect(cell.inbound(groupId)).toEqual(['5432 ipv4 0.0.0.0/0']);
    return groupId;
  };

  it('ends in time, and on-schedule has the rule closed, whichever call fails', async () => {
    const calls = await injectEveryFault(
      cell,
      {
        make,
        run: async () => {
          await cell.clock.advance(2 * DAY);
          await cell.tick();
        },
        again: async () => {
          await cell.clock.advance(DAY / 24);
          await cell.tick();
        },
        check: async (groupId) => expect(cell.inbound(groupId)).toEqual([]),
      },
      worstFaultAt('Query', 'Publish', 'Invoke', 'GetItem', 'PutItem', 'UpdateItem'),
    );
    expect(calls).toContain('RevokeSecurityGroupIngress');
  });
});
