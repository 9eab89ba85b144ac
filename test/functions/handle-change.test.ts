import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import { InMemoryGroups } from '../../cli/commands/simulate/in-memory-groups.ts';
import { changeHandlers } from '../../functions/on-change/handle-change.ts';
import type { SecurityGroups } from '../../shared/domain/ec2.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { ReevaluationRequest } from '../../shared/domain/invocations.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { wrapReevaluationRequest } from '../../shared/events/requests/internal-request.ts';
import { takeBackStep } from '../../shared/workflows/migration/run.ts';
import { envelope, record } from '../events/events.ts';
import { cell, GUARD, group, rule } from '../remediation/cell.ts';

const HOME = 'eu-west-1';
const AWAY = 'ap-southeast-2';
const GROUP = 'sg-00000000000000001';

/**
 * A cell of two regions. Each has a group of the same id with the same rules, so that a call to the wrong
 * region succeeds.
 */
function twoRegions(rules: readonly Rule[], policy: Policy = GUARD) {
  const base = cell([]);
  const inRegion = new Map([HOME, AWAY].map((region) => [region, new InMemoryGroups([group(rules)])]));
  const calls: string[] = [];
  const broken: { fault?: CallFailed } = {};
  const groupsIn = (region: string): SecurityGroups => {
    const groups = inRegion.get(region);
    if (groups === undefined) throw new Error(`the cell has no region ${region}`);
    return {
      fetchSnapshot: async (...args) => {
        calls.push(`look ${region}`);
        return await groups.fetchSnapshot(...args);
      },
      revoke: async (step) => {
        calls.push(`revoke ${region}`);
        if (broken.fault) throw broken.fault;
        return await groups.revoke(step);
      },
    };
  };
  const appended: object[] = [];
  const handle = changeHandlers({
    policy,
    ports: base.ports,
    groupsIn,
    logger: { info: () => {}, appendKeys: (keys) => void appended.push(keys) },
    metrics: new Metrics({ namespace: 'Test', serviceName: 'test' }),
  });
  const context = (awsRequestId: string, door: string) => ({
    awsRequestId,
    invokedFunctionArn: `arn:aws:lambda:${HOME}:111122223333:function:on-change:${door}`,
  });
  const run = async (event: unknown, awsRequestId = 'request-1') =>
    await handle.events(event, context(awsRequestId, 'events'));
  const request = async (one: ReevaluationRequest) =>
    await handle.requests(wrapReevaluationRequest(one), context('request-1', 'requests'));
  const left = (region: string) => inRegion.get(region)?.groups.flatMap((one) => one.rules);
  return { ...base, run, request, left, calls, appended, broken };
}

function opening({ id, fromPort, toPort }: Rule, awsRegion: string) {
  return record('AuthorizeSecurityGroupIngress', {
    awsRegion,
    requestParameters: { groupId: GROUP },
    responseElements: {
      securityGroupRuleSet: {
        items: [
          {
            groupId: GROUP,
            securityGroupRuleId: id,
            isEgress: false,
            ipProtocol: 'tcp',
            fromPort,
            toPort,
            cidrIpv4: '0.0.0.0/0',
          },
        ],
      },
    },
  });
}

describe('a change in a region other than the home region', () => {
  const ssh = rule('tcp', 22, '0.0.0.0/0');

  it.each([HOME, AWAY])('is evaluated and closed only in the region of its event (%s)', async (region) => {
    const { run, left, calls, told, appended } = twoRegions([ssh]);
    expect(await run({ ...envelope(opening(ssh, region)), region })).toEqual(['done']);
    expect(calls).toEqual([`look ${region}`, `revoke ${region}`]);
    expect([left(region), left(region === HOME ? AWAY : HOME)]).toEqual([[], [ssh]]);
    expect(told).toMatchObject([{ plan: { change: { region } } }]);
    expect(appended).toMatchObject([{ region }]);
  });

  it('is closed in the region of its record where the envelope names another one', async () => {
    const { run, calls } = twoRegions([ssh]);
    await run({ ...envelope(opening(ssh, AWAY)), region: HOME });
    expect(calls).toEqual([`look ${AWAY}`, `revoke ${AWAY}`]);
  });

  it('does not change the region of the next event', async () => {
    const { run, calls, left } = twoRegions([ssh]);
    await run(opening(ssh, AWAY), 'request-1');
    expect([left(HOME), left(AWAY)]).toEqual([[ssh], []]);
    await run({ ...opening(ssh, HOME), eventID: 'e-2' }, 'request-2');
    expect(left(HOME)).toEqual([]);
    // The ledger has the case as settled, since the groups of both regions have one id: so the group is
    // looked at once more.
    expect(calls).toEqual([`look ${AWAY}`, `revoke ${AWAY}`, `look ${HOME}`, `look ${HOME}`, `revoke ${HOME}`]);
  });
});

