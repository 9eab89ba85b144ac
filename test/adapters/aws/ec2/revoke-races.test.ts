import { EC2Client, EC2ServiceException, type IpPermission } from '@aws-sdk/client-ec2';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ec2Operations as calls } from '../../../../infra/local/services/ec2/operations.ts';
import { Account, type Region } from '../../../../infra/local/state/account.ts';
import type { RuleRecord } from '../../../../infra/local/state/ec2-records.ts';
import { AwsError } from '../../../../infra/local/state/operation.ts';
import { VirtualClock } from '../../../../infra/local/time/virtual-clock.ts';
import { revoke } from '../../../../shared/adapters/aws/ec2/revoke.ts';
import type { RevokeResult, RevokeStep } from '../../../../shared/domain/ec2.ts';
import type { Rule } from '../../../../shared/domain/group.ts';
import { ruleFromSdk } from '../../../../shared/events/describe/group.ts';
import { contentKey } from '../../../../shared/network/rule-key.ts';
import { seeded } from '../../../infra/local/local-client.ts';

/** So few contents that modified rules often meet what another rule was. */
const CONTENTS: readonly IpPermission[] = [
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
  { IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
  { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
  { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 23, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
  { IpProtocol: 'udp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/1' }] },
  { IpProtocol: '50', IpRanges: [{ CidrIp: '192.0.2.0/24' }] },
];

/** What somebody does to a rule just before a call of ours reaches EC2. */
const meddling = fc.record({
  beforeCall: fc.nat({ max: 3 }),
  what: fc.constantFrom('modify' as const, 'remove' as const, 'remove and add again' as const),
  rule: fc.nat({ max: 9 }),
  content: fc.nat({ max: CONTENTS.length - 1 }),
});

const scene = fc.record({
  isDefaultVpc: fc.boolean(),
  contents: fc.uniqueArray(fc.nat({ max: CONTENTS.length - 1 }), { minLength: 3 }),
  decided: fc.array(fc.constantFrom(true, true, true, false), {
    minLength: CONTENTS.length,
    maxLength: CONTENTS.length,
  }),
  meddlings: fc.array(meddling, { minLength: 1, maxLength: 8 }),
  /** Calls that the SDK sends twice, because their first answer is lost after its effect. */
  lost: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 2 }),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function keyOf(rule: RuleRecord): string {
  return contentKey(rule);
}

function attempting<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

function open({ isDefaultVpc, contents }: Scene) {
  const account = new Account({
    accountId: '111122223333',
    homeRegion: 'us-east-1',
    clock: new VirtualClock(),
    random: seeded(1),
  });
  const region = account.region('us-east-1');
  const { Vpc } = isDefaultVpc ? calls.CreateDefaultVpc(region) : calls.CreateVpc(region, { CidrBlock: '10.0.0.0/16' });
  const input = { GroupName: 'web', Description: 'd', VpcId: Vpc?.VpcId };
  const groupId = calls.CreateSecurityGroup(region, input).GroupId ?? '';
  const IpPermissions = contents.flatMap((at) => CONTENTS[at] ?? []);
  const { SecurityGroupRules } = calls.AuthorizeSecurityGroupIngress(region, { GroupId: groupId, IpPermissions });
  return { region, groupId, rules: SecurityGroupRules.map(ruleFromSdk) };
}

/** Somebody else's call. What EC2 refuses, such as a second rule of the same content, has no effect. */
function meddle(region: Region, groupId: string, { what, rule, content }: Scene['meddlings'][number]): void {
  const ours = [...region.rules.values()].filter((one) => one.groupId === groupId && one.direction === 'ingress');
  const ids = ours.map((one) => one.id);
  const id = ids[rule % Math.max(1, ids.length)];
  const { IpRanges = [], ...traffic } = CONTENTS[content] ?? {};
  const was = id === undefined ? undefined : region.rules.get(id);
  if (id === undefined || was === undefined) return;
  if (what === 'modify') {
    const SecurityGroupRule = { ...traffic, CidrIpv4: IpRanges[0]?.CidrIp };
    const SecurityGroupRules = [{ SecurityGroupRuleId: id, SecurityGroupRule }];
    attempting(() => calls.ModifySecurityGroupRules(region, { GroupId: groupId, SecurityGroupRules }));
    return;
  }
  calls.RevokeSecurityGroupIngress(region, { GroupId: groupId, SecurityGroupRuleIds: [id] });
  if (what === 'remove') return;
  const again = { ...was, id: `sgr-${id.slice(4, -2)}${(region.rules.size + 16).toString(16)}` };
  if (!region.rules.has(again.id)) region.rules.set(again.id, again);
}

/** What our calls did, as the account itself has it. */
interface Truth {
  /** Rules that our calls removed, as they were. */
  readonly removed: RuleRecord[];
  /** Ids that somebody else has touched. */
  readonly touched: Set<string>;
}

function revokeIn(region: Region, input: object, truth: Truth): object {
  const before = new Map(region.rules);
  const answer = calls.RevokeSecurityGroupIngress(region, input);
  for (const [id, rule] of before) if (!region.rules.has(id)) truth.removed.push(rule);
  for (const [id, rule] of region.rules) expect(rule).toBe(before.get(id));
  return answer;
}

/** EC2 over the account, in which somebody meddles between our calls. */
function client(region: Region, groupId: string, { meddlings, lost }: Scene, truth: Truth): EC2Client {
  const ec2 = new EC2Client({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  let sent = -1;
  ec2.middlewareStack.add(
    (_next, context) => async (args) => {
      sent += 1;
      const before = new Map(region.rules);
      for (const one of meddlings.filter(({ beforeCall }) => beforeCall === sent)) meddle(region, groupId, one);
      for (const id of new Set([...before.keys(), ...region.rules.keys()]))
        if (before.get(id) !== region.rules.get(id)) truth.touched.add(id);
      const isLost = lost.includes(sent);
      const $metadata = { attempts: isLost ? 2 : 1 };
      try {
        const input: object = args.input;
        if (String(Reflect.get(context, 'commandName')).startsWith('Describe'))
          return { output: { $metadata, ...calls.DescribeSecurityGroupRules(region, input) }, response: {} };
        if (isLost) attempting(() => revokeIn(region, input, truth));
        return { output: { $metadata, ...revokeIn(region, input, truth) }, response: {} };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const failed = { name: error.code, message: error.message, $fault: 'client', $metadata } as const;
        throw Object.assign(new EC2ServiceException(failed), { $metadata: { ...$metadata, httpStatusCode: 400 } });
      }
    },
    { step: 'initialize', name: 'meddled-with' },
  );
  return ec2;
}

function idsOf(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap(({ id }) => id ?? []);
}

async function play(played: Scene) {
  const { region, groupId, rules } = open(played);
  const truth: Truth = { removed: [], touched: new Set() };
  const decided = rules.filter((_, at) => played.decided[at]);
  const step: RevokeStep = { do: 'revoke', groupId, direction: 'ingress', rules: decided };
  const others = rules.filter((rule) => !decided.includes(rule));
  const answer = await revoke(client(region, groupId, played, truth), step);
  return { region, truth, decided, others, answer };
}

/** Whether the answer says of each rule what our calls did with it. */
function checkReport(answer: RevokeResult, truth: Truth): void {
  const [removed, maybe] = [new Set(idsOf(answer.removed)), new Set(idsOf(answer.unanswered))];
  const ours = truth.removed.map(({ id }) => id);
  for (const id of ours) expect([id, removed.has(id) || maybe.has(id) || truth.touched.has(id)]).toEqual([id, true]);
  for (const id of removed) expect(ours).toContain(id);
  for (const id of idsOf(answer.changed)) expect(ours).not.toContain(id);
}

test('whatever somebody does between the calls, only rules with decided contents go, and all of those that were left alone', async () => {
  let races = 0;
  await fc.assert(
    fc.asyncProperty(scene, async (played) => {
      const { region, truth, decided, others, answer } = await play(played);
      const contents = new Set(decided.map(contentKey));
      for (const rule of truth.removed) expect(contents).toContain(keyOf(rule));
      const untouched = (rules: readonly Rule[]) => idsOf(rules).filter((id) => !truth.touched.has(id));
      expect(untouched(decided).filter((id) => region.rules.has(id))).toEqual([]);
      expect(untouched(others).filter((id) => !region.rules.has(id))).toEqual([]);
      const known = new Set(idsOf([...answer.removed, ...answer.gone, ...answer.changed]));
      const contentsRemoved = new Set(answer.removed.map(contentKey));
      const silent = decided.filter((rule) => !known.has(rule.id ?? '') && !contentsRemoved.has(contentKey(rule)));
      expect(silent.length === 0 || answer.fault?.retryable).toBe(true);
      checkReport(answer, truth);
      if (decided.some(({ id = '' }) => truth.touched.has(id))) races += 1;
    }),
    { numRuns: 1000, seed: 1 },
  );
  expect(races).toBeGreaterThan(20);
});
