import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import { EventUnreadable } from '../../../shared/domain/errors.ts';
import { findCall } from '../../../shared/events/cloudtrail/calls.ts';
import { readCloudTrail } from '../../../shared/events/cloudtrail/cloudtrail.ts';
import { CALL_NAMES, envelope, record, SSH_REQUEST, SSH_RESPONSE } from '../events.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';

function changeOf(event: unknown): Change {
  const reading = readCloudTrail(event);
  if (reading.kind !== 'change') throw new Error(`ignored: ${reading.reason}`);
  return reading.change;
}

function authorize(
  requestParameters: unknown,
  responseElements: unknown = { _return: true },
  call = 'AuthorizeSecurityGroupIngress',
): Change {
  return changeOf(record(call, { requestParameters, responseElements }));
}

function modified(id: string) {
  return {
    SecurityGroupRuleId: id,
    tag: 1,
    SecurityGroupRule: { CidrIpv4: '0.0.0.0/0', FromPort: 22, ToPort: 22, IpProtocol: 'tcp' },
  };
}
function modify(request: unknown): Change {
  return changeOf(
    record('ModifySecurityGroupRules', { requestParameters: { ModifySecurityGroupRulesRequest: request } }),
  );
}

describe('AuthorizeSecurityGroupIngress and Egress', () => {
  it('reads the items form with its response: an id and content for each source', () => {
    expect(
      changeOf(
        envelope(
          record('AuthorizeSecurityGroupIngress', { requestParameters: SSH_REQUEST, responseElements: SSH_RESPONSE }),
        ),
      ),
    ).toEqual({
      id: 'e-1',
      call: 'AuthorizeSecurityGroupIngress',
      trigger: 'rules-added',
      scope: { by: 'group-id', ids: [GROUP] },
      added: {
        kind: 'rules',
        ids: ['sgr-00000000000000001', 'sgr-00000000000000002'],
        contents: [
          {
            direction: 'ingress',
            protocol: 'tcp',
            fromPort: 22,
            toPort: 22,
            source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
            description: 'just for now',
          },
          {
            direction: 'ingress',
            protocol: 'tcp',
            fromPort: 22,
            toPort: 22,
            source: { kind: 'ipv4', cidr: '10.0.0.0/8' },
          },
        ],
      },
      actor: {
        type: 'IAMUser',
        arn: 'arn:aws:iam::111122223333:user/sam',
        name: 'sam',
        sourceIp: '198.51.100.7',
        tool: 'cli',
      },
      at: Date.UTC(2026, 2, 4, 5, 6, 7),
      account: '111122223333',
      region: 'eu-central-1',
    });
  });

  it('reads the same contents from the request if the response has no rules', () => {
    const full = authorize(SSH_REQUEST, SSH_RESPONSE).added;
    const bare = authorize(SSH_REQUEST).added;
    expect(bare).toEqual({ ...full, ids: [] });
  });

  it('reads the flat form, which also has empty permissions', () => {
    const flat = {
      groupId: GROUP,
      ipPermissions: {},
      ipProtocol: '6',
      fromPort: '22',
      toPort: 22,
      cidrIp: '0.0.0.0/0',
    };
    expect(authorize(flat).added).toEqual({
      kind: 'rules',
      ids: [],
      contents: [
        {
          direction: 'ingress',
          protocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
        },
      ],
    });
  });

  it.each([
    ['no ports', {}],
    ['0 and 0', { fromPort: 0, toPort: 0 }],
    ['-1 and -1', { fromPort: -1, toPort: -1 }],
  ])('states the ports of protocol -1 as -1 for a request with %s', (_, ports) => {
    const request = {
      groupId: GROUP,
      ipPermissions: { items: [{ ipProtocol: '-1', ...ports, ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] } }] },
    };
    expect(authorize(request, { _return: true }, 'AuthorizeSecurityGroupEgress').added).toEqual({
      kind: 'rules',
      ids: [],
      contents: [
        { direction: 'egress', protocol: '-1', fromPort: -1, toPort: -1, source: { kind: 'ipv6', cidr: '::/0' } },
      ],
    });
  });

  it('reads every kind of source', () => {
    const request = {
      groupId: GROUP,
      ipPermissions: {
        items: [
          {
            ipProtocol: 'udp',
            fromPort: 11211,
            toPort: 11211,
            groups: { items: [{ groupId: 'sg-11111111', userId: '111122223333' }] },
            ipRanges: { items: [{ cidrIp: '203.0.113.0/24' }] },
            ipv6Ranges: { items: [{ cidrIpv6: '2001:db8::/32' }] },
            prefixListIds: { items: [{ prefixListId: 'pl-11111111' }] },
          },
        ],
      },
    };
    const { added } = authorize(request);
    expect(added.kind === 'rules' && added.contents.map(({ source }) => source)).toEqual([
      { kind: 'ipv4', cidr: '203.0.113.0/24' },
      { kind: 'ipv6', cidr: '2001:db8::/32' },
      { kind: 'prefix-list', id: 'pl-11111111' },
      { kind: 'group', groupId: 'sg-11111111', ownerId: '111122223333' },
    ]);
  });

  it('takes the group id from the response if the request has only a name', () => {
    const { groupId: _, ...rest } = SSH_REQUEST;
    expect(authorize({ ...rest, groupName: 'default' }, SSH_RESPONSE).scope).toEqual({ by: 'group-id', ids: [GROUP] });
  });

  it('uses the group name if there is no id', () => {
    const { groupId: _, ...rest } = SSH_REQUEST;
    const change = authorize({ ...rest, groupName: 'default' });
    expect(change.scope).toEqual({ by: 'group-name', names: ['default'] });
    expect(change.added).toMatchObject({ kind: 'rules', ids: [], contents: [{ fromPort: 22 }, { fromPort: 22 }] });
  });

  it('combines the ids of the request and the response', () => {
    const response = {
      securityGroupRuleSet: { items: [{ ...SSH_RESPONSE.securityGroupRuleSet.items[0], groupId: 'sg-22222222' }] },
    };
    expect(authorize(SSH_REQUEST, response).scope).toEqual({ by: 'group-id', ids: [GROUP, 'sg-22222222'] });
  });

  it('does not mistake a referenced group for the changed group', () => {
    const item = {
      ...SSH_RESPONSE.securityGroupRuleSet.items[0],
      cidrIpv4: undefined,
      referencedGroupInfo: { groupId: 'sg-33333333' },
    };
    expect(authorize(SSH_REQUEST, { securityGroupRuleSet: { items: [item] } }).scope).toEqual({
      by: 'group-id',
      ids: [GROUP],
    });
  });

  it('reads the response if CloudTrail omitted the request', () => {
    const change = authorize(
      { omitted: true, originalSize: 120_000, reason: 'requestParameters too large' },
      SSH_RESPONSE,
    );
    expect(change.scope).toEqual({ by: 'group-id', ids: [GROUP] });
    expect(change.added).toMatchObject({ kind: 'rules', ids: ['sgr-00000000000000001', 'sgr-00000000000000002'] });
  });

  it('reads the request if CloudTrail omitted the response', () => {
    expect(authorize(SSH_REQUEST, { omitted: true }).added).toMatchObject({
      kind: 'rules',
      ids: [],
      contents: [{}, {}],
    });
  });

  it('reports the added rules as unknown if only the group is readable', () => {
    expect(authorize({ groupId: GROUP }).added).toEqual({ kind: 'unknown' });
  });

  it('keeps the readable contents', () => {
    const [permission] = SSH_REQUEST.ipPermissions.items;
    const ipRanges = { items: [{ cidrIp: '10.0.0/8' }, { cidrIp: '0.0.0.0/0' }, null, 7] };
    const { added } = authorize({
      groupId: GROUP,
      ipPermissions: { items: [{ ...permission, ipRanges }, 'x'] },
    });
    expect(added.kind === 'rules' && added.contents.map(({ source }) => source)).toEqual([
      { kind: 'ipv4', cidr: '0.0.0.0/0' },
    ]);
  });

  it.each([
    ['both parts left out', { omitted: true }, { omitted: true }],
    ['no parts', null, null],
    ['an id that is none', { groupId: '../../etc' }, null],
    ['an id that is none beside a name', { groupId: 5, groupName: 'default' }, null],
    ['a list for an object', [], []],
    ['an inherited id', { __proto__: { groupId: GROUP } }, null],
  ])('refuses an event with %s, naming the field', (_, requestParameters, responseElements) => {
    expect(() => authorize(requestParameters, responseElements)).toThrow(
      new EventUnreadable(
        'requestParameters.groupId',
        'a security group id such as sg-0123456789abcdef0 (or a groupName)',
      ),
    );
  });
});

