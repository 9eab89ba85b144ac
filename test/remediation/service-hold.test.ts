import { describe, expect, it } from 'vitest';
import { judgeGroup } from '../../cli/commands/scan/judge.ts';
import type { Actor } from '../../shared/domain/change.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { SERVICE_OWNED } from '../../shared/policy/service-owned.ts';
import { evaluatorOf } from '../../shared/remediation/decide/enabled-controls.ts';
import { findingsOf } from '../../shared/remediation/decide/findings.ts';
import { complianceOf } from '../../shared/workflows/compliance/compliance.ts';
import { evaluationContextOf } from '../../shared/workflows/sweep/evaluate.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';

/** Closes what was there before, too. */
const STRICT: Policy = {
  ...GUARD,
  serviceOwned: SERVICE_OWNED,
  controls: Object.fromEntries(
    Object.entries(GUARD.controls).map(([id, options]) => [id, { ...options, existing: options.fresh }]),
  ),
};

const SERVICE: Actor = {
  type: 'AssumedRole',
  role: 'arn:aws:iam::111122223333:role/EMR_DefaultRole',
  tool: 'aws-service',
  invokedBy: 'elasticmapreduce.amazonaws.com',
};
const SERVICE_ROLE: Actor = {
  type: 'AssumedRole',
  role: 'arn:aws:iam::111122223333:role/aws-service-role/elasticmapreduce.amazonaws.com/AWSServiceRoleForEMRCleanup',
  tool: 'aws-service',
};
const PERSON: Actor = { type: 'IAMUser', name: 'mallory', arn: 'arn:aws:iam::111122223333:user/mallory', tool: 'cli' };
const CLOUDFORMATION: Actor = { ...PERSON, tool: 'cloudformation', invokedBy: 'cloudformation.amazonaws.com' };
const LIKE_SERVICE: Actor = { ...PERSON, role: 'arn:aws:iam::111122223333:role/elasticmapreduce.amazonaws.com/x' };

const NAMES = [
  'awseb-e-x-stack-AWSEBSecurityGroup',
  'ElasticMapReduce-master',
  'eks-cluster-sg-shop-1',
  'd-9067112233_controllers',
  'd-9067112233_workspacesMembers',
  'FMManagedSecurityGroup1',
];

const HOUR = 3_600_000;

function sweepOf(rules: readonly Rule[], at: number) {
  return change(rules, { id: `sweep-${at}`, call: 'Sweep', trigger: 'sweep', added: { kind: 'unknown' }, at });
}

async function opened(actor: Actor | undefined, name: string, policy: Policy = STRICT) {
  const bad = rule('tcp', 22, WORLD);
  const account = cell([group([bad], { name })]);
  const event = change([bad], actor && { actor });
  await account.run(event, { policy });
  return { ...account, bad, event };
}

