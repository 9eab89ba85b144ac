import { describe, expect, it } from 'vitest';
import { EventUnreadable } from '../../../shared/domain/errors.ts';
import { type EventReading, readCloudTrail } from '../../../shared/events/cloudtrail/cloudtrail.ts';
import { record } from '../events.ts';

const [WEB, APP] = ['sg-0000000000000000a', 'sg-0000000000000000b'];
const [ENI, ENI2] = ['eni-0000000000000000a', 'eni-0000000000000000b'];
function set(...ids: readonly string[]) {
  return { items: ids.map((groupId) => ({ groupId })) };
}

function read(call: string, requestParameters: unknown, responseElements: unknown, service = 'ec2'): EventReading {
  return readCloudTrail(record(call, { eventSource: `${service}.amazonaws.com`, requestParameters, responseElements }));
}

function scopeOf(...event: Parameters<typeof read>) {
  const reading = read(...event);
  if (reading.kind !== 'change') return reading.reason;
  expect(reading.change).toMatchObject({ trigger: 'attached', added: { kind: 'unknown' } });
  return reading.change.scope;
}

function groups(...ids: readonly string[]) {
  return { by: 'group-id', ids };
}

describe('RunInstances', () => {
  const instances = {
    items: [
      { instanceId: 'i-1', groupSet: set(WEB) },
      { instanceId: 'i-2', groupSet: set(WEB) },
    ],
  };

  it.each([
    ['its groups', { groupSet: set(WEB, APP) }, null, groups(WEB, APP)],
    [
      'groups of an interface',
      { networkInterfaceSet: { items: [{ deviceIndex: 0, groupSet: set(APP) }] } },
      null,
      groups(APP),
    ],
    ['the response alone, as with a launch template', { launchTemplate: {} }, { instancesSet: instances }, groups(WEB)],
    [
      'interfaces of an instance',
      { minCount: 1 },
      {
        instancesSet: {
          items: [{ networkInterfaceSet: { items: [{ networkInterfaceId: ENI, groupSet: set(APP) }] } }],
        },
      },
      groups(APP),
    ],
    [
      'an existing interface, whose groups the response names',
      { networkInterfaceSet: { items: [{ networkInterfaceId: ENI }] } },
      { instancesSet: instances },
      groups(WEB),
    ],
    [
      'existing interfaces alone',
      {
        networkInterfaceSet: {
          items: [{ networkInterfaceId: ENI }, { networkInterfaceId: ENI2 }, { networkInterfaceId: ENI }],
        },
      },
      { omitted: true },
      { by: 'interface', ids: [ENI, ENI2] },
    ],
    ['a name alone', { groupSet: { items: [{ groupName: 'web' }] } }, null, { by: 'group-name', names: ['web'] }],
    ['one object for a list', { groupSet: { groupId: WEB } }, null, groups(WEB)],
    ['capitals', { GroupSet: { items: [{ GroupId: WEB }] } }, null, groups(WEB)],
  ])('is read by %s', (_, request, response, scope) => {
    expect(scopeOf('RunInstances', request, response)).toEqual(scope);
  });

  it('that names no group is ignored, with the reason', () => {
    expect(scopeOf('RunInstances', { minCount: 1 }, { omitted: true })).toBe('no-group');
  });
});

describe('CreateNetworkInterface', () => {
  const created = { networkInterfaceId: ENI, groupSet: { items: [{ groupId: WEB, groupName: 'default' }] } };

  it('without groups uses the default group from the response', () => {
    expect(
      scopeOf('CreateNetworkInterface', { subnetId: 'subnet-1', groupSet: {} }, { networkInterface: created }),
    ).toEqual(groups(WEB));
  });

  it('uses the interface if the response names no group', () => {
    const request = { subnetId: 'subnet-1', groupSet: {} };
    expect(scopeOf('CreateNetworkInterface', request, { networkInterface: { networkInterfaceId: ENI } })).toEqual({
      by: 'interface',
      ids: [ENI],
    });
  });
});

describe('attributes', () => {
  it.each([
    ['ModifyNetworkInterfaceAttribute', { networkInterfaceId: ENI, groupSet: set(WEB, APP) }, groups(WEB, APP)],
    ['ModifyInstanceAttribute', { instanceId: 'i-1', groupSet: set(APP) }, groups(APP)],
    ['ModifyNetworkInterfaceAttribute', { networkInterfaceId: ENI, sourceDestCheck: { value: false } }, 'no-group'],
    ['ModifyInstanceAttribute', { instanceId: 'i-1', disableApiTermination: { value: true } }, 'no-group'],
  ])('%s of %j', (call, request, expected) => {
    expect(scopeOf(call, request, { _return: true })).toEqual(expected);
  });
});

