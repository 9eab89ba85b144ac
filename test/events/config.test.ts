import { describe, expect, it } from 'vitest';
import { EventUnreadable } from '../../shared/domain/errors.ts';
import { readConfigEvent } from '../../shared/events/config.ts';

const CONFIGURATION = {
  description: 'ssh',
  groupName: 'bastion',
  groupId: 'sg-0a1b2c3d',
  ownerId: '111122223333',
  vpcId: 'vpc-11111111',
  tags: [{ key: 'tier', value: 'bastion' }],
  ipPermissions: [
    {
      fromPort: 22,
      toPort: 22,
      ipProtocol: 'tcp',
      ipv4Ranges: [{ cidrIp: '0.0.0.0/0', description: 'all' }, { cidrIp: '10.0.0.0/8' }],
      ipRanges: ['0.0.0.0/0', '10.0.0.0/8'],
      ipv6Ranges: [{ cidrIpv6: '::/0' }],
      prefixListIds: [{ prefixListId: 'pl-1' }],
      userIdGroupPairs: [{ groupId: 'sg-1', userId: '111122223333' }],
    },
  ],
  ipPermissionsEgress: [{ ipProtocol: '-1', ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }], ipRanges: ['0.0.0.0/0'] }],
};

const ITEM = {
  configurationItemCaptureTime: '2026-03-04T05:06:07.000Z',
  configurationItemStatus: 'OK',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0a1b2c3d',
  awsAccountId: '111122223333',
  awsRegion: 'eu-central-1',
  configuration: CONFIGURATION,
};

function notified(notification: unknown, more: object = {}) {
  return {
    invokingEvent: JSON.stringify(notification),
    resultToken: 't',
    ...more,
  };
}
function change(item: unknown, more: object = {}) {
  return notified({ configurationItem: item, messageType: 'ConfigurationItemChangeNotification' }, more);
}

const SEEN = {
  groupId: 'sg-0a1b2c3d',
  account: '111122223333',
  region: 'eu-central-1',
  at: Date.UTC(2026, 2, 4, 5, 6, 7),
};

const INGRESS = [
  { source: { kind: 'ipv4', cidr: '0.0.0.0/0' }, description: 'all' },
  { source: { kind: 'ipv4', cidr: '10.0.0.0/8' } },
  { source: { kind: 'ipv6', cidr: '::/0' } },
  { source: { kind: 'prefix-list', id: 'pl-1' } },
  { source: { kind: 'group', groupId: 'sg-1', ownerId: '111122223333' } },
].map((described) =>
  Object.assign({ groupId: 'sg-0a1b2c3d', direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22 }, described),
);

const EGRESS = {
  groupId: 'sg-0a1b2c3d',
  direction: 'egress',
  protocol: '-1',
  source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
};

describe('a configuration item', () => {
  it.each([
    ['in the event of a rule', change(ITEM)],
    ['in a notification', { configurationItem: ITEM }],
    ['as it is', ITEM],
    [
      'from the API',
      { ...ITEM, awsAccountId: undefined, accountId: '111122223333', configuration: JSON.stringify(CONFIGURATION) },
    ],
  ])('is read %s, IPv4 counted once', (_, event) => {
    const reading = readConfigEvent(event);
    expect(reading).toMatchObject({ ...SEEN, kind: 'group', errors: [] });
    expect(reading.kind === 'group' && reading.group).toEqual({
      id: 'sg-0a1b2c3d',
      name: 'bastion',
      description: 'ssh',
      vpcId: 'vpc-11111111',
      ownerId: '111122223333',
      tags: { tier: 'bastion' },
      rules: [...INGRESS, EGRESS],
    });
  });

  it.each(['ResourceDeleted', 'ResourceDeletedNotRecorded', 'ResourceNotRecorded'])(
    'of status %s is gone',
    (configurationItemStatus) => {
      expect(readConfigEvent({ ...ITEM, configurationItemStatus, configuration: null })).toEqual({
        ...SEEN,
        kind: 'gone',
      });
    },
  );

  it('that left the scope of the rule is gone', () => {
    expect(readConfigEvent(change(ITEM, { eventLeftScope: true }))).toEqual({ ...SEEN, kind: 'gone' });
  });

  it('that was too large for the event has to be fetched', () => {
    const { configuration: _, ...configurationItemSummary } = ITEM;
    const event = notified({ configurationItemSummary, messageType: 'OversizedConfigurationItemChangeNotification' });
    expect(readConfigEvent(event)).toEqual({ ...SEEN, kind: 'too-large' });
    const deleted = notified({
      configurationItemSummary: { ...configurationItemSummary, configurationItemStatus: 'ResourceDeleted' },
    });
    expect(readConfigEvent(deleted)).toEqual({ ...SEEN, kind: 'gone' });
  });

  it.each([
    [{ ...ITEM, resourceType: 'AWS::EC2::Instance' }, 'other-resource', 'AWS::EC2::Instance'],
    [change({}), 'other-resource', 'resource without a type'],
    [
      notified({ configurationItemSummary: { resourceType: 'AWS::EC2::Instance' } }),
      'other-resource',
      'AWS::EC2::Instance',
    ],
    [notified({ messageType: 'ScheduledNotification' }), 'other-notification', 'ScheduledNotification'],
  ])('of something else is ignored (%#)', (event, reason, about) => {
    expect(readConfigEvent(event)).toEqual({ kind: 'ignored', reason, about });
  });

  it('with a bad rule gives the others and names the place', () => {
    const configuration = {
      ...CONFIGURATION,
      ipPermissions: [{ ipProtocol: 'tcp', fromPort: 1, toPort: 1, ipRanges: ['x', '10.0.0.0/8'] }],
    };
    const reading = readConfigEvent({ ...ITEM, configuration });
    expect(reading.kind === 'group' && [reading.group.rules.length, reading.errors]).toEqual([
      2,
      ['configuration.ipPermissions[0].ipRanges[0]: "x" is not a CIDR block (such as 10.0.0.0/8 or 2001:db8::/32)'],
    ]);
  });

  it.each([
    [null, 'event: top level: expected a custom rule'],
    [{}, 'event: messageType: expected a kind of notification'],
    [{ invokingEvent: '{' }, 'event: invokingEvent: expected JSON'],
    [{ invokingEvent: '7' }, 'event: invokingEvent: expected a JSON object'],
    [{ invokingEvent: 7 }, 'event: invokingEvent: expected a JSON object'],
    [{ ...ITEM, resourceId: 'i-1', configuration: {} }, 'event: resourceId: expected a security group id'],
    [{ ...ITEM, configuration: null }, 'event: configuration: expected an object'],
    [change({ ...ITEM, configuration: '{' }), 'event: invokingEvent.configurationItem.configuration: expected JSON'],
  ])('that cannot be read is refused, naming field and expectation (%#)', (event, message) => {
    expect(() => readConfigEvent(event)).toThrow(message);
    expect(() => readConfigEvent(event)).toThrow(EventUnreadable);
  });
});
