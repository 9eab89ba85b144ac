import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateDefaultVpcCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  ModifyManagedPrefixListCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../../infra/local/start.ts';
import type { Principals } from '../../../../../infra/local/state/principals.ts';
import { ec2Client, vpcWithGroup } from '../../local-client.ts';

const principals: Principals = {
  AKIAROLE: { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/ops/alice', name: 'alice' },
  AKIAROOT: { type: 'Root', arn: 'arn:aws:iam::111122223333:root', name: 'root', sourceIp: '2001:db8::7' },
  AKIASERVICE: { type: 'AWSService', arn: '', name: 'autoscaling.amazonaws.com' },
  AKIAOTHER: { type: 'AWSAccount', arn: '', name: 'other' },
  AKIACLOUDFORMATION: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/deploy/stack',
    name: 'stack',
    invokedBy: 'cloudformation.amazonaws.com',
    sourceIp: 'AWS Internal',
    userAgent: 'AWS Internal',
  },
  AKIACONSOLE: {
    type: 'IAMUser',
    arn: 'arn:aws:iam::111122223333:user/bob',
    name: 'bob',
    userAgent: 'console.ec2.amazonaws.com',
    viaConsole: true,
  },
};

let local: LocalAccount;
let ec2: EC2Client;
let groupId: string;
let vpcId: string;

beforeEach(async () => {
  local = await startLocalAccount({ principals });
  ec2 = ec2Client(local);
  ({ groupId, vpcId } = await vpcWithGroup(ec2));
});
afterEach(() => local.close());

type Json = Readonly<Record<string, unknown>>;

/** The record of the last event. */
function last(): Json {
  return local.events.at(-1)!.detail;
}

/** Every path of keys in a document, without list positions. */
function paths(value: unknown, at = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => paths(item, `${at}[]`)))];
  if (typeof value !== 'object' || value === null) return [at];
  const entries = Object.entries(value);
  return entries.length === 0
    ? [at]
    : entries.flatMap(([key, inner]) => paths(inner, at === '' ? key : `${at}.${key}`));
}

const SAMPLES = join(import.meta.dirname, '../../../../../../shared/samples');

/**
 * A recorded document, or undefined if there are no recordings. They are beside the checkout on the
 * developers' machines.
 */
function recorded(name: string): Json | undefined {
  const path = join(SAMPLES, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Members that EC2 added after the samples were recorded. */
const LATER = /securityGroupRuleArn|securityGroupArn|revokedSecurityGroupRuleSet/;

/** Expects exactly the paths of the recorded request. */
function expectRequestOf(name: string): void {
  const sample = recorded(name);
  if (!sample) return;
  expect(paths(last()['requestParameters']).toSorted()).toEqual(paths(sample['requestParameters']).toSorted());
}

/**
 * Expects exactly the paths of the recorded request, all paths of the recorded response, and no unknown path.
 */
function expectShapeOf(name: string): void {
  const sample = recorded(name);
  if (!sample) return;
  const event = last();
  expectRequestOf(name);
  const answered = paths(event['responseElements']).filter((path) => !LATER.test(path));
  expect(answered.toSorted()).toEqual(paths(sample['responseElements']).toSorted());
  expect(Object.keys(event)).toEqual(expect.arrayContaining(Object.keys(sample)));
}

test('permissions in a list are recorded with all four source lists, empty lists as {}', async () => {
  const IpRanges = [{ CidrIp: '0.0.0.0/0', Description: 'TLS from Internet' }];
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
  expect(last()['requestParameters']).toEqual({
    groupId,
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          groups: {},
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'TLS from Internet' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  });
  expect(last()['responseElements']).toMatchObject({
    _return: true,
    requestId: last()['requestID'],
    securityGroupRuleSet: { items: [{ groupId, isEgress: false, fromPort: 443, cidrIpv4: '0.0.0.0/0' }] },
  });
  expectShapeOf('cloudtrail/authorize-ingress.items-form.terraform.json');
});

test('a permission at the top level is recorded beside ipPermissions:{}', async () => {
  const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
  expect(last()['requestParameters']).toEqual({
    groupId,
    ipPermissions: {},
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    cidrIp: '0.0.0.0/0',
  });
  expectShapeOf('cloudtrail/authorize-ingress.flat-form.go-sdk.json');
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
  expectShapeOf('cloudtrail/revoke-ingress.flat-form.json');
});

test('protocol -1 is recorded without ports in the request and with -1 in the response', async () => {
  const Ipv6Ranges = [{ CidrIpv6: '::/0' }];
  const IpRanges = [{ CidrIp: '192.0.2.0/24' }];
  const IpPermissions = [{ IpProtocol: '-1', IpRanges, Ipv6Ranges }];
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions }));
  expect(last()['responseElements']).toMatchObject({
    securityGroupRuleSet: { items: [{ fromPort: -1, toPort: -1, isEgress: true }, { cidrIpv6: '::/0' }] },
  });
  expectShapeOf('cloudtrail/authorize-egress.all-protocols.no-ports.json');
});