describe('ModifySecurityGroupRules', () => {
  it('reads one rule from an object: only its id, because the event has no direction', () => {
    expect(modify({ GroupId: GROUP, SecurityGroupRule: modified('sgr-1') })).toMatchObject({
      trigger: 'rules-modified',
      scope: { by: 'group-id', ids: [GROUP] },
      added: { kind: 'rules', ids: ['sgr-1'], contents: [] },
    });
  });

  it('reads several rules as an array', () => {
    expect(
      modify({ GroupId: GROUP, SecurityGroupRule: [modified('sgr-1'), modified('sgr-2'), modified('sgr-1')] }).added,
    ).toMatchObject({
      ids: ['sgr-1', 'sgr-2'],
    });
  });

  it.each([
    ['camelCase', { groupId: GROUP, securityGroupRules: { items: [{ securityGroupRuleId: 'sgr-1' }] } }],
    ['upper case', { GROUPID: GROUP, SECURITYGROUPRULE: { SECURITYGROUPRULEID: 'sgr-1' } }],
  ])('reads keys in %s', (_, request) => {
    expect(modify(request)).toMatchObject({ scope: { ids: [GROUP] }, added: { ids: ['sgr-1'] } });
  });

  it('reads a request without the wrapper', () => {
    const change = changeOf(
      record('ModifySecurityGroupRules', {
        requestParameters: { groupId: GROUP, securityGroupRules: [modified('sgr-1')] },
      }),
    );
    expect(change).toMatchObject({ scope: { ids: [GROUP] }, added: { ids: ['sgr-1'] } });
  });

  it('uses the rule ids if the event names no group', () => {
    expect(modify({ SecurityGroupRule: modified('sgr-1') }).scope).toEqual({ by: 'rule-id', ids: ['sgr-1'] });
  });

  it('reports the added rules as unknown if the event names no rule', () => {
    expect(modify({ GroupId: GROUP }).added).toEqual({ kind: 'unknown' });
  });

  it('refuses an event that names neither', () => {
    expect(() => modify({ GroupId: 'x', SecurityGroupRule: [null, 'sgr-1', { SecurityGroupRuleId: 4 }] })).toThrow(
      'event: requestParameters.ModifySecurityGroupRulesRequest.GroupId: expected a security group id',
    );
  });
});

