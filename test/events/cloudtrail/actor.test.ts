import { describe, expect, it } from 'vitest';
import { actorOf } from '../../../shared/events/cloudtrail/actor.ts';
import { openRecord } from '../../../shared/events/cloudtrail/record.ts';
import { record } from '../events.ts';

function actor(parts: Readonly<Record<string, unknown>>) {
  return actorOf(openRecord(record('CreateVpc', parts)));
}

const SESSION = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:sam@example.com',
  arn: 'arn:aws:sts::111122223333:assumed-role/Admin/sam@example.com',
};

describe('the actor of a call', () => {
  it.each([
    ['console', { userAgent: 'console.ec2.amazonaws.com' }],
    ['console', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0' }],
    ['console', { userAgent: 'AWS Internal', sessionCredentialFromConsole: 'true' }],
    ['console', { userAgent: 'aws-internal/3 aws-sdk-java/1.12', sessionCredentialFromConsole: true }],
    [
      'console',
      { userIdentity: { type: 'IAMUser', invokedBy: 'signin.amazonaws.com' }, userAgent: 'signin.amazonaws.com' },
    ],
    [
      'cloudformation',
      { userIdentity: { ...SESSION, invokedBy: 'cloudformation.amazonaws.com' }, userAgent: 'AWS Internal' },
    ],
    ['cloudformation', { userIdentity: SESSION, userAgent: 'cloudformation.amazonaws.com' }],
    [
      'terraform',
      { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) aws-sdk-go-v2/1.39.2' },
    ],
    ['lambda', { userAgent: 'aws-sdk-js/3.900.0 exec-env/AWS_Lambda_nodejs24.x' }],
    ['cli', { userAgent: 'aws-cli/2.31.0 exec-env/CloudShell', sessionCredentialFromConsole: 'true' }],
    ['sdk', { userAgent: 'Boto3/1.40.0 Botocore/1.40.0' }],
    ['sdk', { userAgent: 'aws-sdk-go/1.55.5 (go1.22; linux; amd64)' }],
    [
      'aws-service',
      {
        userIdentity: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
        userAgent: 'autoscaling.amazonaws.com',
      },
    ],
    ['aws-service', { userAgent: 'elasticbeanstalk.amazonaws.com' }],
    ['unknown', { userAgent: '' }],
    ['unknown', { userAgent: 'curl/8' }],
    ['unknown', { userAgent: 7 }],
  ])('used %s (%#)', (tool, parts) => {
    expect(actor(parts).tool).toBe(tool);
  });

  it.each([
    ['the session of an assumed role', SESSION, 'sam@example.com'],
    ['the user', { type: 'IAMUser', userName: 'sam', principalId: 'AIDAEXAMPLE' }, 'sam'],
    ['root', { type: 'Root', principalId: '111122223333' }, 'root'],
    ['nobody for a role without a session name', { type: 'AssumedRole', principalId: 'AROAEXAMPLE:' }, undefined],
    ['nobody for a service', { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' }, undefined],
    ['nobody', null, undefined],
  ])('has the name of %s', (_, userIdentity, name) => {
    expect(actor({ userIdentity }).name).toBe(name);
  });

  it('has the role of a session with its path, and no other issuer', () => {
    const issued = (arn: string) => actor({ userIdentity: { ...SESSION, sessionContext: { sessionIssuer: { arn } } } });
    const role = 'arn:aws:iam::111122223333:role/ops/Admin';
    expect(issued(role).role).toBe(role);
    expect(issued('arn:aws:iam::111122223333:user/sam')).not.toHaveProperty('role');
    expect(actor({ userIdentity: SESSION })).not.toHaveProperty('role');
  });

  it.each(['198.51.100.7', '2001:db8::1'])('has the address %s', (sourceIPAddress) => {
    expect(actor({ sourceIPAddress }).sourceIp).toBe(sourceIPAddress);
  });

  it.each(['AWS Internal', 'cloudformation.amazonaws.com', '00.000.000.000', '', null, 5, '1.2.3.4/0'])(
    'takes %j for no address',
    (sourceIPAddress) => {
      expect(actor({ sourceIPAddress })).not.toHaveProperty('sourceIp');
    },
  );
});