test('a source group is groups in the request and referencedGroupInfo in the response', async () => {
  const UserIdGroupPairs = [{ GroupId: groupId, Description: 'from itself' }];
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1521, ToPort: 1521, UserIdGroupPairs }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
  expect(last()['responseElements']).toMatchObject({
    securityGroupRuleSet: { items: [{ referencedGroupInfo: { groupId, userId: '111122223333' } }] },
  });
});

test('a group that the request names by name has its id in the response', async () => {
  await ec2.send(new CreateDefaultVpcCommand({}));
  const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupName: 'default', ...flat }));
  expect(last()['requestParameters']).toMatchObject({ groupName: 'default', ipPermissions: {} });
  expect(last()['requestParameters']).not.toHaveProperty('groupId');
  expect(last()['responseElements']).toMatchObject({
    securityGroupRuleSet: { items: [{ groupId: expect.stringMatching(/^sg-/) }] },
  });
});

test('a revoke by rule ids has the ids in the request and the revoked rules in the response', async () => {
  const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  const answer = await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
  const id = answer.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: [id] }));
  expect(last()['requestParameters']).toEqual({ groupId, ipPermissions: {}, securityGroupRuleIds: { items: [id] } });
  expect(last()['responseElements']).toMatchObject({
    revokedSecurityGroupRuleSet: { items: [{ securityGroupRuleId: id, cidrIpv4: '0.0.0.0/0' }] },
  });
});

test('a failed call has a prefixed error code and no response elements', async () => {
  const Ipv6Ranges = [{ CidrIpv6: '::/0' }];
  const IpPermissions = [{ IpProtocol: '-1', FromPort: 0, ToPort: 0, Ipv6Ranges }];
  const call = ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions }));
  await expect(call).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
  expect(last()).toMatchObject({
    errorCode: 'Client.InvalidPermission.NotFound',
    errorMessage: 'The specified rule does not exist in this security group.',
    responseElements: null,
  });
  expectShapeOf('cloudtrail/revoke-egress.failed.not-found.json');
});

async function modify(...ports: readonly number[]): Promise<readonly string[]> {
  const IpPermissions = ports.map((port) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: '10.0.0.0/8' }],
  }));
  const answer = await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
  const ids = (answer.SecurityGroupRules ?? []).map((rule) => rule.SecurityGroupRuleId ?? '');
  const SecurityGroupRules = ids.map((SecurityGroupRuleId, i) => ({
    SecurityGroupRuleId,
    SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 443 + i, ToPort: 443 + i, CidrIpv4: '0.0.0.0/0' },
  }));
  await ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: groupId, SecurityGroupRules }));
  return ids;
}

