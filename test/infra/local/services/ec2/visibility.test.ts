import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../../infra/local/start.ts';
import { VirtualClock } from '../../../../../infra/local/time/virtual-clock.ts';
import { ec2Client, vpcWithGroup } from '../../local-client.ts';

let local: LocalAccount;
let ec2: EC2Client;
let groupId: string;
let clock = new VirtualClock();

beforeEach(async () => {
  clock = new VirtualClock(1_800_000_000_000);
  local = await startLocalAccount({ clock, transport: 'in-process' });
  ec2 = ec2Client(local);
  ({ groupId } = await vpcWithGroup(ec2));
});
afterEach(() => local.close());

async function openSsh(): Promise<string> {
  const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  const answer = await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
  return answer.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
}

async function ingressRules(): Promise<number> {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { SecurityGroupRules } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
  return SecurityGroupRules?.filter((rule) => !rule.IsEgress).length ?? 0;
}

async function ingressPermissions(): Promise<number> {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
  return SecurityGroups?.[0]?.IpPermissions?.length ?? 0;
}

test('by default, describe calls show a new rule at once', async () => {
  await openSsh();
  expect([await ingressRules(), await ingressPermissions()]).toEqual([1, 1]);
});

test('each operation omits a new rule the given number of times', async () => {
  local.account.ruleVisibility = { describes: 2 };
  await openSsh();
  expect([await ingressRules(), await ingressRules(), await ingressRules()]).toEqual([0, 0, 1]);
  expect([await ingressPermissions(), await ingressPermissions(), await ingressPermissions()]).toEqual([0, 0, 1]);
});

test('describe calls show a new rule once it is old enough', async () => {
  local.account.ruleVisibility = { ms: 500 };
  await openSsh();
  await clock.advance(499);
  expect(await ingressRules()).toBe(0);
  await clock.advance(1);
  expect(await ingressRules()).toBe(1);
});

test('a hidden rule can be revoked', async () => {
  local.account.ruleVisibility = { describes: 5 };
  const SecurityGroupRuleIds = [await openSsh()];
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds }));
  local.account.ruleVisibility = {};
  expect(await ingressRules()).toBe(0);
});