describe('a request for a region other than the home region', () => {
  const ssh = rule('tcp', 22, '0.0.0.0/0');

  it('evaluates groups in its own region', async () => {
    const { request, calls } = twoRegions([ssh]);
    await request({ do: 'look', groupIds: [GROUP], region: AWAY });
    expect(calls).toEqual([`look ${AWAY}`]);
  });

  it('carries out an approved plan in the region in the ledger', async () => {
    const { run, request, ledger, calls, left, clock } = twoRegions([ssh], { ...GUARD, ceiling: 'approve' });
    expect(await run(opening(ssh, AWAY))).toEqual(['pending']);
    const [entry] = await ledger.waiting('pending');
    const by = { name: 'ann', through: 'command-line' } as const;
    await ledger.recordAnswer(entry!, { verdict: 'released', by, reason: 'unused', at: clock.at });
    calls.length = 0;
    expect(await request({ do: 'release', groupId: GROUP, planId: entry!.plan.id })).toEqual(['done']);
    expect(calls).toEqual([`look ${AWAY}`, `revoke ${AWAY}`]);
    expect([left(HOME), left(AWAY)]).toEqual([[ssh], []]);
  });

  it('removes a migration’s temporary rules in the region in the ledger', async () => {
    const added = rule('tcp', 5432, 'sg-00000000000000002');
    const { run, request, ledger, calls, left } = twoRegions([ssh, added]);
    await run(opening(ssh, AWAY));
    const [entry] = await ledger.entries(GROUP);
    const asked = { by: { name: 'ann', through: 'command-line' }, reason: 'moved', at: 0 } as const;
    await ledger.recordStep(entry!, { ...takeBackStep([added], asked), at: 0 });
    calls.length = 0;
    expect(await request({ do: 'take-back', groupId: GROUP, planId: entry!.plan.id })).toEqual(['done']);
    expect(calls).toEqual([`look ${AWAY}`, `revoke ${AWAY}`]);
    expect([left(HOME), left(AWAY)]).toEqual([[ssh, added], []]);
  });
});

describe('an invocation', () => {
  const ssh = rule('tcp', 22, '0.0.0.0/0');

  it('resumes the plan of its own earlier attempt, and leaves the plan of another invocation alone', async () => {
    const { run, left, broken } = twoRegions([ssh]);
    broken.fault = new CallFailed('Revoke', 'RequestLimitExceeded', true, 'slow down');
    await expect(run(opening(ssh, HOME), 'request-1')).rejects.toThrow('slow down');
    delete broken.fault;
    await expect(run(opening(ssh, HOME), 'request-2')).rejects.toThrow('another invocation holds it');
    expect(left(HOME)).toEqual([ssh]);
    expect(await run(opening(ssh, HOME), 'request-1')).toEqual(['done']);
    expect(left(HOME)).toEqual([]);
  });

  it('that fails for a reason that may pass has on-schedule look at the group after Lambda has retried', async () => {
    const { run, records, broken, clock } = twoRegions([ssh]);
    broken.fault = new CallFailed('Revoke', 'RequestLimitExceeded', true, 'slow down');
    await expect(run(opening(ssh, HOME))).rejects.toThrow('slow down');
    expect(await records.dueForRecheck()).toEqual([]);
    clock.at += 240_000;
    expect(await records.dueForRecheck()).toMatchObject([
      { groupId: GROUP, recheck: { region: HOME, account: '111122223333' } },
    ]);
  });

  it('that ends, or is refused for good, leaves no group due', async () => {
    const { run, records, broken, clock } = twoRegions([ssh]);
    broken.fault = new CallFailed('Revoke', 'UnauthorizedOperation', false, 'no');
    expect(await run(opening(ssh, HOME))).toEqual(['failed']);
    delete broken.fault;
    await run(opening(rule('tcp', 3389, '0.0.0.0/0'), HOME));
    clock.at += 240_000;
    expect(await records.dueForRecheck()).toEqual([]);
  });

  it('that fails says what kept the group from being noted, too', async () => {
    const { run, records, broken } = twoRegions([ssh]);
    broken.fault = new CallFailed('Revoke', 'RequestLimitExceeded', true, 'slow down');
    records.scheduleRecheck = async () => {
      throw new CallFailed('UpdateItem', 'ThrottlingException', true, 'the table is busy');
    };
    await expect(run(opening(ssh, HOME))).rejects.toThrow(/slow down.*the table is busy/);
  });
});