describe('ModifySecurityGroupRules', () => {
  test('one rule is an object in the wrapper form', async () => {
    const [id] = await modify(22);
    expect(last()['requestParameters']).toEqual({
      ModifySecurityGroupRulesRequest: {
        GroupId: groupId,
        SecurityGroupRule: {
          SecurityGroupRuleId: id,
          tag: 1,
          SecurityGroupRule: { CidrIpv4: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' },
        },
      },
    });
    expectRequestOf('cloudtrail/modify-security-group-rules.fragment.json');
  });

  test('several rules are an array with their positions', async () => {
    const [first, second] = await modify(22, 23);
    expect(last()['requestParameters']).toMatchObject({
      ModifySecurityGroupRulesRequest: {
        SecurityGroupRule: [
          { SecurityGroupRuleId: first, tag: 1 },
          { SecurityGroupRuleId: second, tag: 2 },
        ],
      },
    });
  });

  test('the response has only return, without the old state and the direction', async () => {
    await modify(22);
    const wrapper: Json = Object(Object(last()['responseElements']).ModifySecurityGroupRulesResponse);
    expect(Object.keys(wrapper).toSorted()).toEqual(['requestId', 'return', 'xmlns']);
  });
});

test('CreateVpc has the VPC in the response but not its default group', async () => {
  const Tags = [{ Key: 'Name', Value: 'shop' }];
  const tagged = { TagSpecifications: [{ ResourceType: 'vpc' as const, Tags }] };
  const stated = { InstanceTenancy: 'default' as const, AmazonProvidedIpv6CidrBlock: false };
  await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16', ...stated, ...tagged }));
  expect(last()['responseElements']).toMatchObject({ vpc: { cidrBlock: '10.1.0.0/16', isDefault: false } });
  expect(JSON.stringify(last())).not.toContain('sg-');
  expectShapeOf('cloudtrail/create-vpc.json');
});

test('CreateDefaultVpc is recorded in the wrapper form with an empty request', async () => {
  await ec2.send(new CreateDefaultVpcCommand({}));
  expect(last()['requestParameters']).toEqual({ CreateDefaultVpcRequest: '' });
  expect(last()['responseElements']).toMatchObject({ CreateDefaultVpcResponse: { vpc: { isDefault: true } } });
});

test('CreateSecurityGroup has the new group in the response and no event for its egress rule', async () => {
  const before = local.events.length;
  const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags: [{ Key: 'tier', Value: 'db' }] }];
  await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'db', Description: 'database', VpcId: vpcId, TagSpecifications }),
  );
  expect(local.events.length - before).toBe(1);
  expect(last()['requestParameters']).toEqual({
    groupName: 'db',
    groupDescription: 'database',
    vpcId,
    tagSpecificationSet: { items: [{ resourceType: 'security-group', tags: [{ key: 'tier', value: 'db' }] }] },
  });
  expectShapeOf('cloudtrail/create-security-group.json');
});

test('CreateNetworkInterface without groups has groupSet:{} in the request and the default group in the response', async () => {
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
  const PrivateIpAddresses = [{ PrivateIpAddress: '10.0.1.10', Primary: true }];
  const Tags = [{ Key: 'Project', Value: 'true' }];
  const TagSpecifications = [{ ResourceType: 'network-interface' as const, Tags }];
  await ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId ?? '', PrivateIpAddresses, TagSpecifications }),
  );
  expect(last()['requestParameters']).toMatchObject({ groupSet: {} });
  expect(last()['responseElements']).toMatchObject({
    networkInterface: { vpcId, groupSet: { items: [{ groupName: 'default' }] } },
  });
  expectShapeOf('cloudtrail/create-network-interface.implicit-default-group.json');
});

test('CreateTags has the resources and the tags', async () => {
  await ec2.send(new CreateTagsCommand({ Resources: [groupId], Tags: [{ Key: 'a', Value: 'b' }] }));
  expect(last()['requestParameters']).toEqual({
    resourcesSet: { items: [{ resourceId: groupId }] },
    tagSet: { items: [{ key: 'a', value: 'b' }] },
  });
});

test('ModifyManagedPrefixList is recorded in the wrapper form with the entries by position', async () => {
  const created = await ec2.send(
    new CreateManagedPrefixListCommand({ PrefixListName: 'offices', AddressFamily: 'IPv4', MaxEntries: 3 }),
  );
  const PrefixListId = created.PrefixList?.PrefixListId ?? '';
  const AddEntries = [{ Cidr: '0.0.0.0/0', Description: 'my range' }];
  await ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries }));
  expect(last()['requestParameters']).toEqual({
    ModifyManagedPrefixListRequest: {
      PrefixListId,
      CurrentVersion: 1,
      AddEntry: { Cidr: '0.0.0.0/0', Description: 'my range', tag: 1 },
    },
  });
  expect(last()['responseElements']).toMatchObject({
    ModifyManagedPrefixListResponse: { prefixList: { prefixListId: PrefixListId, state: 'modify-in-progress' } },
  });
});

