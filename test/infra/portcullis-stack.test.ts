import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEASE_MS } from '../../shared/aws/ledger-table.ts';
import {
  ENVIRONMENT,
  FUNCTIONS,
  type Grant,
  LEDGER_TABLE,
  PERMISSIONS,
  RUNTIME_PERMISSIONS,
} from '../../shared/catalogue.ts';
import { resourcesOf, type Template, templateOf } from './stack-template.ts';

const template = templateOf();
const withKey = templateOf({ customerKeys: true, email: 'oncall@example.com', regions: ['eu-central-1', 'us-east-1'] });

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Effect: string;
}

function statementsOf(of: Template): readonly Statement[] {
  return resourcesOf(of, 'AWS::IAM::Policy').flatMap((policy) => {
    const document: { Statement: readonly Statement[] } = JSON.parse(
      JSON.stringify(policy.Properties['PolicyDocument']),
    );
    return document.Statement;
  });
}

const actionsOf = (of: Template): readonly string[] =>
  [...new Set(statementsOf(of).flatMap((statement) => statement.Action))].toSorted();

const granted: readonly Grant[] = [
  ...RUNTIME_PERMISSIONS,
  ...FUNCTIONS.onChange.uses.flatMap((method): readonly Grant[] => PERMISSIONS[method]),
];

const only = (type: string, of = template) => {
  const found = resourcesOf(of, type);
  expect(found).toHaveLength(1);
  return found[0]!.Properties;
};

const revokedOn = (of: Template) =>
  JSON.stringify(
    statementsOf(of).find((statement) => statement.Action.includes('ec2:RevokeSecurityGroupIngress'))?.Resource,
  );

const topicKeys = (of: Template) =>
  resourcesOf(of, 'AWS::SNS::Topic').map((topic) => JSON.stringify(topic.Properties['KmsMasterKeyId']));