describe('a group that an AWS service may own', () => {
  it.each(NAMES)('is closed by the event if a person opened it, whatever its name: %s', async (name) => {
    for (const actor of [PERSON, CLOUDFORMATION, LIKE_SERVICE, undefined])
      expect((await opened(actor, name)).left()).toEqual([]);
  });

  it.each(NAMES)('is closed by the sweep if nobody knows who opened it: %s', async (name) => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left } = cell([group([bad], { name })]);
    await run(sweepOf([bad], change([]).at), { policy: STRICT });
    expect(left()).toEqual([]);
  });

  it.each(NAMES)('is not excused by its name for AWS Config, a sweep or a scan: %s', (name) => {
    const one = group([rule('tcp', 22, WORLD)], { name });
    const measure = { parameters: { family: 'admin' }, policy: STRICT, exemptions: [], now: 0 };
    expect(complianceOf({ group: one, facts: {} }, measure)).toMatchObject({
      verdict: 'NON_COMPLIANT',
      mode: 'enforce',
    });
    const court = evaluationContextOf(STRICT, { trigger: 'sweep', added: { kind: 'unknown' } }, 'enforce');
    const known = { kind: 'confirmed', contents: new Set(one.rules.map(canonicalKey)), notified: [] } as const;
    expect(court.evaluate(one, known)).toMatchObject({ concerns: true, closes: true });
    expect(judgeGroup({ group: one, facts: {} }, evaluatorOf(STRICT))).toMatchObject([{ mode: 'enforce', limits: [] }]);
  });

  it.each([
    ['invokedBy', SERVICE],
    ['its service-linked role', SERVICE_ROLE],
    ['a regional principal', { ...SERVICE, invokedBy: 'elasticmapreduce.eu-west-1.amazonaws.com' }],
    ['its own call', { type: 'AWSService', tool: 'aws-service', invokedBy: 'elasticmapreduce.amazonaws.com' }],
  ] as const)('is only alerted on if the service opened it, told by %s', async (_title, actor) => {
    const { left, told, bad } = await opened(actor, 'ElasticMapReduce-master');
    expect(left()).toEqual([bad]);
    expect(told).toMatchObject([{ status: 'reported', plan: { decision: { mode: 'alert' } } }]);
    expect(told[0]?.plan.decision.limits).toContainEqual({
      mode: 'alert',
      why: 'service-managed',
      reason: 'Amazon EMR, which owns the group, opened this rule itself and would restore it',
    });
  });

  it.each([
    ['another service', 'ElasticMapReduce-master', { ...SERVICE, invokedBy: 'eks.amazonaws.com' }],
    [
      'a principal that only contains the name',
      'ElasticMapReduce-master',
      { ...SERVICE, invokedBy: 'elasticmapreduce.example.com' },
    ],
    ['the service, in a group of no service', 'web', SERVICE],
  ] as const)('is closed if the caller is %s', async (_title, name, actor) => {
    expect((await opened(actor, name)).left()).toEqual([]);
  });

  it('is closed if the policy excepts it, though the service opened it', async () => {
    const except = { ...STRICT, serviceOwned: { ...SERVICE_OWNED, except: ['ElasticMapReduce-*'] } };
    expect((await opened(SERVICE, 'ElasticMapReduce-master', except)).left()).toEqual([]);
  });

  it('is held back by a pattern of the policy only if a service used its own role', async () => {
    const policy = { ...STRICT, serviceOwned: { ...SERVICE_OWNED, names: ['vendor-*'] } };
    expect((await opened(SERVICE_ROLE, 'vendor-x', policy)).left()).toHaveLength(1);
    for (const actor of [SERVICE, CLOUDFORMATION, PERSON])
      expect((await opened(actor, 'vendor-x', policy)).left()).toEqual([]);
  });

  it('keeps what the service opened through sweeps, as long as the opening is on record', async () => {
    const { run, left, bad, clock, event } = await opened(SERVICE, 'ElasticMapReduce-master');
    clock.at = event.at + 23 * HOUR;
    await run(sweepOf([bad], clock.at), { policy: STRICT, owner: '2' });
    expect(left()).toEqual([bad]);
    clock.at = event.at + 25 * HOUR;
    await run(sweepOf([bad], clock.at), { policy: STRICT, owner: '3' });
    expect(left()).toEqual([]);
  });

  it('closes what somebody else opens beside it, by the event and by the sweep', async () => {
    const [theirs, ours, missed] = [rule('tcp', 22, WORLD), rule('tcp', 3389, WORLD), rule('tcp', 5432, WORLD)];
    const account = cell([group([theirs], { name: 'ElasticMapReduce-master' })]);
    await account.run(change([theirs], { actor: SERVICE }), { policy: STRICT });
    account.ec2.put(group([theirs, ours], { name: 'ElasticMapReduce-master' }));
    await account.run(change([ours], { id: 'event-2', actor: PERSON }), { policy: STRICT, owner: '2' });
    expect(account.left()).toEqual([theirs]);
    account.ec2.put(group([theirs, missed], { name: 'ElasticMapReduce-master' }));
    await account.run(sweepOf([missed], account.clock.at), { policy: STRICT, owner: '3' });
    expect(account.left()).toEqual([theirs]);
  });

  it.each([
    ['the service', SERVICE, 'alert'],
    ['a person', PERSON, undefined],
  ] as const)('is held for a rule that waits for its own event only if it was opened by %s', (_title, actor, held) => {
    const [theirs, mine] = [rule('tcp', 22, WORLD), rule('tcp', 3389, WORLD)];
    const one = group([theirs, mine], { name: 'ElasticMapReduce-master' });
    const episode = {
      groupId: one.id,
      content: canonicalKey(theirs),
      what: 'opened',
      at: 0,
      actor,
      changeId: '1',
    } as const;
    const occasion = {
      ...change([mine], { actor: PERSON }),
      recordedState: { kind: 'confirmed', contents: new Set<string>(), notified: [] },
    } as const;
    const found = findingsOf({ group: one, facts: { episodes: [episode] } }, occasion, evaluatorOf(STRICT));
    expect(found.awaited.map(({ rules, limit }) => [rules, limit?.mode])).toEqual([[[theirs], held]]);
    expect(found.decided.map(({ rules, limit }) => [rules, limit?.mode])).toEqual([[[mine], undefined]]);
  });

  it('gets no immunity from a person who opens the same rule again and again', async () => {
    const account = cell([group([], { name: 'eks-cluster-sg-shop-1' })]);
    for (let round = 1; round <= 5; round += 1) {
      const bad = rule('tcp', 22, WORLD);
      account.ec2.put(group([bad], { name: 'eks-cluster-sg-shop-1' }));
      const event = change([bad], { id: `event-${round}`, actor: PERSON });
      await account.run(event, { policy: STRICT, owner: `${round}` });
      expect(account.left()).toEqual([]);
    }
  });
});