test('ModifyNetworkInterfaceAttribute has the new groups', async () => {
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
  const made = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId ?? '' }));
  const NetworkInterfaceId = made.NetworkInterface?.NetworkInterfaceId ?? '';
  await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [groupId] }));
  expect(last()['requestParameters']).toEqual({
    networkInterfaceId: NetworkInterfaceId,
    groupSet: { items: [{ groupId }] },
  });
});

test('read operations emit no events', async () => {
  const before = local.events.length;
  await ec2.send(new DescribeSecurityGroupsCommand({}));
  expect(local.events.length).toBe(before);
});

async function identityOf(accessKeyId: string): Promise<Json> {
  await ec2Client(local, accessKeyId).send(new CreateVpcCommand({ CidrBlock: '10.2.0.0/16' }));
  return Object(last()['userIdentity']);
}

describe('userIdentity', () => {
  test('of an IAM user has no session; an unknown key belongs to a user of the same name', async () => {
    const identity = await identityOf('AKIAUNKNOWN');
    expect(identity).toMatchObject({
      type: 'IAMUser',
      arn: 'arn:aws:iam::111122223333:user/AKIAUNKNOWN',
      userName: 'AKIAUNKNOWN',
      accessKeyId: 'AKIAUNKNOWN',
    });
    expect(identity).not.toHaveProperty('sessionContext');
    expect(last()['sourceIPAddress']).toBe('198.51.100.20');
    expect(last()['userAgent']).toMatch(/^aws-sdk-js\//);
  });

  test('distinguishes access keys', async () => {
    const [ann, ben, again] = [await identityOf('ann'), await identityOf('ben'), await identityOf('ann')];
    expect([ann['arn'], ben['arn']].map(String)).toEqual([
      'arn:aws:iam::111122223333:user/ann',
      'arn:aws:iam::111122223333:user/ben',
    ]);
    expect(ann['principalId']).toMatch(/^AIDA[0-9A-F]{17}$/);
    expect(ann['principalId']).not.toBe(ben['principalId']);
    expect(again).toEqual(ann);
  });

  test('of an assumed role has its session issuer', async () => {
    expect(await identityOf('AKIAROLE')).toMatchObject({
      type: 'AssumedRole',
      principalId: expect.stringMatching(/^AROA[0-9A-F]{17}:alice$/),
      sessionContext: { sessionIssuer: { userName: 'ops', arn: 'arn:aws:iam::111122223333:role/ops' } },
    });
  });

  test('of root, a service and another account has no session', async () => {
    expect(await identityOf('AKIAROOT')).toMatchObject({ type: 'Root', principalId: '111122223333' });
    expect(last()['sourceIPAddress']).toBe('2001:db8::7');
    expect(await identityOf('AKIASERVICE')).toEqual({ type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' });
    expect(await identityOf('AKIAOTHER')).not.toHaveProperty('sessionContext');
  });

  test('of CloudFormation has it in invokedBy', async () => {
    expect(await identityOf('AKIACLOUDFORMATION')).toMatchObject({ invokedBy: 'cloudformation.amazonaws.com' });
    expect(last()).toMatchObject({ sourceIPAddress: 'AWS Internal', userAgent: 'AWS Internal' });
  });

  test('of the console is marked', async () => {
    await identityOf('AKIACONSOLE');
    expect(last()).toMatchObject({
      userAgent: 'console.ec2.amazonaws.com',
      sessionCredentialFromConsole: 'true',
    });
  });
});

test('the envelope has account, region, time and source, and every event has its own id', () => {
  expect(local.events[0]).toMatchObject({
    version: '0',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: '111122223333',
    region: 'us-east-1',
    resources: [],
  });
  expect(local.events[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(new Set(local.events.map(({ detail }) => detail.eventID)).size).toBe(local.events.length);
});
