import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../shared/domain/decision.ts';
import { CallFailed, Unfinished } from '../../shared/domain/errors.ts';
import type { FindingsPublisher, ReportedOutcome } from '../../shared/domain/ports.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

function opened() {
  const ssh = rule('tcp', 22, '0.0.0.0/0');
  return { world: cell([group([ssh])]), event: change([ssh]) };
}

type World = ReturnType<typeof cell>;

const GROUP = 'sg-00000000000000001';

function refusing(...faults: readonly Error[]): FindingsPublisher {
  return {
    publish: async () => await Promise.reject(faults.length === 1 ? faults[0] : new Unfinished(faults)),
  };
}

const disabled = new CallFailed('BatchImportFindings', 'InvalidAccessException', false, 'not enabled');
const noBus = new CallFailed('PutEvents', 'ResourceNotFoundException', false, 'no such bus');
const slow = new CallFailed('PutEvents', 'InternalError', true, 'no');

function hearing() {
  const told: ReportedOutcome[] = [];
  return { told, findings: { publish: async (one: ReportedOutcome) => void told.push(one) } };
}

function unreported({ journal }: World) {
  return journal.filter(({ what }) => what === 'unreported');
}

/** What people were told, but for when. */
function said({ told }: World): readonly object[] {
  return told.map(({ at: _at, ...one }: Outcome) => one);
}

describe('findings of other systems', () => {
  it('are told of an outcome before its entry is closed', async () => {
    const { world, event } = opened();
    const { told, findings } = hearing();
    await world.run(event, { ports: { findings } });
    expect(told).toMatchObject([{ status: 'done' }]);
    expect(told).toMatchObject(world.told);
  });

  it('are told again by the next try where they could not be, and the rule is closed all the same', async () => {
    const { world, event } = opened();
    await expect(world.run(event, { ports: { findings: refusing(slow) } })).rejects.toThrow('PutEvents');
    expect(world.left()).toEqual([]);
    expect((await world.ledger.stateOf([GROUP])).entries).toHaveLength(1);
    const { told, findings } = hearing();
    await world.run(event, { ports: { findings } });
    expect(told).toMatchObject([{ status: 'done', plan: { id: world.told[0]?.plan.id } }]);
    await world.run(event, { ports: { findings } });
    expect(told).toHaveLength(1);
    expect(said(world)).toEqual([said(world)[0], said(world)[0]]);
    expect(unreported(world)).toEqual([]);
  });

  it.each([
    ['one place', [disabled]],
    ['every place', [disabled, noBus]],
  ])('that %s refuses for good leave nothing open: it is journalled, and people are told once', async (_, faults) => {
    const { world, event } = opened();
    await world.run(event, { ports: { findings: refusing(...faults) } });
    await world.run(event, { ports: { findings: refusing(...faults) } });
    expect(world.told).toMatchObject([{ status: 'done' }]);
    expect(unreported(world)).toMatchObject([{ outcome: { status: 'done' }, fault: { retryable: false } }]);
    expect((await world.ledger.stateOf([GROUP])).entries).toEqual([]);
    expect(await world.ledger.entries(GROUP)).toMatchObject([{ outcome: { status: 'done' } }]);
  });

  it('that one place refuses for good and another for now are told again', async () => {
    const { world, event } = opened();
    await expect(world.run(event, { ports: { findings: refusing(disabled, slow) } })).rejects.toThrow('InternalError');
    expect((await world.ledger.stateOf([GROUP])).entries).toHaveLength(1);
    expect(unreported(world)).toEqual([]);
  });
});

function modes(fresh: 'alert' | 'enforce', existing: 'alert' | 'enforce' = fresh) {
  return {
    ...GUARD,
    controls: { 'world-open-admin': { ...GUARD.controls['world-open-admin']!, fresh, existing } },
  };
}

const sweep = change([], { id: 'sweep-1', call: 'Sweep', trigger: 'sweep', added: { kind: 'unknown' } });

function taken(rules: Parameters<typeof change>[0], more: Parameters<typeof change>[1] = {}) {
  return change(rules, { id: 'event-2', call: 'RevokeSecurityGroupIngress', trigger: 'rules-removed', ...more });
}

