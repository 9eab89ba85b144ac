import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventUnreadable } from '../../shared/domain/errors.ts';
import { readCloudTrail } from '../../shared/events/cloudtrail/cloudtrail.ts';
import { readConfigEvent } from '../../shared/events/config.ts';
import { readGroups } from '../../shared/events/describe/descriptions.ts';
import { CALL_NAMES, envelope, record, SSH_REQUEST, SSH_RESPONSE } from './events.ts';

/** JSON that prefers the field names of the readers and the names of inherited properties. */
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'items',
  'omitted',
  'detail',
  'eventName',
  'requestParameters',
  'responseElements',
  'groupId',
  'groupName',
  'ipPermissions',
  'securityGroupRuleSet',
  'groupSet',
  'networkInterfaceSet',
  'networkInterface',
  'instancesSet',
  'vpcSecurityGroupIds',
  'ModifyManagedPrefixListRequest',
  'PrefixListId',
  'CurrentVersion',
  'AddEntry',
  'SecurityGroups',
  'SecurityGroupRules',
  'IpPermissions',
  'IpProtocol',
  'IpRanges',
  'CidrIp',
  'invokingEvent',
  'configurationItem',
  'configuration',
  'resourceType',
];

const VALUES = [
  null,
  true,
  -1,
  65_536,
  '',
  '0.0.0.0/0',
  '::/0',
  'tcp',
  'sg-0a1b2c3d',
  'sgr-1',
  'pl-0a1b2c3d',
  'eni-0a1b2c3d',
  'sg-\u{1F6A7}',
  'AWS::EC2::SecurityGroup',
  '{}',
];

const { hostile } = fc.letrec<{ hostile: unknown }>((tie) => ({
  hostile: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(...VALUES),
    fc.jsonValue(),
    fc.array(tie('hostile'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie('hostile')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}));

/** A valid value with one random part replaced. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return hostile;
  const entries = Object.entries(value);
  if (entries.length === 0) return hostile;
  return fc.oneof(
    { weight: 1, arbitrary: hostile },
    {
      weight: 6,
      arbitrary: fc
        .constantFrom(...entries)
        .chain(([key, part]) =>
          mutated(part).map((next) =>
            Array.isArray(value) ? value.with(Number(key), next) : { ...value, [key]: next },
          ),
        ),
    },
  );
}

/** All fields that name groups, lists or interfaces in some call. */
const ATTACHED = {
  groupSet: { items: [{ groupId: 'sg-11111111', groupName: 'default' }] },
  networkInterfaceSet: { items: [{ networkInterfaceId: 'eni-11111111', groupSet: { items: [{ groupId: 'sg-2' }] } }] },
  vpcSecurityGroupIds: ['sg-3'],
  securityGroups: [{ securityGroupId: 'sg-4', status: 'active' }],
};

const EVENTS = CALL_NAMES.map(([eventSource, call]) =>
  envelope(
    record(call, {
      eventSource,
      requestParameters: {
        ...ATTACHED,
        ...SSH_REQUEST,
        ModifySecurityGroupRulesRequest: {
          GroupId: SSH_REQUEST.groupId,
          SecurityGroupRule: [{ SecurityGroupRuleId: 'sgr-1' }],
        },
        [`${call}Request`]: {
          PrefixListId: 'pl-11111111',
          CurrentVersion: 3,
          AddEntry: { Cidr: '0.0.0.0/0', tag: 1 },
          GroupId: 'sg-5',
        },
      },
      responseElements: {
        ...ATTACHED,
        instancesSet: { items: [ATTACHED] },
        networkInterface: ATTACHED,
        ...SSH_RESPONSE,
        groupId: SSH_REQUEST.groupId,
        vpc: { vpcId: 'vpc-11111111' },
      },
    }),
  ),
);

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The reading, or undefined if the event is unreadable. Rethrows any other error. */
function readOrRefuse<T>(read: (event: unknown) => T, event: unknown): T | undefined {
  try {
    return read(event);
  } catch (error) {
    if (error instanceof EventUnreadable) return undefined;
    throw error;
  }
}

function idsIn(event: unknown): readonly string[] {
  const reading = readOrRefuse(readCloudTrail, event);
  if (reading?.kind !== 'change') return [];
  const { scope } = reading.change;
  switch (scope.by) {
    case 'group-id':
    case 'rule-id':
    case 'prefix-list':
    case 'interface':
      return scope.ids;
    case 'group-name':
      return scope.names;
    case 'default-group-of-vpc':
      return scope.vpcIds;
    default:
      return scope satisfies never;
  }
}

function asRule(notification: unknown) {
  return { invokingEvent: JSON.stringify(notification) };
}

describe('hostile input', () => {
  it('is read or refused with EventUnreadable, and never yields an id that is not in the event', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, ...EVENTS.map(mutated)), (event) => {
        const known = new Set(textsIn(event));
        expect(idsIn(event).every((id) => known.has(id))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('of AWS Config is read or refused with EventUnreadable', () => {
    const item = {
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: 'sg-0a1b2c3d',
      configuration: {
        groupId: 'sg-0a1b2c3d',
        ipPermissions: [{ ipProtocol: 'tcp', fromPort: 1, toPort: 2, ipRanges: ['0.0.0.0/0'] }],
      },
    };
    fc.assert(
      fc.property(fc.oneof(hostile, mutated(item), mutated({ configurationItem: item }).map(asRule)), (event) => {
        const reading = readOrRefuse(readConfigEvent, event);
        expect(reading === undefined || ['group', 'gone', 'too-large', 'ignored'].includes(reading.kind)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('in a description never throws, and every rule has the id of its group', () => {
    const description = {
      SecurityGroups: [
        {
          GroupId: 'sg-1',
          GroupName: 'x',
          Tags: [{ Key: 'a', Value: 'b' }],
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        },
      ],
      SecurityGroupRules: [
        { SecurityGroupRuleId: 'sgr-1', GroupId: 'sg-1', IsEgress: true, IpProtocol: '-1', CidrIpv6: '::/0' },
      ],
    };
    fc.assert(
      fc.property(fc.oneof(hostile, mutated(description)), (json) => {
        const { groups, errors } = readGroups(json, 'stdin');
        expect(groups.every(({ id, rules }) => rules.every(({ groupId }) => groupId === id))).toBe(true);
        expect(errors.every((error) => error.startsWith('stdin: '))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('of great length or depth is read', () => {
    const items = Array.from({ length: 20_000 }, (_, index) => ({
      securityGroupRuleId: `sgr-${index}`,
      groupId: 'sg-1',
    }));
    const long = record('AuthorizeSecurityGroupIngress', { responseElements: { securityGroupRuleSet: { items } } });
    expect(idsIn(long)).toEqual(['sg-1']);
    const deep: unknown = JSON.parse(`${'{"items":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
    expect(
      idsIn(record('AuthorizeSecurityGroupIngress', { requestParameters: { groupId: 'sg-1', ipPermissions: deep } })),
    ).toEqual(['sg-1']);
    expect(readGroups({ SecurityGroups: deep }, 'stdin').groups).toEqual([]);
  });
});