describe('RevokeSecurityGroupIngress and Egress', () => {
  it('reads the removed rules', () => {
    const change = authorize(SSH_REQUEST, { _return: true }, 'RevokeSecurityGroupIngress');
    expect(change).toMatchObject({
      trigger: 'rules-removed',
      added: { kind: 'rules', contents: [{ direction: 'ingress' }, {}] },
    });
  });

  it.each([
    ['texts', { items: ['sgr-1', 'sgr-2'] }],
    ['objects', { items: [{ securityGroupRuleId: 'sgr-1' }, { securityGroupRuleId: 'sgr-2' }] }],
    ['an array', ['sgr-1', 'sgr-2', 3, null]],
  ])('reads rule ids given as %s', (_, securityGroupRuleIds) => {
    const change = authorize({ groupId: GROUP, securityGroupRuleIds }, { _return: true }, 'RevokeSecurityGroupEgress');
    expect(change.added).toEqual({ kind: 'rules', ids: ['sgr-1', 'sgr-2'], contents: [] });
  });

  it('uses the rule ids if there is nothing else', () => {
    expect(authorize({ securityGroupRuleIds: 'sgr-1' }, null, 'RevokeSecurityGroupEgress').scope).toEqual({
      by: 'rule-id',
      ids: ['sgr-1'],
    });
  });
});

describe('CreateSecurityGroup, CreateVpc and CreateDefaultVpc', () => {
  it('reports every rule of a new group as added', () => {
    const parts = { requestParameters: { groupName: 'web' }, responseElements: { groupId: GROUP } };
    expect(changeOf(record('CreateSecurityGroup', parts))).toMatchObject({
      trigger: 'group-created',
      scope: { by: 'group-id', ids: [GROUP] },
      added: { kind: 'everything' },
    });
  });

  it('reports no rule as added if only the name of the group is known', () => {
    const parts = { requestParameters: { groupName: 'web' }, responseElements: { omitted: true } };
    expect(changeOf(record('CreateSecurityGroup', parts))).toMatchObject({
      scope: { by: 'group-name', names: ['web'] },
      added: { kind: 'unknown' },
    });
  });

  it.each(['CreateVpc', 'CreateDefaultVpc'])('of %s selects the default group of the new VPC', (call) => {
    expect(changeOf(record(call, { responseElements: { vpc: { vpcId: 'vpc-0123456789abcdef0' } } }))).toMatchObject({
      trigger: 'vpc-created',
      scope: { by: 'default-group-of-vpc', vpcIds: ['vpc-0123456789abcdef0'] },
      added: { kind: 'everything' },
    });
  });

  it.each([
    ['CreateSecurityGroup', 'responseElements.groupId: expected a security group id'],
    ['CreateVpc', 'responseElements.vpc.vpcId: expected a VPC id'],
  ])('refuses %s without the id of the new resource', (call, message) => {
    expect(() => readCloudTrail(envelope(record(call)))).toThrow(`event: detail.${message}`);
  });
});

