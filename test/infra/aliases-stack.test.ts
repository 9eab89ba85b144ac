import { describe, expect, it } from 'vitest';
import { resourcesOf, templateOf } from '../../infra/synthesize.ts';
import { DOORS, type Door, FUNCTIONS, type FunctionId, functionName } from '../../shared/catalogue.ts';

const template = templateOf({
  alertsSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:portcullis/alerts-AbCdEf',
  amazonQ: true,
  config: 'rules',
});

function text(value: unknown): string {
  return JSON.stringify(value);
}

function idsOf(type: string, start = ''): readonly string[] {
  return Object.entries(template.Resources).flatMap(([id, one]) =>
    one.Type === type && id.startsWith(start) ? [id] : [],
  );
}

function propertiesOf(id: string) {
  return template.Resources[id]?.Properties ?? {};
}

/** The construct id of a function: `OnChange` for `onChange`. */
function constructOf(id: string): string {
  return `O${id.slice(1)}`;
}

const EACH = Object.entries(DOORS).flatMap(([id, doors]) =>
  Object.entries(doors).map(([door, spec]) => [id as FunctionId, door as Door, spec] as const),
);

function aliasOf(id: string, door: Door): string {
  const [found, ...more] = idsOf('AWS::Lambda::Alias').filter(
    (one) => one.startsWith(constructOf(id)) && propertiesOf(one)['Name'] === door,
  );
  expect(more).toEqual([]);
  return found ?? '';
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal?: unknown;
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function statementsIn(document: unknown): readonly Statement[] {
  return Object(document).Statement;
}

describe('the aliases in the stack', () => {
  it.each(EACH)('of %s include %s with its own retries, age and failure destination', (id, door, spec) => {
    const alias = aliasOf(id, door);
    expect(propertiesOf(alias)).toMatchObject({ FunctionVersion: '$LATEST', Description: `For ${spec.from}` });
    const invoked = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').filter(({ Properties }) =>
      text(Properties).includes(`"${alias}"`),
    );
    expect(invoked).toHaveLength(1);
    expect(invoked[0]?.Properties).toMatchObject({
      MaximumRetryAttempts: spec.retries,
      MaximumEventAgeInSeconds: spec.maxAgeMinutes * 60,
    });
    const destination = text(invoked[0]?.Properties['DestinationConfig'] ?? '');
    // Nothing invokes on-alert asynchronously: its queue does so, and redrive waits for the answer.
    expect(destination).toMatch(id === 'onAlert' ? /^""$/ : /"Failed(Changes|Grants|Schedules)/);
  });

  it('may be invoked by EventBridge only through the aliases for events, for each rule of this account', () => {
    const allowed = resourcesOf(template, 'AWS::Lambda::Permission').filter(
      ({ Properties }) => Properties['Principal'] === 'events.amazonaws.com',
    );
    const rules = resourcesOf(template, 'AWS::Events::Rule').filter(
      ({ Properties }) => !text(Properties['EventPattern'] ?? '').includes('aws.ssm'),
    );
    expect(allowed).toHaveLength(rules.length);
    for (const { Properties } of allowed) {
      expect(Properties).toMatchObject({
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: { 'Fn::GetAtt': [expect.any(String), 'Arn'] },
      });
      // AWS Config cannot invoke an alias, so on-config has none.
      expect(text(Properties['FunctionName'])).toMatch(/"Ref":"On(Change|Schedule)Events|"OnConfig/);
    }
    for (const { Properties } of rules)
      expect(text(Object(Properties['Targets'])[0].Arn)).toMatch(/"Ref":"On(Change|Schedule)Events|"OnConfig/);
  });

  it('include the alias for events of on-alert, which the queue invokes', () => {
    const [feed] = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
    expect(feed?.Properties['FunctionName']).toEqual({ Ref: aliasOf('onAlert', 'events') });
  });

  it('for requests are the only ones that roles of the cell may invoke', () => {
    const invoking = resourcesOf(template, 'AWS::IAM::Policy').flatMap(({ Properties }) =>
      statementsIn(Properties['PolicyDocument']).filter(({ Action }) => text(Action).includes('lambda:Invoke')),
    );
    expect(invoking.length).toBeGreaterThan(4);
    const own = functionName('onAction');
    for (const { Resource } of invoking)
      for (const [, invoked] of text(Resource).matchAll(/:function:([^"]+)"/g))
        expect(invoked).toMatch(new RegExp(`^${own}$|:requests$`));
    const permissions = resourcesOf(template, 'AWS::Lambda::Permission').filter(({ Properties }) =>
      text(Properties['FunctionName']).includes('Events'),
    );
    for (const { Properties } of permissions) expect(Properties['Principal']).toBe('events.amazonaws.com');
  });

  it('are needed: Lambda does not retry a call without an alias', () => {
    for (const id of Object.keys(DOORS)) {
      const bare = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').find(
        ({ Properties }) =>
          Properties['Qualifier'] === '$LATEST' && text(Properties['FunctionName']).includes(`"${constructOf(id)}`),
      );
      expect(bare?.Properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    }
    expect(Object.keys(FUNCTIONS).length).toBeGreaterThan(Object.keys(DOORS).length);
  });
});

/** The condition under which the Deny statement of a policy does not apply. */
function writersOf(type: string, id: string, action: string): unknown {
  const [policy] = idsOf(type, id);
  const denied = statementsIn(propertiesOf(policy ?? '')['PolicyDocument']).filter(
    ({ Effect, Action, Condition }) =>
      Effect === 'Deny' && Action === action && Condition?.['ArnNotEquals'] !== undefined,
  );
  expect(denied).toHaveLength(1);
  expect(denied[0]?.Principal).toEqual({ AWS: '*' });
  return denied[0]?.Condition?.['ArnNotEquals'];
}

function arnOf(id: RegExp) {
  return { 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] };
}

describe('the only senders', () => {
  it.each([
    ['FailedChanges', 'OnChange'],
    ['FailedGrants', 'OnGrant'],
    ['FailedSchedules', 'OnSchedule'],
    ['FailedEvaluations', 'OnConfig'],
    ['FailedActions', 'OnAction'],
  ])('to %s is the role of %s', (queue, role) => {
    expect(writersOf('AWS::SQS::QueuePolicy', queue, 'sqs:SendMessage')).toEqual({
      'aws:PrincipalArn': arnOf(new RegExp(`^${role}Role`)),
    });
  });

  it('to the queue of undelivered events are the EventBridge rules of the stack, by ARN', () => {
    const rules = idsOf('AWS::Events::Rule');
    const named = Object(writersOf('AWS::SQS::QueuePolicy', 'UndeliveredEvents', 'sqs:SendMessage'))['aws:SourceArn'];
    expect(named.map((one: { 'Fn::GetAtt': readonly string[] }) => one['Fn::GetAtt'][0]).toSorted()).toEqual(
      rules.toSorted(),
    );
  });

  it.each(['Alerts', 'UndeliveredAlerts'])('to %s is SNS for the topic of the notices', (queue) => {
    const [topic] = idsOf('AWS::SNS::Topic', 'Notices');
    expect(writersOf('AWS::SQS::QueuePolicy', queue, 'sqs:SendMessage')).toEqual({ 'aws:SourceArn': { Ref: topic } });
  });

  it.each(['Notices', 'Chat'])('to the topic %s are the publishing functions', (topic) => {
    const roles = Object(writersOf('AWS::SNS::TopicPolicy', topic, 'sns:Publish'))['aws:PrincipalArn'];
    expect(roles).toHaveLength(4);
    for (const [index, name] of ['OnChange', 'OnGrant', 'OnSchedule', 'OnConfig'].entries())
      expect(roles[index]).toEqual(arnOf(new RegExp(`^${name}Role`)));
  });

  it('are listed for every queue', () => {
    const policies = resourcesOf(template, 'AWS::SQS::QueuePolicy').filter(({ Properties }) =>
      statementsIn(Properties['PolicyDocument']).some(
        ({ Effect, Action }) => Effect === 'Deny' && Action === 'sqs:SendMessage',
      ),
    );
    expect(policies).toHaveLength(resourcesOf(template, 'AWS::SQS::Queue').length);
  });
});