describe('a finding that was told as open', () => {
  const alerted = async (...ports: readonly number[]) => {
    const rules = ports.map((port) => rule('tcp', port, '0.0.0.0/0'));
    const world = cell([group(rules)]);
    const { told, findings } = hearing();
    const run = async (event: Parameters<World['run']>[0], policy = modes('alert')) => {
      world.clock.at += 61_000;
      await world.run(event, { policy, owner: event.id, ports: { findings } });
    };
    await run(change(rules));
    expect(told.map(({ status }) => status)).toEqual(['reported']);
    return { rules, world, told, findings, run, statuses: () => told.map(({ status }) => status) };
  };

  it('is the one that is closed once the policy enforces, though that is another plan', async () => {
    const { told, run, world } = await alerted(22);
    await run(sweep, modes('enforce'));
    expect(world.left()).toEqual([]);
    expect(told).toMatchObject([{ status: 'reported' }, { status: 'done' }]);
    expect(told[0]?.plan.id).not.toBe(told[1]?.plan.id);
    expect(told[0]?.caseId).toBe(told[1]?.caseId);
    expect(told[0]?.caseId).toMatch(/^[0-9a-z]{26}$/);
    await run(taken(told[1]!.removed));
    expect(told).toHaveLength(2);
  });

  it('is told as gone once when somebody removes its rule, and people are not told', async () => {
    const { rules, world, told, run } = await alerted(22);
    world.ec2.put(group([]));
    await run(taken(rules));
    await run(taken(rules, { id: 'event-3' }));
    await run(sweep);
    expect(told).toMatchObject([{ status: 'reported' }, { status: 'done', removed: [], alreadyGone: rules }]);
    expect(told[1]?.caseId).toBe(told[0]?.caseId);
    expect(world.told).toHaveLength(1);
  });

  it('stays while one of its rules is there, and goes with the last', async () => {
    const { rules, world, run, statuses } = await alerted(22, 3389);
    world.ec2.put(group(rules.slice(1)));
    await run(taken(rules.slice(0, 1)));
    expect(statuses()).toEqual(['reported']);
    world.ec2.put(group([]));
    await run(taken(rules.slice(1), { id: 'event-3' }));
    expect(statuses()).toEqual(['reported', 'done']);
  });

  it('is gone with the narrowing of its rule, whose id stays', async () => {
    const { rules, world, run, statuses } = await alerted(22);
    const narrowed = { ...rules[0]!, source: { kind: 'ipv4', cidr: '198.51.100.7/32' } as const };
    world.ec2.put(group([narrowed]));
    await run(change([narrowed], { id: 'event-2', call: 'ModifySecurityGroupRules', trigger: 'rules-modified' }));
    expect(statuses()).toEqual(['reported', 'done']);
  });

  it('is gone with its group, and is found gone by a sweep where no event told of it', async () => {
    const { world, statuses, findings } = await alerted(22);
    const groups = { ...world.ports.groups, fetchSnapshot: async () => ({ groups: [], unread: [] }) };
    for (const owner of ['sweep-1', 'sweep-2']) await world.run(sweep, { owner, ports: { groups, findings } });
    expect(statuses()).toEqual(['reported', 'done']);
  });

  it('is open again, under the same name, when the same rule is widened once more', async () => {
    const { rules, world, told, run, statuses } = await alerted(22);
    world.ec2.put(group([]));
    await run(taken(rules));
    world.ec2.put(group(rules));
    await run(change(rules, { id: 'event-3', trigger: 'rules-modified', call: 'ModifySecurityGroupRules' }));
    world.ec2.put(group([]));
    await run(taken(rules, { id: 'event-4' }));
    expect(statuses()).toEqual(['reported', 'done', 'reported', 'done']);
    expect(new Set(told.map(({ caseId }) => caseId)).size).toBe(1);
  });

  it('is told as gone where somebody was faster than the plan that was to close it', async () => {
    const { rules, world, findings, run, statuses } = await alerted(22);
    const revoke: World['ports']['groups']['revoke'] = async (step) => {
      world.ec2.put(group([]));
      return await world.ports.groups.revoke(step);
    };
    const ports = { groups: { ...world.ports.groups, revoke }, findings };
    world.clock.at += 61_000;
    await world.run(sweep, { policy: modes('enforce'), owner: 'sweep-1', ports });
    await run(taken(rules));
    expect(statuses()).toEqual(['reported', 'done']);
    expect(world.told).toHaveLength(1);
  });

  it('is told as gone where a sweep that saw it was slower to say so than the event that closed it', async () => {
    const ssh = rule('tcp', 22, '0.0.0.0/0');
    const world = cell([group([ssh])]);
    const { told, findings } = hearing();
    const options = { policy: modes('enforce', 'alert'), owner: 'event-1', ports: { findings } };
    const publish: World['ports']['notifier']['publish'] = async (outcome) => {
      world.clock.at += 1000;
      await world.run(change([ssh]), options);
      await world.ports.notifier.publish(outcome);
    };
    const ports = { findings, notifier: { ...world.ports.notifier, publish } };
    await world.run(sweep, { ...options, owner: 'sweep-1', ports });
    expect(told.map(({ status }) => status)).toEqual(['done', 'reported']);
    for (const id of ['event-2', 'event-3']) await world.run(taken([ssh], { id }), { ...options, owner: id });
    expect(told.map(({ status }) => status)).toEqual(['done', 'reported', 'done']);
  });

  it('is told as gone again where a plan that failed was begun anew in between', async () => {
    const ssh = rule('tcp', 22, '0.0.0.0/0');
    const world = cell([group([ssh])]);
    const { told, findings } = hearing();
    const denied = new CallFailed('Revoke', 'UnauthorizedOperation', false, 'no');
    const groups = { ...world.ports.groups, revoke: async () => await Promise.reject(denied) };
    const run = async (event: Parameters<World['run']>[0]) => {
      world.clock.at += 1000;
      await world.run(event, { policy: modes('enforce'), owner: event.id, ports: { groups, findings } });
    };
    for (const round of [1, 2]) {
      world.ec2.put(group([ssh]));
      await run(change([ssh], { id: `opened-${round}`, trigger: 'rules-modified' }));
      world.ec2.put(group([]));
      await run(taken([ssh], { id: `taken-${round}` }));
    }
    expect(told.map(({ status }) => status)).toEqual(['failed', 'done', 'failed', 'done']);
  });

  it('is told as gone by the next try where it could not be', async () => {
    const { rules, world, run, statuses } = await alerted(22);
    world.ec2.put(group([]));
    const broken = { owner: 'broken', ports: { findings: refusing(slow) } };
    await expect(world.run(taken(rules), broken)).rejects.toThrow('PutEvents');
    await run(taken(rules));
    expect(statuses()).toEqual(['reported', 'done']);
  });
});