describe('DeleteSecurityGroup', () => {
  const asked = { requestParameters: { groupId: GROUP }, responseElements: { _return: true } };
  const answered = { requestParameters: { groupName: 'web' }, responseElements: { _return: true, groupId: GROUP } };

  it.each([
    ['its id', asked, { by: 'group-id', ids: [GROUP] }],
    ['its name, with the id in the answer', answered, { by: 'group-id', ids: [GROUP] }],
    ['its name', { requestParameters: { groupName: 'web' } }, { by: 'group-name', names: ['web'] }],
  ])('selects the group by %s; the removed rules are unknown', (_title, parts, scope) => {
    expect(changeOf(record('DeleteSecurityGroup', parts))).toMatchObject({
      trigger: 'rules-removed',
      scope,
      added: { kind: 'unknown' },
    });
  });

  it('is refused if it names no group', () => {
    expect(() => readCloudTrail(envelope(record('DeleteSecurityGroup')))).toThrow(
      'event: detail.requestParameters.groupId: expected a security group id',
    );
  });
});

describe('ignored events', () => {
  it.each([
    [
      'a failed call',
      record('AuthorizeSecurityGroupIngress', { errorCode: 'Client.UnauthorizedOperation', responseElements: null }),
      'failed-call',
      'AuthorizeSecurityGroupIngress (Client.UnauthorizedOperation)',
    ],
    ['a dry run', record('CreateVpc', { errorCode: 'Client.DryRunOperation' }), 'dry-run', 'CreateVpc'],
    ['a dry run by its request', record('CreateVpc', { requestParameters: { dryRun: true } }), 'dry-run', 'CreateVpc'],
    ['a call that reads', record('DescribeSecurityGroups'), 'other-call', 'DescribeSecurityGroups (ec2.amazonaws.com)'],
    ['a name of every object', record('constructor'), 'other-call', 'constructor (ec2.amazonaws.com)'],
    [
      'another service',
      record('AuthorizeDBSecurityGroupIngress', { eventSource: 'rds.amazonaws.com' }),
      'other-call',
      'AuthorizeDBSecurityGroupIngress (rds.amazonaws.com)',
    ],
    [
      'a call of a service whose name belongs to another one',
      record('RunInstances', { eventSource: 'rds.amazonaws.com' }),
      'other-call',
      'RunInstances (rds.amazonaws.com)',
    ],
    [
      'a service of every object',
      record('CreateVpc', { eventSource: 'constructor' }),
      'other-call',
      'CreateVpc (constructor)',
    ],
  ])('include %s, with the reason', (_, event, reason, about) => {
    expect(readCloudTrail(event)).toEqual({ kind: 'ignored', reason, about });
  });

  it('do not include a call with the errorCode null or an empty one', () => {
    const parts = { requestParameters: SSH_REQUEST, responseElements: SSH_RESPONSE };
    expect(readCloudTrail(record('AuthorizeSecurityGroupIngress', { ...parts, errorCode: null })).kind).toBe('change');
    expect(readCloudTrail(record('AuthorizeSecurityGroupIngress', { ...parts, errorCode: '' })).kind).toBe('change');
  });
});

