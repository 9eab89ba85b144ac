import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../infra/bundle.ts';
import { eventMatches } from '../../infra/local/event-pattern.ts';
import { CONTROLS, EVENT_PATTERNS } from '../../shared/catalogue.ts';
import type { Trigger } from '../../shared/model/change.ts';
import { SERVICE_CALLS } from '../../shared/readers/cloudtrail-calls.ts';
import { resourcesOf, templateOf } from './stack-template.ts';

const matches = (candidate: object): boolean =>
  Object.values(EVENT_PATTERNS).some((pattern) => eventMatches(pattern, candidate));

const CALL_TRIGGERS = Object.entries(SERVICE_CALLS).flatMap(([service, calls]) =>
  Object.entries(calls).map(([call, trigger]: [string, Trigger]) => [service, call, trigger] as const),
);

const IDENTITIES = {
  IAMUser: { type: 'IAMUser', userName: 'ann', arn: 'arn:aws:iam::111122223333:user/ann', accountId: '111122223333' },
  Root: { type: 'Root', arn: 'arn:aws:iam::111122223333:root', accountId: '111122223333' },
  AssumedRole: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/ops/ann',
    sessionContext: { sessionIssuer: { type: 'Role', userName: 'ops' } },
  },
  AWSService: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' },
  AWSAccount: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' },
};

const event = (userIdentity: object, detail: object = {}, envelope: object = {}) => ({
  version: '0',
  id: '00000000-0000-0000-0000-000000000000',
  source: 'aws.ec2',
  'detail-type': 'AWS API Call via CloudTrail',
  account: '111122223333',
  region: 'eu-central-1',
  ...envelope,
  detail: {
    eventVersion: '1.09',
    userIdentity,
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    requestParameters: { groupId: 'sg-1' },
    responseElements: { _return: true },
    ...detail,
  },
});

describe('the event pattern', () => {
  it.each(Object.entries(IDENTITIES))('matches a change by %s', (_type, identity) => {
    expect(matches(event(identity))).toBe(true);
  });

  it.each(Object.entries(IDENTITIES))('leaves out a call by %s that failed: it changed nothing', (_type, identity) => {
    const failed = { errorCode: 'Client.UnauthorizedOperation', responseElements: null };
    expect(matches(event(identity, failed))).toBe(false);
  });

  it.each(CALL_TRIGGERS)(
    'of %s brings %s exactly when a control wants to know of it',
    (eventSource, eventName, trigger) => {
      const wanted = CONTROLS.some((control) => control.on.includes(trigger));
      const source = `aws.${eventSource.split('.')[0]}`;
      expect(matches(event(IDENTITIES.Root, { eventSource, eventName }, { source }))).toBe(wanted);
      expect(matches(event(IDENTITIES.Root, { eventSource, eventName }, { source: 'aws.s3' }))).toBe(false);
    },
  );

  it('leaves out other calls, other services and other kinds of event', () => {
    expect(matches(event(IDENTITIES.Root, { eventName: 'DescribeSecurityGroups' }))).toBe(false);
    expect(matches(event(IDENTITIES.Root, { eventSource: 'rds.amazonaws.com' }))).toBe(false);
    expect(matches(event(IDENTITIES.Root, {}, { 'detail-type': 'EC2 Instance State-change Notification' }))).toBe(
      false,
    );
    expect(matches(event(IDENTITIES.Root, {}, { source: 'my.app' }))).toBe(false);
  });

  it.each(Object.entries(EVENT_PATTERNS))(
    '%s is short enough for EventBridge, and the stack has it as it is',
    (_name, one) => {
      expect(JSON.stringify(one).length).toBeLessThanOrEqual(2048);
      const deployed = resourcesOf(templateOf(), 'AWS::Events::Rule').map(
        ({ Properties }) => Properties['EventPattern'],
      );
      expect(deployed).toContainEqual(one);
    },
  );
});

describe('the catalogue', () => {
  it('brings neither the SDK nor CDK along', async () => {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: ['shared/catalogue.ts'],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
    });
    expect(Object.keys(metafile.inputs).filter((file) => file.includes('node_modules'))).toEqual([]);
  });
});
