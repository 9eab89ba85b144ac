import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../infra/build/bundle.ts';
import { configQueries } from '../../infra/stack/config-queries.ts';
import { resourcesOf, type Template, templateOf } from '../../infra/synthesize.ts';
import { LEASE_MS } from '../../shared/adapters/aws/dynamodb/keys.ts';
import {
  CANARY,
  ENVIRONMENT,
  FUNCTIONS,
  type FunctionId,
  type Grant,
  LEDGER_TABLE,
  PERMISSIONS,
  RUNTIME_PERMISSIONS,
} from '../../shared/catalogue.ts';
import { FAMILIES } from '../../shared/controls/parts/families.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import { isCanaryRequest } from '../../shared/events/requests/internal-request.ts';

const template = templateOf();
const withKey = templateOf({
  customerKeys: true,
  email: 'oncall@example.com',
  homeRegion: 'eu-central-1',
  regions: ['us-east-1'],
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  readonly Effect: string;
}

/** Construct id of each function. The ids of its role and policy begin with it. */
const IDS: Readonly<Record<Exclude<FunctionId, 'onConfig' | 'onAlert' | 'onAction'>, string>> = {
  onChange: 'OnChange',
  onGrant: 'OnGrant',
  onSchedule: 'OnSchedule',
};

const EACH = Object.entries(IDS).map(([name, id]) => [name as keyof typeof IDS, id] as const);

/** Statements of the role of this function, or of all roles if no function is given. */
function statementsOf(of: Template, id = ''): readonly Statement[] {
  const policies = resourcesOf(of, 'AWS::IAM::Policy').filter(({ Properties }) =>
    JSON.stringify(Properties['Roles']).startsWith(`[{"Ref":"${id}`),
  );
  return policies.flatMap((policy) => {
    const document: { Statement: readonly Statement[] } = JSON.parse(
      JSON.stringify(policy.Properties['PolicyDocument']),
    );
    return document.Statement;
  });
}

function actionsOf(of: Template, id?: string): readonly string[] {
  return [...new Set(statementsOf(of, id).flatMap((statement) => statement.Action))].toSorted();
}

function grantedTo(name: FunctionId): readonly Grant[] {
  return [...RUNTIME_PERMISSIONS, ...FUNCTIONS[name].uses.flatMap((method): readonly Grant[] => PERMISSIONS[method])];
}

function resourceNamed(of: Template, type: string, id: string) {
  const found = Object.entries(of.Resources).filter(([key, { Type }]) => Type === type && key.startsWith(id));
  expect(found).toHaveLength(1);
  return found[0]![1].Properties;
}

/** Finds a function by its whole id, because ids of related resources begin with the same text. */
function functionOf(id: string, of = template) {
  return resourceNamed(of, 'AWS::Lambda::Function', id);
}

function only(type: string, of = template) {
  const found = resourcesOf(of, type);
  expect(found).toHaveLength(1);
  return found[0]!.Properties;
}

function revokedOn(of: Template) {
  return JSON.stringify(
    statementsOf(of).find((statement) => statement.Action.includes('ec2:RevokeSecurityGroupIngress'))?.Resource,
  );
}

function topicKeys(of: Template) {
  return resourcesOf(of, 'AWS::SNS::Topic').map((topic) => JSON.stringify(topic.Properties['KmsMasterKeyId']));
}

describe('the cell', () => {
  it.each(EACH)('allows only %s to send to its failure queue, which an administrator redrives', (name, id) => {
    const failed = { onChange: 'FailedChanges', onGrant: 'FailedGrants', onSchedule: 'FailedSchedules' }[name];
    const document = resourceNamed(template, 'AWS::SQS::QueuePolicy', failed)['PolicyDocument'];
    const { Statement }: { Statement: readonly Statement[] } = JSON.parse(JSON.stringify(document));
    const refusing = Statement.filter(({ Action, Effect }) => Effect === 'Deny' && Action === 'sqs:SendMessage');
    expect(refusing.map(({ Condition }) => Condition)).toEqual([
      {
        ArnNotEquals: {
          'aws:PrincipalArn': { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${id}Role`)), 'Arn'] },
        },
      },
    ]);
  });

  it('matches the golden template', async () => {
    const masked = JSON.stringify(template, null, 2).replaceAll(/[0-9a-f]{64}\.zip/g, 'ASSET.zip');
    await expect(`${masked}\n`).toMatchFileSnapshot(
      path.join(import.meta.dirname, '../golden/portcullis-stack.template.json'),
    );
  });

  it.each(EACH)('allows %s the actions of the permission table, and no others', (name, id) => {
    const expected = new Set(grantedTo(name).flatMap((grant) => grant.actions));
    expect(actionsOf(template, id)).toEqual([...expected].toSorted());
  });

  it('allows only functions that need it to call ListFunctions, whose answer contains environment variables', () => {
    const asking = EACH.filter(([name]) => FUNCTIONS[name].uses.includes('functions.list'));
    const listing = statementsOf(template).filter(({ Action }) =>
      JSON.stringify(Action).includes('lambda:ListFunctions'),
    );
    expect(listing).toHaveLength(asking.length);
  });

  it.each([template, withKey])(
    'allows only on-grant to authorize or modify rules, and on-schedule only to read EC2',
    (of) => {
      const ec2Of = (id: string) => actionsOf(of, id).filter((action) => action.startsWith('ec2:'));
      expect(ec2Of('OnChange').filter((action) => !/^ec2:(Describe|Get|Revoke)/.test(action))).toEqual([]);
      expect(ec2Of('OnSchedule')).toEqual([
        'ec2:DescribeManagedPrefixLists',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeVpcs',
        'ec2:GetManagedPrefixListEntries',
      ]);
      expect(ec2Of('OnGrant').filter((action) => !/^ec2:(Describe|Get)/.test(action))).toEqual([
        'ec2:AuthorizeSecurityGroupEgress',
        'ec2:AuthorizeSecurityGroupIngress',
        'ec2:CreateSecurityGroup',
        'ec2:CreateTags',
        'ec2:DeleteSecurityGroup',
        'ec2:ModifyNetworkInterfaceAttribute',
        'ec2:RevokeSecurityGroupEgress',
      ]);
      for (const [, id] of EACH)
        expect(actionsOf(of, id).filter((action) => action.includes(':*') || action === '*')).toEqual([]);
      for (const { Properties } of resourcesOf(of, 'AWS::IAM::Role'))
        expect(Properties['ManagedPolicyArns']).toBeUndefined();
    },
  );

  it('requires a tag on a new group, and not on its VPC, for which EC2 has no such condition', () => {
    const creating = statementsOf(template, 'OnGrant').filter(({ Action }) => Action === 'ec2:CreateSecurityGroup');
    expect(creating.map(({ Resource, Condition }) => [JSON.stringify(Resource), Condition === undefined])).toEqual([
      [expect.stringContaining(':vpc/*'), true],
      [expect.stringContaining(':security-group/*'), false],
    ]);
  });

  it('allows tagging only while creating a resource, and deleting only groups of migrations', () => {
    const tied = statementsOf(template, 'OnGrant').filter(({ Condition }) => Condition !== undefined);
    const names = ['AssociatePublicIpAddress', 'Description', 'EnablePrimaryIpv6', 'SourceDestCheck'];
    const own = ['portcullis:replaces', 'portcullis:canary'];
    expect(tied.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [
        'ec2:CreateTags',
        { StringEquals: { 'ec2:CreateAction': ['AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress'] } },
      ],
      ['ec2:CreateSecurityGroup', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': own } }],
      ['ec2:CreateTags', { StringEquals: { 'ec2:CreateAction': ['CreateSecurityGroup'] } }],
      [
        ['ec2:DeleteSecurityGroup', 'ec2:RevokeSecurityGroupEgress'],
        { Null: { 'aws:ResourceTag/portcullis:replaces': 'false' } },
      ],
      ['ec2:RevokeSecurityGroupEgress', { Null: { 'aws:ResourceTag/portcullis:canary': 'false' } }],
      ['ec2:ModifyNetworkInterfaceAttribute', { StringNotEqualsIgnoreCase: { 'ec2:Attribute': names } }],
    ]);
  });

  it('allows on-change to invoke on-grant by name, and on-grant and on-schedule to invoke on-change', () => {
    const invoked = (id: string) =>
      statementsOf(template, id).filter(({ Action }) => Action === 'lambda:InvokeFunction');
    const arnOf = (name: string) => JSON.stringify(invoked(name).map(({ Resource }) => Resource));
    expect(arnOf('OnChange')).toContain(':function:Portcullis-on-grant:requests"');
    expect(arnOf('OnGrant')).toContain(':function:Portcullis-on-change:requests"');
    expect(arnOf('OnSchedule')).toContain(':function:Portcullis-on-change:requests"');
    expect(arnOf('OnSchedule')).toContain(':function:Portcullis-on-grant:requests"');
    for (const [name, id] of EACH) expect(functionOf(id)['FunctionName']).toBe(`Portcullis-${FUNCTIONS[name].name}`);
  });

  it('allows all calls except EC2’s describe calls only on its own resources', () => {
    const everywhere = statementsOf(template).filter((statement) => statement.Resource === '*');
    expect([...new Set(everywhere.flatMap((statement) => statement.Action))].toSorted()).toEqual([
      'cloudtrail:LookupEvents',
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:DescribeManagedPrefixLists',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeRouteTables',
      'ec2:DescribeSecurityGroupReferences',
      'ec2:DescribeSecurityGroupRules',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeVpcs',
      'ec2:GetManagedPrefixListEntries',
      'iam:ListAccountAliases',
      'lambda:ListFunctions',
    ]);
  });

  it('may import findings into Security Hub only with the option', () => {
    expect(actionsOf(template)).not.toContain('securityhub:BatchImportFindings');
    expect(functionOf('OnChange')['Environment']).not.toMatchObject({ Variables: { SECURITY_HUB: expect.anything() } });
    const asked = templateOf({ securityHub: true });
    const importing = statementsOf(asked).filter(({ Action }) => Action === 'securityhub:BatchImportFindings');
    expect(importing).toHaveLength(1);
    expect(JSON.stringify(importing[0]?.Resource)).toContain(':product/');
    expect(functionOf('OnChange', asked)['Environment']).toMatchObject({ Variables: { SECURITY_HUB: 'on' } });
  });

  it('may put its events only on the default bus, or on the bus of the option', () => {
    const busOf = (of: Template) =>
      statementsOf(of, 'OnChange').flatMap(({ Action, Resource }) =>
        Action === 'events:PutEvents' ? [JSON.stringify(Resource)] : [],
      );
    expect(busOf(template)).toEqual([expect.stringContaining(':event-bus/default')]);
    const eventBusArn = 'arn:aws:events:eu-west-1:111122223333:event-bus/security';
    expect(busOf(templateOf({ eventBusArn }))).toEqual([JSON.stringify(eventBusArn)]);
    expect(functionOf('OnChange', templateOf({ eventBusArn }))['Environment']).toMatchObject({
      Variables: { EVENT_BUS: eventBusArn },
    });
  });

  it('may remove rules only in its regions', () => {
    expect(revokedOn(template).match(/AWS::Region/g)).toHaveLength(2);
    expect(revokedOn(withKey).match(/eu-central-1/g)).toHaveLength(2);
    expect(revokedOn(withKey).match(/us-east-1/g)).toHaveLength(2);
  });

  it('contains a partition only if the home region is fixed', () => {
    expect(JSON.stringify(template)).not.toMatch(/arn:aws[:-]/);
    const sovereign = JSON.stringify(templateOf({ homeRegion: 'eusc-de-east-1', config: 'rules', amazonQ: true }));
    expect(sovereign).not.toMatch(/arn:aws:|amazonaws\.com\.cn/);
  });

  it.each(EACH)('runs %s as the catalogue says', (name, id) => {
    const spec = FUNCTIONS[name];
    const { Environment, ...properties } = functionOf(id);
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: spec.timeoutSeconds,
      MemorySize: spec.memoryMb,
    });
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    const variables = spec.environment.map((setting) => ENVIRONMENT[setting]);
    expect(Object.keys(Object(Environment).Variables).toSorted()).toEqual(variables.toSorted());
  });

  it('invokes on-schedule every five minutes, every half hour for the canary, and every six hours for a sweep, once a day with the digest', () => {
    const rules = resourcesOf(template, 'AWS::Events::Rule').filter(
      ({ Properties }) => Properties['ScheduleExpression'] !== undefined,
    );
    expect(
      rules.map(({ Properties: { ScheduleExpression, Targets } }) => [
        ScheduleExpression,
        Object(Targets)[0].Input === undefined ? undefined : JSON.parse(Object(Targets)[0].Input),
      ]),
    ).toEqual([
      ['rate(5 minutes)', undefined],
      ['cron(17 0,12,18 * * ? *)', { do: 'sweep', digest: false }],
      ['cron(17 6 * * ? *)', { do: 'sweep', digest: true }],
      [`rate(${CANARY.everyMinutes} minutes)`, CANARY.request],
    ]);
    for (const { Properties } of rules) {
      expect(Properties['State']).toBe('ENABLED');
      expect(JSON.stringify(Properties['Targets'])).toContain('"OnSchedule');
    }
  });

  it('ends every invocation before its lease on a plan ends', () => {
    expect(LEASE_MS).toBeGreaterThan(FUNCTIONS.onChange.timeoutSeconds * 1000);
  });

  it('loses no event: it has retries, a queue for each rule and a queue for each function', () => {
    for (const [id, queue] of Object.entries({
      OnChangeEvents: 'FailedChanges',
      OnChangeRequests: 'FailedChanges',
      OnGrantRequests: 'FailedGrants',
      OnScheduleEvents: 'FailedSchedules',
      OnScheduleRequests: 'FailedSchedules',
    })) {
      expect(resourceNamed(template, 'AWS::Lambda::EventInvokeConfig', id)).toMatchObject({
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringContaining(queue), 'Arn'] } } },
      });
    }
    for (const rule of resourcesOf(template, 'AWS::Events::Rule')) {
      expect(rule.Properties['Targets']).toEqual([expect.objectContaining({ DeadLetterConfig: expect.anything() })]);
    }
    for (const queue of resourcesOf(template, 'AWS::SQS::Queue')) {
      expect(queue.Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
    }
  });

  it('keeps the ledger restorable and encrypted, and retains it after the stack', () => {
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

  it('deletes the resources of a failed first deployment, except the ledger, whose deletion protection would fail the rollback', () => {
    for (const of of [template, withKey]) {
      const kept = Object.values(of.Resources).filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete');
      const policies = kept.map(({ Type, DeletionPolicy }) => `${Type} ${DeletionPolicy}`);
      expect([...new Set(policies)].toSorted()).toEqual([
        'AWS::DynamoDB::Table Retain',
        ...(of === withKey ? ['AWS::KMS::Key RetainExceptOnCreate'] : []),
        'AWS::Logs::LogGroup RetainExceptOnCreate',
      ]);
    }
  });

  it('allows CloudWatch to publish only for the alarms of the stack', () => {
    const { PolicyDocument } = resourceNamed(template, 'AWS::SNS::TopicPolicy', 'AlarmsPolicy');
    const { Statement }: { Statement: readonly (Statement & { Principal: unknown })[] } = Object(PolicyDocument);
    const fromAlarms = Statement.filter(({ Principal }) => JSON.stringify(Principal).includes('cloudwatch.'));
    const alarms = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
    expect(fromAlarms.map(({ Condition }) => Condition)).toEqual([
      {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnEquals: { 'aws:SourceArn': alarms.map(([id]) => ({ 'Fn::GetAtt': [id, 'Arn'] })) },
      },
    ]);
  });

  it('denies requests to queues and topics without TLS', () => {
    for (const [type, guarded] of [
      ['AWS::SQS::QueuePolicy', 'AWS::SQS::Queue'],
      ['AWS::SNS::TopicPolicy', 'AWS::SNS::Topic'],
    ] as const) {
      const policies = resourcesOf(template, type);
      expect(policies).toHaveLength(resourcesOf(template, guarded).length);
      for (const policy of policies) {
        expect(JSON.stringify(policy.Properties)).toContain(
          '"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny"',
        );
      }
    }
  });

  it('encrypts notices always, and alarms with a customer managed key', () => {
    expect(topicKeys(template)).toEqual([expect.stringContaining('alias/aws/sns'), undefined]);
    expect(topicKeys(withKey)).toEqual([expect.stringContaining('Key'), expect.stringContaining('Key')]);
  });

  it('encrypts everything with the customer managed key if the option is set', () => {
    expect(only('AWS::DynamoDB::Table', withKey)['SSESpecification']).toMatchObject({
      SSEType: 'KMS',
      KMSMasterKeyId: expect.anything(),
    });
    for (const log of resourcesOf(withKey, 'AWS::Logs::LogGroup')) expect(log.Properties).toHaveProperty('KmsKeyId');
    for (const queue of resourcesOf(withKey, 'AWS::SQS::Queue'))
      expect(queue.Properties).toHaveProperty('KmsMasterKeyId');
    for (const [name, id] of EACH) {
      const needed = new Set(grantedTo(name).flatMap((grant) => grant.key ?? []));
      expect(actionsOf(withKey, id).filter((action) => action.startsWith('kms:'))).toEqual([...needed].toSorted());
    }
  });

  it('allows roles to use the customer managed key only through the services that need it', () => {
    const using = statementsOf(withKey).filter(({ Action }) => JSON.stringify(Action).includes('kms:'));
    const via = using.map(({ Condition }) => String(Object(Condition).StringLike['kms:ViaService']));
    expect([...new Set(via)].toSorted()).toEqual(
      ['dynamodb', 'sns', 'sqs', 'ssm'].map((service) => `${service}.eu-central-1.*`),
    );
  });

  it('sends notices and alarms by mail if the option is set', () => {
    expect(resourcesOf(withKey, 'AWS::SNS::Subscription').map(({ Properties }) => Properties['Endpoint'])).toEqual([
      'oncall@example.com',
      'oncall@example.com',
    ]);
    expect(resourcesOf(template, 'AWS::SNS::Subscription')).toEqual([]);
  });

  it('has an alarm for each kind of failure, each with a section of the runbook', () => {
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
    expect(alarms.map(({ Properties }) => Properties['MetricName'])).toEqual([
      ...Array.from({ length: 4 }, () => 'ApproximateNumberOfMessagesVisible'),
      ...EACH.flatMap(() => ['Errors', 'Throttles']),
      'Invocations',
      METRICS.groupsSwept,
      METRICS.findingsUnreported,
      METRICS.switchUnread,
      // The alarm of the canary has an expression.
      undefined,
    ]);
    const runbook = readFileSync(path.join(ROOT, 'docs/runbook.md'), 'utf8');
    for (const { Properties } of alarms) {
      expect(Properties['AlarmDescription']).toMatch(/Runbook: docs\/runbook\.md#[a-z-]+$/);
      const anchor = String(Properties['AlarmDescription']).split('#').at(-1);
      expect(runbook).toContain(`\n## ${anchor}\n`);
      expect(Properties['AlarmActions']).toEqual([{ Ref: expect.stringContaining('Alarms') }]);
    }
  });

  it('raises the alarms on silence, sweeps and the canary without data, and no other alarm', () => {
    const breaching = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => Properties['TreatMissingData'] === 'breaching',
    );
    expect(breaching.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        MetricName: 'Invocations',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        Period: 900,
      }),
      expect.objectContaining({
        MetricName: METRICS.groupsSwept,
        Statistic: 'SampleCount',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        Period: 43_200,
      }),
      expect.objectContaining({
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: CANARY.lateMs,
        EvaluationPeriods: 1,
      }),
    ]);
  });

  it('counts an hour without a removed canary as late, unless the policy skips the canary', () => {
    const { Metrics: metrics } = resourceNamed(template, 'AWS::CloudWatch::Alarm', 'CanaryLate');
    const own = (id: string, name: string) => ({
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: 'Portcullis',
          MetricName: name,
          Dimensions: [{ Name: 'service', Value: 'Portcullis' }],
        },
        Period: 120 * CANARY.everyMinutes,
        Stat: 'Maximum',
      },
      ReturnData: false,
    });
    expect(metrics).toEqual([
      expect.objectContaining({ Expression: 'IF(FILL(skipped, 0) > 0, FILL(age, 0), FILL(age, 300000))' }),
      own('age', METRICS.timeToCloseCanary),
      own('skipped', METRICS.canarySkipped),
    ]);
  });

  it('invokes on-schedule for the canary twice an hour, with a valid request', () => {
    const { ScheduleExpression, Targets } = resourceNamed(template, 'AWS::Events::Rule', 'Canary');
    expect(ScheduleExpression).toBe(`rate(${CANARY.everyMinutes} minutes)`);
    expect(Targets).toEqual([expect.objectContaining({ Input: JSON.stringify(CANARY.request) })]);
    expect(isCanaryRequest(CANARY.request)).toBe(true);
    expect(isCanaryRequest({ do: 'sweep', digest: false })).toBe(false);
    expect(() => isCanaryRequest({ do: 'canary', region: 'eu-west-1' })).toThrow(/region/);
  });

  it('shares no name with another cell of the account', () => {
    const lab = templateOf({ stack: 'Lab', config: 'rules' });
    const text = JSON.stringify(lab).replaceAll(/"(?:Description|DisplayName|AlarmDescription)":"[^"]*"/g, '');
    // All cells share the namespace of the metrics, the tag, and the source of events.
    expect(text.match(/Portcullis[-/][\w/-]*/g)).toBeNull();
    expect(text.match(/"SWITCH_PARAMETER":"[^"]*"/g)).toEqual(
      expect.arrayContaining(['"SWITCH_PARAMETER":"/portcullis/Lab/switch"']),
    );
    const dimensions = [...text.matchAll(/"Name":"service","Value":"([^"]*)"/g)].map(([, value]) => value);
    expect(new Set(dimensions)).toEqual(new Set(['Lab']));
    expect(text).toContain('service=');
    for (const lambda of resourcesOf(lab, 'AWS::Lambda::Function'))
      expect(lambda.Properties['Environment']).toMatchObject({ Variables: { CELL: 'Lab' } });
  });

  it('notifies people when somebody sets the runtime switch', () => {
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

  it('has an AWS Config rule for each family only with the option', () => {
    const withConfig = templateOf({ config: 'rules' });
    expect(resourcesOf(template, 'AWS::Config::ConfigRule')).toEqual([]);
    expect(JSON.stringify(template)).not.toContain('on-config');
    const rules = resourcesOf(withConfig, 'AWS::Config::ConfigRule');
    expect(rules.map(({ Properties }) => Properties['InputParameters'])).toEqual(
      Object.keys(FAMILIES).map((family) => ({ family })),
    );
    for (const { Properties } of rules) {
      expect(Properties['Scope']).toEqual({ ComplianceResourceTypes: ['AWS::EC2::SecurityGroup'] });
      expect(String(Properties['Description']).length).toBeLessThanOrEqual(256);
      expect(JSON.stringify(Properties['Source'])).toContain('"OnConfig');
    }
    const permission = resourcesOf(withConfig, 'AWS::Lambda::Permission').find(
      ({ Properties }) => Properties['Principal'] === 'config.amazonaws.com',
    );
    expect(permission?.Properties).toMatchObject({ SourceAccount: { Ref: 'AWS::AccountId' } });
    const expected = new Set(grantedTo('onConfig').flatMap((grant) => grant.actions));
    expect(actionsOf(withConfig, 'OnConfig')).toEqual([...expected].toSorted());
    expect(actionsOf(withConfig, 'OnConfig').filter((action) => /^ec2:(?!Describe|Get)/.test(action))).toEqual([]);
    const described = resourcesOf(withConfig, 'AWS::CloudWatch::Alarm').map(({ Properties }) =>
      String(Properties['AlarmDescription']),
    );
    expect(described.filter((text) => text.endsWith('#failed-evaluations'))).toHaveLength(1);
    expect(readFileSync(path.join(ROOT, 'docs/runbook.md'), 'utf8')).toContain('\n## failed-evaluations\n');
  });

  it('has AWS Config evaluate every group on the schedule of the option', () => {
    const rules = resourcesOf(
      templateOf({ config: 'rules', configSchedule: 'TwentyFour_Hours' }),
      'AWS::Config::ConfigRule',
    );
    expect(rules).toHaveLength(Object.keys(FAMILIES).length);
    for (const { Properties } of rules)
      expect(Properties['Source']).toMatchObject({
        SourceDetails: [
          { EventSource: 'aws.config', MessageType: 'ConfigurationItemChangeNotification' },
          { EventSource: 'aws.config', MessageType: 'OversizedConfigurationItemChangeNotification' },
          {
            EventSource: 'aws.config',
            MessageType: 'ScheduledNotification',
            MaximumExecutionFrequency: 'TwentyFour_Hours',
          },
        ],
      });
  });

  it('has only the function if a conformance pack has the AWS Config rules', () => {
    const withFunction = templateOf({ config: 'function' });
    expect(resourcesOf(withFunction, 'AWS::Config::ConfigRule')).toEqual([]);
    expect(withFunction.Outputs['ConfigFunction']).toEqual({
      Value: { 'Fn::GetAtt': [expect.stringMatching(/^OnConfig/), 'Arn'] },
    });
    const callers = resourcesOf(withFunction, 'AWS::Lambda::Permission').map(
      ({ Properties }) => Properties['Principal'],
    );
    expect(callers).toContain('config.amazonaws.com');
  });

  it('saves valid AWS Config queries where AWS Config supports them, and the docs list them', () => {
    const withConfig = templateOf({ config: 'rules' });
    const page = readFileSync(path.join(ROOT, 'docs/config.md'), 'utf8').replaceAll(/\s+/g, ' ');
    const queries = resourcesOf(withConfig, 'AWS::Config::StoredQuery');
    expect(resourcesOf(template, 'AWS::Config::StoredQuery')).toEqual([]);
    expect(queries.map(({ Properties }) => Properties['QueryName'])).toEqual(
      configQueries('Portcullis').map(({ name }) => name),
    );
    for (const { Properties, Condition } of queries) {
      expect(Properties['QueryName']).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
      expect(String(Properties['QueryDescription']).length).toBeLessThanOrEqual(256);
      expect(String(Properties['QueryExpression']).length).toBeLessThanOrEqual(4096);
      expect(String(Properties['QueryExpression'])).not.toMatch(/\b(?:ALL|AS|DISTINCT|FROM|HAVING|JOIN|UNION|NULL)\b/i);
      expect(page).toContain(`\`${String(Properties['QueryExpression'])}\``);
      expect(withConfig.Conditions?.[Condition ?? '']).toEqual({
        'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] }],
      });
    }
  });

  it('has on-config check the recorder every day', () => {
    const check = resourcesOf(templateOf({ config: 'rules' }), 'AWS::Events::Rule').find(({ Properties }) =>
      JSON.stringify(Properties['Targets']).includes('check-recorder'),
    );
    expect(check?.Properties).toMatchObject({
      ScheduleExpression: 'cron(41 6 * * ? *)',
      Targets: [
        expect.objectContaining({
          Input: '{"do":"check-recorder"}',
          Arn: { 'Fn::GetAtt': [expect.stringMatching(/^OnConfig/), 'Arn'] },
          DeadLetterConfig: expect.anything(),
        }),
      ],
    });
  });

  it('deploys into any account: it reads no bootstrap version', () => {
    expect(template.Rules).toBeUndefined();
    expect(template.Parameters).toBeUndefined();
  });

  it('reserves concurrency only for the functions of the option', () => {
    const reserving = templateOf({ reservedConcurrency: { onChange: 20 } });
    const reserved = resourcesOf(reserving, 'AWS::Lambda::Function').flatMap(({ Properties }) =>
      Properties['ReservedConcurrentExecutions'] === undefined
        ? []
        : [[Properties['FunctionName'], Properties['ReservedConcurrentExecutions']]],
    );
    expect(reserved).toEqual([['Portcullis-on-change', 20]]);
  });

  it('sets the permissions boundary of every role', () => {
    const permissionsBoundary = 'arn:aws:iam::111122223333:policy/boundary';
    const bounded = resourcesOf(
      templateOf({
        permissionsBoundary,
        alertsSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:portcullis-Ab1Cd2',
        config: 'rules',
      }),
      'AWS::IAM::Role',
    );
    expect(bounded.length).toBeGreaterThanOrEqual(6);
    for (const { Properties } of bounded) expect(Properties['PermissionsBoundary']).toBe(permissionsBoundary);
    for (const { Properties } of resourcesOf(template, 'AWS::IAM::Role'))
      expect(Properties).not.toHaveProperty('PermissionsBoundary');
  });

  it('accepts no finding of checkov without a reason', () => {
    const skipped = Object.values(template.Resources).flatMap(
      (resource): readonly { readonly id: string; readonly comment: string }[] =>
        Object(Object(resource)['Metadata'])['checkov']?.skip ?? [],
    );
    expect(skipped.length).toBeGreaterThan(10);
    for (const { id, comment } of skipped) expect(`${id}: ${comment}`).toMatch(/^CKV_AWS_\d+: .{30}/);
  });
});
