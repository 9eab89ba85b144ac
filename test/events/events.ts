import { CLOUDTRAIL_CALLS } from '../../shared/events/cloudtrail/calls.ts';

/** Every supported call with its service. */
export const CALL_NAMES: readonly (readonly [service: string, call: string])[] = Object.entries(
  CLOUDTRAIL_CALLS,
).flatMap(([service, calls]) => Object.keys(calls).map((call) => [service, call] as const));

/** A CloudTrail record of a call by an IAM user, as EventBridge delivers it under `detail`. */
export function record(
  eventName: string,
  parts: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:user/sam',
      accountId: '111122223333',
      userName: 'sam',
    },
    eventTime: '2026-03-04T05:06:07Z',
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: 'eu-central-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.31.0 md/awscrt#0.27.6',
    requestParameters: {},
    responseElements: { requestId: 'r-1', _return: true },
    eventID: 'e-1',
    recipientAccountId: '111122223333',
    ...parts,
  };
}

/** The same in EventBridge's envelope. */
export function envelope(detail: unknown): Readonly<Record<string, unknown>> {
  return {
    version: '0',
    id: 'envelope-1',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-03-04T05:06:09Z',
    region: 'eu-central-1',
    resources: [],
    detail,
  };
}

/**
 * requestParameters of AuthorizeSecurityGroupIngress in the items form: tcp/22 from the world and from a
 * private range.
 */
export const SSH_REQUEST = {
  groupId: 'sg-0a1b2c3d4e5f60718',
  ipPermissions: {
    items: [
      {
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        groups: {},
        ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'just for now' }, { cidrIp: '10.0.0.0/8' }] },
        ipv6Ranges: {},
        prefixListIds: {},
      },
    ],
  },
};

/** The matching responseElements. */
export const SSH_RESPONSE = {
  requestId: 'r-1',
  _return: true,
  securityGroupRuleSet: {
    items: [
      {
        groupOwnerId: '111122223333',
        groupId: 'sg-0a1b2c3d4e5f60718',
        securityGroupRuleId: 'sgr-00000000000000001',
        description: 'just for now',
        isEgress: false,
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        cidrIpv4: '0.0.0.0/0',
      },
      {
        groupOwnerId: '111122223333',
        groupId: 'sg-0a1b2c3d4e5f60718',
        securityGroupRuleId: 'sgr-00000000000000002',
        isEgress: false,
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        cidrIpv4: '10.0.0.0/8',
      },
    ],
  },
};
