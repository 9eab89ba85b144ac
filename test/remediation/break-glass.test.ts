import { describe, expect, it } from 'vitest';
import { runtimeSwitch } from '../../shared/adapters/aws/ssm.ts';
import type { Mode } from '../../shared/domain/control-options.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import { cell, change, group, rule } from './cell.ts';

const ssh = rule('tcp', 22, '0.0.0.0/0');

/** A switch that is set once the clock has passed `setAt`, read as the functions read it. */
function switchSetAt(account: ReturnType<typeof cell>, setAt: number, mode: Mode) {
  const until = new Date(setAt + 3_600_000).toISOString();
  const ssm = {
    send: async () => {
      if (account.clock.at < setAt) throw Object.assign(new Error('not set'), { name: 'ParameterNotFound' });
      const Value = JSON.stringify({ mode, until, reason: 'production is down' });
      return { Parameter: { Value, LastModifiedDate: new Date(setAt) } };
    },
  };
  return runtimeSwitch(ssm as never, '/portcullis/switch', { clock: account.ports.clock, journal: () => undefined });
}

/** Groups whose prefix list is being changed until `settledAt`: the look pauses for up to half a minute. */
function pausing(account: ReturnType<typeof cell>, settledAt: number): RemediationPorts['groups'] {
  return {
    ...account.ports.groups,
    fetchSnapshot: async (...args) => {
      const state = account.clock.at < settledAt ? 'modify-in-progress' : 'modify-complete';
      return {
        ...(await account.ports.groups.fetchSnapshot(...args)),
        prefixLists: [{ id: 'pl-1', state, version: 1 }],
      };
    },
  };
}

/** An event that comes 14.9 s after the switch was read and set, and whose look takes another 15 s. */
async function during(mode: Mode) {
  const account = cell([group([ssh])]);
  const began = account.clock.at;
  const runtime = switchSetAt(account, began + 1, mode);
  expect(await runtime.ceiling()).toBe('enforce');
  account.clock.at += 14_900;
  await account.run(change([ssh]), { ports: { runtimeSwitch: runtime, groups: pausing(account, began + 30_000) } });
  return { ...account, waited: account.clock.at - began };
}

describe('break-glass while a look pauses', () => {
  it('closes nothing more than 15 seconds after it was set, and tells people instead', async () => {
    const { left, told, waited } = await during('alert');
    expect(waited).toBeGreaterThan(30_000);
    expect(left()).toEqual([ssh]);
    expect(told).toMatchObject([{ status: 'reported', plan: { decision: { mode: 'alert' }, steps: [] } }]);
    expect(told[0]?.plan.decision.limits).toMatchObject([
      { mode: 'alert', why: 'runtime-switch', reason: 'the runtime switch is at alert' },
    ]);
  });

  it.each(['observe', 'off'] as const)('tells nobody where it is at %s', async (mode) => {
    const { left, told } = await during(mode);
    expect([left(), told]).toEqual([[ssh], []]);
  });

  it('asks people where it is at approve', async () => {
    const { left, told } = await during('approve');
    expect(left()).toEqual([ssh]);
    expect(told).toMatchObject([{ status: 'pending', plan: { decision: { mode: 'approve' } } }]);
  });

  it('leaves the entry open, so that the rule is closed, and can be restored, once it is over', async () => {
    const account = await during('alert');
    account.clock.at += 4_000_000;
    await account.run(change([ssh], { id: 'event-1' }), { owner: 'later' });
    expect(account.left()).toEqual([]);
    const closed = (await account.ledger.entries('sg-00000000000000001')).filter(
      ({ outcome }) => outcome?.status === 'done',
    );
    expect(closed.map(({ outcome }) => outcome?.removed)).toEqual([[ssh]]);
  });

  it('changes nothing where it has not fallen', async () => {
    const account = cell([group([ssh])]);
    await account.run(change([ssh]));
    expect([account.left(), account.told.map(({ status }) => status)]).toEqual([[], ['done']]);
  });
});
