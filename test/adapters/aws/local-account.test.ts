import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import { VirtualClock } from '../../../infra/local/time/virtual-clock.ts';
import { CLIENT_SETTINGS } from '../../../shared/adapters/aws/clients/settings.ts';
import { securityGroups } from '../../../shared/adapters/aws/ec2/snapshot.ts';
import { runtimeSwitch } from '../../../shared/adapters/aws/ssm.ts';
import type { Group, Rule } from '../../../shared/domain/group.ts';
import type { RevokeStep } from '../../../shared/domain/ports.ts';

/** What the switch goes by. */
const clock = new VirtualClock();

let local: LocalAccount;
let ec2: EC2Client;
let vpcId: string;
let groupId: string;

function settings() {
  return {
    ...CLIENT_SETTINGS,
    endpoint: local.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'example' },
  };
}

beforeEach(async () => {
  local = await startLocalAccount();
  ec2 = new EC2Client(settings());
  vpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId ?? '';
  const create = new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: vpcId });
  groupId = (await ec2.send(create)).GroupId ?? '';
});
afterEach(async () => {
  ec2.destroy();
  await local.close();
});

async function open(...cidrs: readonly string[]) {
  return ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 22,
          ToPort: 22,
          IpRanges: cidrs.map((CidrIp) => ({ CidrIp, Description: 'ssh' })),
        },
      ],
    }),
  );
}

async function lookAt(): Promise<Group> {
  const { groups: sightings } = await securityGroups(ec2).fetchSnapshot({ by: 'group-id', ids: [groupId] }, new Set());
  const [sighting] = sightings;
  if (!sighting) throw new Error(`no group ${groupId}`);
  return sighting.group;
}

const NOTHING = { removed: [], gone: [], changed: [], unanswered: [] } as const;
function ingress(group: Group) {
  return group.rules.filter((rule) => rule.direction === 'ingress');
}
function step(rules: readonly Rule[]): RevokeStep {
  return { do: 'revoke', groupId, direction: 'ingress', rules };
}

async function idsLeft() {
  const answer = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] }),
  );
  return (answer.SecurityGroupRules ?? []).filter((rule) => !rule.IsEgress).map((rule) => rule.SecurityGroupRuleId);
}