describe('the record', () => {
  const parts = { requestParameters: SSH_REQUEST, responseElements: SSH_RESPONSE };

  it('decides, not the envelope', () => {
    const event = {
      ...envelope(record('AuthorizeSecurityGroupIngress', parts)),
      source: 'aws.sqs',
      'detail-type': 'x',
    };
    expect(readCloudTrail(event).kind).toBe('change');
  });

  /*
   * If an account calls an API on a resource of another account, CloudTrail delivers one event to each
   * account. The events have the same sharedEventID and userIdentity, but another eventID and
   * recipientAccountId. The change belongs to the recipient account.
   *
   * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/shared-event-ID.html
   */
  describe('of a call by another account', () => {
    const [OWNER, CALLER] = ['222233334444', '111122223333'];
    const userIdentity = {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:ann',
      arn: `arn:aws:sts::${CALLER}:assumed-role/network/ann`,
      accountId: CALLER,
    };
    const deliveredTo = (recipientAccountId: unknown, eventID: string) =>
      record('AuthorizeSecurityGroupIngress', {
        ...parts,
        userIdentity,
        eventID,
        sharedEventID: 'shared-1',
        recipientAccountId,
      });

    it('is a change in the recipient account, made by the caller', () => {
      const [owners, callers] = [deliveredTo(OWNER, 'e-owner'), deliveredTo(CALLER, 'e-caller')];
      for (const wrap of [(one: unknown) => one, envelope]) {
        expect(changeOf(wrap(owners))).toMatchObject({ account: OWNER, id: 'e-owner', actor: { name: 'ann' } });
        expect(changeOf(wrap(callers))).toMatchObject({ account: CALLER, id: 'e-caller', actor: { name: 'ann' } });
      }
    });

    it('is in the account of the record, not in the account of the event bus', () => {
      const passedOn = { ...envelope(deliveredTo(OWNER, 'e-1')), account: '999999999999' };
      expect(changeOf(passedOn).account).toBe(OWNER);
    });

    it('is in the account of the envelope if the record names no recipient', () => {
      const nameless = deliveredTo(undefined, 'e-1');
      expect(changeOf({ ...envelope(nameless), account: OWNER }).account).toBe(OWNER);
      expect(changeOf(nameless).account).toBe(CALLER);
    });

    it('is in the account of the record if it is a number', () => {
      expect(changeOf(deliveredTo(Number(OWNER), 'e-1')).account).toBe(OWNER);
    });
  });

  it('falls back on the envelope for id, time, account and region', () => {
    const missing = { eventID: undefined, eventTime: 'soon', recipientAccountId: null, awsRegion: '' };
    expect(changeOf(envelope(record('AuthorizeSecurityGroupIngress', { ...parts, ...missing })))).toMatchObject({
      id: 'envelope-1',
      at: Date.UTC(2026, 2, 4, 5, 6, 9),
      account: '111122223333',
      region: 'eu-central-1',
    });
  });

  it('reports an unknown account and region if no field has them', () => {
    const missing = { recipientAccountId: undefined, awsRegion: undefined, userIdentity: undefined };
    expect(changeOf(record('AuthorizeSecurityGroupIngress', { ...parts, ...missing }))).toMatchObject({
      account: 'unknown',
      region: 'unknown',
    });
  });

  it.each([
    [null, 'event: top level: expected a CloudTrail record, or an EventBridge event with one under detail'],
    [[], 'event: top level: expected a CloudTrail record, or an EventBridge event with one under detail'],
    [{ detail: 'x' }, 'event: detail: expected a CloudTrail record'],
    [{ detail: {} }, 'event: detail.eventName: expected the name of an API call'],
    [{ ...record('CreateVpc'), errorCode: 7 }, 'event: errorCode: expected a text, or nothing'],
    [
      { ...record('AuthorizeSecurityGroupIngress', parts), eventID: 3 },
      "event: eventID: expected CloudTrail's id of the event",
    ],
    [
      { ...record('AuthorizeSecurityGroupIngress', parts), eventTime: 3 },
      'event: eventTime: expected a time such as 2026-01-31T12:00:00Z',
    ],
  ])('is refused with the unreadable field and what was expected (%#)', (event, message) => {
    expect(() => readCloudTrail(event)).toThrow(message);
    expect(() => readCloudTrail(event)).toThrow(EventUnreadable);
  });

  it('is read for each call of the table', () => {
    const groupSet = { items: [{ groupId: GROUP }] };
    const requestParameters = {
      ...SSH_REQUEST,
      groupSet,
      securityGroupIds: [GROUP],
      prefixListId: 'pl-11111111',
      resourcesSet: { items: [{ resourceId: GROUP }] },
      tagSet: { items: [{ key: 'portcullis:exempt-until', value: '2026-04-01' }] },
    };
    const responseElements = { ...SSH_RESPONSE, groupId: GROUP, vpc: { vpcId: 'vpc-11111111' } };
    for (const [eventSource, call] of CALL_NAMES) {
      expect(changeOf(record(call, { eventSource, requestParameters, responseElements }))).toMatchObject({
        call,
        trigger: findCall(call, eventSource)?.trigger,
      });
    }
  });

  it('never has a call name that two services share', () => {
    expect(new Set(CALL_NAMES.map(([, call]) => call)).size).toBe(CALL_NAMES.length);
  });
});