describe('AssociateSecurityGroupVpc', () => {
  it.each([
    [{ AssociateSecurityGroupVpcRequest: { GroupId: WEB, VpcId: 'vpc-1' } }],
    [{ associatesecuritygroupvpcrequest: { groupid: WEB } }],
    [{ groupId: WEB, vpcId: 'vpc-1' }],
  ])('is read in the form %j', (request) => {
    expect(scopeOf('AssociateSecurityGroupVpc', request, null)).toEqual(groups(WEB));
  });
});

describe('RDS and ElastiCache', () => {
  const rds = (...ids: readonly string[]) => ({
    vpcSecurityGroups: ids.map((vpcSecurityGroupId) => ({ vpcSecurityGroupId, status: 'active' })),
  });

  it.each([
    ['CreateDBInstance', 'rds', { vpcSecurityGroupIds: [WEB] }, rds(WEB), groups(WEB)],
    ['CreateDBInstance', 'rds', { engine: 'mysql' }, rds(APP), groups(APP)],
    ['RestoreDBInstanceFromDBSnapshot', 'rds', { engine: 'mysql' }, rds(APP), groups(APP)],
    ['CreateDBCluster', 'rds', { vpcSecurityGroupIds: [WEB, APP, WEB] }, null, groups(WEB, APP)],
    ['ModifyDBCluster', 'rds', { vpcSecurityGroupIds: [WEB] }, rds(APP), groups(WEB)],
    ['ModifyDBInstance', 'rds', { backupRetentionPeriod: 7 }, rds(APP), 'no-group'],
    ['ModifyDBInstance', 'rds', { omitted: true }, rds(APP), groups(APP)],
    ['CreateCacheCluster', 'elasticache', { securityGroupIds: [WEB] }, null, groups(WEB)],
    [
      'CreateCacheCluster',
      'elasticache',
      { cacheClusterId: 'c' },
      { securityGroups: [{ securityGroupId: APP, status: 'active' }] },
      groups(APP),
    ],
    ['ModifyReplicationGroup', 'elasticache', { securityGroupIds: [WEB] }, {}, groups(WEB)],
    [
      'CreateServerlessCache',
      'elasticache',
      { serverlessCacheName: 'c' },
      { serverlessCache: { securityGroupIds: [APP] } },
      groups(APP),
    ],
    ['CreateReplicationGroup', 'elasticache', { replicationGroupId: 'r' }, { status: 'creating' }, 'no-group'],
  ])('%s of %s with %j and %j', (call, service, request, response, expected) => {
    expect(scopeOf(call, request, response, service)).toEqual(expected);
  });
});

describe('an unreadable event', () => {
  it.each([
    ['RunInstances', 'ec2'],
    ['CreateNetworkInterface', 'ec2'],
    ['ModifyInstanceAttribute', 'ec2'],
    ['AssociateSecurityGroupVpc', 'ec2'],
    ['CreateDBInstance', 'rds'],
    ['ModifyReplicationGroup', 'elasticache'],
  ])('of %s is refused if CloudTrail omitted the request and the response', (call, service) => {
    expect(() => read(call, { omitted: true }, { omitted: true }, service)).toThrow(
      new EventUnreadable('requestParameters', 'the security groups that were attached'),
    );
  });

  it.each([
    [{ groupSet: { items: ['sg-*', { groupId: 'pl-1' }, { groupId: 7 }, null, []] } }],
    [{ groupSet: 'sg-0000000000000000a' }],
    [{ groupSet: { __proto__: { items: [{ groupId: WEB }] } } }],
    [{ networkInterfaceSet: { items: [{ networkInterfaceId: '../eni-1' }] } }],
  ])('never yields an invalid id (%#)', (request) => {
    expect(scopeOf('RunInstances', request, null)).toBe('no-group');
  });

  it('of great length or depth is read', () => {
    const items = Array.from({ length: 20_000 }, () => ({ groupSet: set(WEB) }));
    expect(scopeOf('RunInstances', {}, { instancesSet: { items } })).toEqual(groups(WEB));
    const deep: unknown = JSON.parse(`${'{"networkInterfaceSet":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
    expect(scopeOf('RunInstances', deep, null)).toBe('no-group');
  });
});