describe('the cell', () => {
  it('is what the golden template says', async () => {
    const masked = JSON.stringify(template, null, 2).replaceAll(/[0-9a-f]{64}\.zip/g, 'ASSET.zip');
    await expect(`${masked}\n`).toMatchFileSnapshot(
      path.join(import.meta.dirname, '../golden/portcullis-stack.template.json'),
    );
  });

  it('allows on-change the actions of the permission table, and no others', () => {
    expect(actionsOf(template)).toEqual([...new Set(granted.flatMap((grant) => grant.actions))].toSorted());
  });

  it('lets no function list functions, whose environment variables the answer would show, unless it asks to', () => {
    const asking = Object.values(FUNCTIONS).filter(({ uses }) => uses.includes('functions.list'));
    const listing = statementsOf(template).filter(({ Action }) => JSON.stringify(Action).includes('lambda:'));
    expect(listing).toHaveLength(asking.length);
  });

  it.each([template, withKey])('gives nobody a way to authorize or modify a rule', (of) => {
    const ec2 = actionsOf(of).filter((action) => action.startsWith('ec2:'));
    expect(ec2.filter((action) => !/^ec2:(Describe|Get|Revoke)/.test(action))).toEqual([]);
    expect(actionsOf(of).filter((action) => action.includes(':*') || action === '*')).toEqual([]);
    expect(resourcesOf(of, 'AWS::IAM::Role').map((role) => role.Properties['ManagedPolicyArns'])).toEqual([undefined]);
  });

  it('allows everything but EC2’s describe calls on its own resources only', () => {
    const everywhere = statementsOf(template).filter((statement) => statement.Resource === '*');
    expect(everywhere.flatMap((statement) => statement.Action)).toEqual([
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:DescribeManagedPrefixLists',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeRouteTables',
      'ec2:DescribeSecurityGroupReferences',
      'ec2:DescribeSecurityGroupRules',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeVpcs',
      'ec2:GetManagedPrefixListEntries',
    ]);
  });

  it('may close groups in its own region, or in the regions it is given', () => {
    expect(revokedOn(template).match(/AWS::Region/g)).toHaveLength(2);
    expect(revokedOn(withKey)).not.toContain('AWS::Region');
    expect(revokedOn(withKey).match(/us-east-1/g)).toHaveLength(2);
  });

  it('writes no partition down', () => {
    expect(JSON.stringify([template, withKey])).not.toMatch(/arn:aws[:-]/);
  });

  it('runs on-change as the catalogue says', () => {
    const { onChange } = FUNCTIONS;
    expect(only('AWS::Lambda::Function')).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: onChange.timeoutSeconds,
      MemorySize: onChange.memoryMb,
    });
    expect(only('AWS::Lambda::Function')).not.toHaveProperty('ReservedConcurrentExecutions');
    const { Environment } = only('AWS::Lambda::Function');
    expect(Object.keys(Object(Environment).Variables).toSorted()).toEqual(Object.values(ENVIRONMENT).toSorted());
  });

  it('lets no invocation outlive its hold on a plan', () => {
    expect(LEASE_MS).toBeGreaterThan(FUNCTIONS.onChange.timeoutSeconds * 1000);
  });

  it('loses no event: retries, a queue behind the rule and one behind the function', () => {
    expect(only('AWS::Lambda::EventInvokeConfig')).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringContaining('FailedChanges'), 'Arn'] } },
      },
    });
    for (const rule of resourcesOf(template, 'AWS::Events::Rule')) {
      expect(rule.Properties['Targets']).toEqual([expect.objectContaining({ DeadLetterConfig: expect.anything() })]);
    }
    for (const queue of resourcesOf(template, 'AWS::SQS::Queue')) {
      expect(queue.Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
    }
  });

  it('keeps the ledger restorable, encrypted, and beyond the stack’s end', () => {
    const table = resourcesOf(template, 'AWS::DynamoDB::Table')[0];
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        DeletionProtectionEnabled: true,
        TimeToLiveSpecification: { AttributeName: LEDGER_TABLE.ttl, Enabled: true },
        KeySchema: [
          { AttributeName: LEDGER_TABLE.partitionKey, KeyType: 'HASH' },
          { AttributeName: LEDGER_TABLE.sortKey, KeyType: 'RANGE' },
        ],
      },
    });
  });

  it('refuses queues and topics to whoever comes without TLS', () => {
    for (const type of ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']) {
      const policies = resourcesOf(template, type);
      expect(policies).toHaveLength(2);
      for (const policy of policies) {
        expect(JSON.stringify(policy.Properties)).toContain(
          '"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny"',
        );
      }
    }
  });

  it('encrypts notices, and the alarms wherever a customer’s key lets CloudWatch publish', () => {
    expect(topicKeys(template)).toEqual([expect.stringContaining('alias/aws/sns'), undefined]);
    expect(topicKeys(withKey)).toEqual([expect.stringContaining('Key'), expect.stringContaining('Key')]);
  });

  it('puts everything that it stores under the customer’s key where one is wanted', () => {
    expect(only('AWS::DynamoDB::Table', withKey)['SSESpecification']).toMatchObject({
      SSEType: 'KMS',
      KMSMasterKeyId: expect.anything(),
    });
    expect(only('AWS::Logs::LogGroup', withKey)).toHaveProperty('KmsKeyId');
    for (const queue of resourcesOf(withKey, 'AWS::SQS::Queue'))
      expect(queue.Properties).toHaveProperty('KmsMasterKeyId');
    const needed = new Set(granted.flatMap((grant) => grant.key ?? []));
    expect(actionsOf(withKey).filter((action) => action.startsWith('kms:'))).toEqual([...needed].toSorted());
  });

  it('sends notices and alarms by mail where an address is given', () => {
    expect(resourcesOf(withKey, 'AWS::SNS::Subscription').map(({ Properties }) => Properties['Endpoint'])).toEqual([
      'oncall@example.com',
      'oncall@example.com',
    ]);
    expect(resourcesOf(template, 'AWS::SNS::Subscription')).toEqual([]);
  });

  it('has an alarm for each way to fail, each with its place in the runbook', () => {
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
    expect(alarms.map(({ Properties }) => Properties['MetricName'])).toEqual([
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesVisible',
      'Errors',
      'Throttles',
    ]);
    for (const { Properties } of alarms) {
      expect(Properties['AlarmDescription']).toMatch(/Runbook: docs\/runbook\.md#[a-z-]+$/);
      expect(Properties['AlarmActions']).toEqual([{ Ref: expect.stringContaining('Alarms') }]);
    }
  });

  it('tells people when the runtime switch is set', () => {
    const watch = resourcesOf(templateOf({ switchParameter: '/other/switch' }), 'AWS::Events::Rule').find(
      ({ Properties }) => JSON.stringify(Properties).includes('aws.ssm'),
    );
    expect(watch?.Properties['EventPattern']).toEqual({
      source: ['aws.ssm'],
      'detail-type': ['Parameter Store Change'],
      detail: { name: ['/other/switch'], operation: ['Create', 'Update'] },
    });
    expect(JSON.stringify(watch?.Properties['Targets'])).toContain('/other/switch');
  });

  it('can go into any account: no bootstrap version is looked up', () => {
    expect(template.Rules).toBeUndefined();
    expect(template.Parameters).toBeUndefined();
  });
});