describe('the adapters against the embedded account', () => {
  it('see a rule and remove exactly it', async () => {
    await open('0.0.0.0/0', '10.0.0.0/8');
    const [world, inside] = ingress(await lookAt());
    expect(world).toMatchObject({
      groupId,
      protocol: 'tcp',
      fromPort: 22,
      source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
      description: 'ssh',
    });
    const revoked = await securityGroups(ec2).revoke(step([world!]));
    expect(revoked).toEqual({ ...NOTHING, removed: [world] });
    expect(await idsLeft()).toEqual([inside?.id]);
  });

  it('find the default group of a new VPC by the VPC alone', async () => {
    const { groups: sightings } = await securityGroups(ec2).fetchSnapshot(
      { by: 'default-group-of-vpc', vpcIds: [vpcId] },
      new Set(['attachments']),
    );
    expect(sightings).toMatchObject([{ group: { name: 'default', vpcId }, facts: { attachments: [] } }]);
    expect(sightings[0]?.group.rules.map((rule) => rule.source.kind).toSorted()).toEqual(['group', 'ipv4']);
  });

  it('resolve a prefix list', async () => {
    const list = new CreateManagedPrefixListCommand({
      PrefixListName: 'offices',
      AddressFamily: 'IPv4',
      MaxEntries: 5,
      Entries: [{ Cidr: '0.0.0.0/1' }, { Cidr: '128.0.0.0/1' }],
    });
    const id = (await ec2.send(list)).PrefixList?.PrefixListId ?? '';
    const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: id }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [permission] }));
    const [rule] = ingress(await lookAt());
    expect(rule?.source).toEqual({ kind: 'prefix-list', id, cidrs: ['0.0.0.0/1', '128.0.0.0/1'] });
    expect((await securityGroups(ec2).revoke(step([rule!]))).removed).toEqual([rule]);
  });

  it('take a rule that somebody removed first for done, and remove the other', async () => {
    await open('0.0.0.0/0', '128.0.0.0/1');
    const rules = ingress(await lookAt());
    const gone = { GroupId: groupId, SecurityGroupRuleIds: [rules[0]?.id ?? ''] };
    await ec2.send(new RevokeSecurityGroupIngressCommand(gone));
    expect(await securityGroups(ec2).revoke(step(rules))).toEqual({
      ...NOTHING,
      removed: [rules[1]],
      gone: [rules[0]],
    });
  });

  it('take a group that somebody removed first for done', async () => {
    await open('0.0.0.0/0');
    const rules = ingress(await lookAt());
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
    expect(await securityGroups(ec2).revoke(step(rules))).toEqual({ ...NOTHING, gone: rules });
    const nothing = await securityGroups(ec2).fetchSnapshot({ by: 'group-id', ids: [groupId] }, new Set());
    expect(nothing).toEqual({ groups: [], unread: [] });
  });

  it('leave a rule alone that was narrowed after the look, and remove the other', async () => {
    await open('0.0.0.0/0', '128.0.0.0/1');
    const [rule, other] = ingress(await lookAt());
    const narrowed = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '192.0.2.7/32' };
    await ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: groupId,
        SecurityGroupRules: [{ SecurityGroupRuleId: rule?.id, SecurityGroupRule: narrowed }],
      }),
    );
    const revoked = await securityGroups(ec2).revoke(step([rule!, other!]));
    expect(revoked).toEqual({ ...NOTHING, removed: [other], changed: [rule] });
    expect(ingress(await lookAt())).toMatchObject([{ id: rule?.id, source: { kind: 'ipv4', cidr: '192.0.2.7/32' } }]);
  });

  it.each(['throttle', 'internal-error', 'reset-before'] as const)('get through a call that met %s', async (kind) => {
    await open('0.0.0.0/0');
    const rules = ingress(await lookAt());
    local.faults.push({ service: 'ec2', operation: 'RevokeSecurityGroupIngress', kind, times: 1 });
    expect((await securityGroups(ec2).revoke(step(rules))).removed).toEqual(rules);
  });

  it('end with the rule gone where EC2’s answer to the revoke was lost', async () => {
    await open('0.0.0.0/0');
    const rules = ingress(await lookAt());
    local.faults.push({ service: 'ec2', operation: 'RevokeSecurityGroupIngress', kind: 'reset-after', nth: 1 });
    expect(await securityGroups(ec2).revoke(step(rules))).toEqual({ ...NOTHING, gone: rules, unanswered: rules });
    expect(await idsLeft()).toEqual([]);
  });

  it('do not wait for an answer without an end, and say that it was the time', async () => {
    await open('0.0.0.0/0');
    const rules = ingress(await lookAt());
    local.faults.push({ service: 'ec2', operation: 'RevokeSecurityGroupIngress', kind: 'delay', ms: 2000 });
    const requestHandler = { ...CLIENT_SETTINGS.requestHandler, requestTimeout: 50 };
    const impatient = new EC2Client({ ...settings(), requestHandler, maxAttempts: 1 });
    const { fault } = await securityGroups(impatient).revoke(step(rules));
    impatient.destroy();
    expect(fault).toMatchObject({ call: 'RevokeSecurityGroupIngress', code: 'TimeoutError', retryable: true });
  });

  it('make two calls in a row from a look to a closed rule', async () => {
    await open('0.0.0.0/0');
    const before = local.calls.length;
    await securityGroups(ec2).revoke(step(ingress(await lookAt())));
    expect(local.calls.slice(before).map(({ operation }) => operation)).toEqual([
      expect.stringMatching(/^DescribeSecurityGroup/),
      expect.stringMatching(/^DescribeSecurityGroup/),
      'RevokeSecurityGroupIngress',
    ]);
  });

  it('read the runtime switch', async () => {
    const ssm = new SSMClient(settings());
    const ceiling = async () => runtimeSwitch(ssm, '/portcullis/switch', { clock, journal: () => undefined }).ceiling();
    expect(await ceiling()).toBe('enforce');
    const Value = JSON.stringify({
      mode: 'observe',
      until: new Date(clock.now() + 3_600_000).toISOString(),
      reason: 'test',
    });
    await ssm.send(new PutParameterCommand({ Name: '/portcullis/switch', Value, Type: 'String' }));
    expect(await ceiling()).toBe('observe');
    await clock.advance(3_600_000);
    expect(await ceiling()).toBe('enforce');
    ssm.destroy();
  });

  it('read a runtime switch that is stored as SecureString, which shows its ciphertext without decryption', async () => {
    const ssm = new SSMClient(settings());
    const until = new Date(clock.now() + 3_600_000).toISOString();
    const Value = JSON.stringify({ mode: 'alert', until, reason: 'test' });
    const Name = '/portcullis/secure-switch';
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
    const shown = await ssm.send(new GetParameterCommand({ Name }));
    expect(shown.Parameter?.Value).toMatch(/^AQICAHh/);
    expect(shown.Parameter?.Value).not.toContain('alert');
    expect(await runtimeSwitch(ssm, Name, { clock, journal: () => undefined }).ceiling()).toBe('alert');
    ssm.destroy();
  });
});
