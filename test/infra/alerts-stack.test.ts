import { describe, expect, it } from 'vitest';
import { resourcesOf, type Template, templateOf } from '../../infra/synthesize.ts';
import { ALERT_QUEUE, FUNCTIONS } from '../../shared/catalogue.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:portcullis/alerts-AbCdEf';

const plain = templateOf();
const alerting = templateOf({ alertsSecretArn: SECRET });
const withChat = templateOf({ amazonQ: true });

function text(value: unknown): string {
  return JSON.stringify(value);
}

function named(of: Template, type: string, id: string) {
  return Object.entries(of.Resources).flatMap(([key, resource]) =>
    resource.Type === type && key.startsWith(id) ? [resource.Properties] : [],
  );
}

function alarmsOf(of: Template): readonly string[] {
  return Object.entries(of.Resources).flatMap(([key, { Type }]) => (Type === 'AWS::CloudWatch::Alarm' ? [key] : []));
}

describe('a cell with chat channels', () => {
  it('needs a secret: without it there is no queue, no URL and no function for it', () => {
    expect(text(plain)).not.toMatch(/on-alert|on-action|AWS::Lambda::Url|secretsmanager/);
  });

  it('keeps each message in a queue until it is delivered, for the number of attempts in the catalogue', () => {
    const [queue] = named(alerting, 'AWS::SQS::Queue', 'Alerts');
    expect(queue).toMatchObject({ VisibilityTimeout: 6 * FUNCTIONS.onAlert.timeoutSeconds });
    expect(queue?.['RedrivePolicy']).toMatchObject({ maxReceiveCount: ALERT_QUEUE.receives });
    const [subscription] = named(alerting, 'AWS::SNS::Subscription', 'Alerts');
    expect(subscription).toMatchObject({ Protocol: 'sqs', RawMessageDelivery: true });
    expect(text(subscription?.['RedrivePolicy'])).toContain('UndeliveredAlerts');
  });

  it('invokes on-alert with batches, which may fail partially', () => {
    const [feed] = resourcesOf(alerting, 'AWS::Lambda::EventSourceMapping');
    expect(feed?.Properties).toMatchObject({
      BatchSize: ALERT_QUEUE.batch,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  it('allows everybody to call the function URL, and only the URL, with both permissions that AWS requires', () => {
    const open = resourcesOf(alerting, 'AWS::Lambda::Permission').filter(
      ({ Properties }) => Properties['Principal'] === '*',
    );
    expect(open.map(({ Properties }) => String(Properties['Action'])).toSorted()).toEqual([
      'lambda:InvokeFunction',
      'lambda:InvokeFunctionUrl',
    ]);
    for (const { Properties } of open) {
      expect(Properties['FunctionUrlAuthType'] ?? Properties['InvokedViaFunctionUrl']).toBeTruthy();
      expect(text(Properties['FunctionName'])).toContain('OnAction');
    }
  });

  it('with private buttons has on-action without a URL, and nobody else may invoke it', () => {
    const hidden = templateOf({ alertsSecretArn: SECRET, buttons: 'private' });
    expect(resourcesOf(hidden, 'AWS::Lambda::Url')).toEqual([]);
    const invoking = resourcesOf(hidden, 'AWS::Lambda::Permission').filter(({ Properties }) =>
      text(Properties['FunctionName']).includes('OnAction'),
    );
    expect(invoking).toEqual([]);
    expect(text(hidden.Outputs['ActionFunction'])).toContain('OnAction');
    expect(hidden.Outputs).not.toHaveProperty('ButtonsUrl');
    expect(alarmsOf(hidden)).toEqual(alarmsOf(alerting));
  });

  it('without buttons has no on-action, and no other function knows of it', () => {
    const plainMessages = templateOf({ alertsSecretArn: SECRET, buttons: 'none' });
    expect(text(plainMessages)).not.toMatch(/on-action|AWS::Lambda::Url|ACTION_/);
    expect(text(named(plainMessages, 'AWS::Lambda::Function', 'OnAlert'))).toContain('ALERTS_SECRET_ARN');
    expect(text(named(alerting, 'AWS::Lambda::Function', 'OnAlert'))).toContain('ACTION_FUNCTION');
  });

  it('allows only on-alert and on-action to read the secret', () => {
    const readers = resourcesOf(alerting, 'AWS::IAM::Policy').filter(({ Properties }) =>
      text(Properties).includes(SECRET),
    );
    expect(
      readers.map(({ Properties }) => text(Properties['Roles']).replace(/^.*?"(On[A-Z][a-z]+).*$/, '$1')).toSorted(),
    ).toEqual(['OnAction', 'OnAlert']);
  });

  it('tells on-grant the role of on-action, and no role if there is no on-action', () => {
    const toldBy = (of: Template) =>
      named(of, 'AWS::Lambda::Function', 'OnGrant').map((one) => Object(one['Environment']).Variables.ACTION_ROLE_ARN);
    const role = Object.keys(alerting.Resources).find((id) => /^OnActionRole[0-9A-F]{8}$/.test(id));
    expect(toldBy(alerting)).toEqual([{ 'Fn::GetAtt': [role, 'Arn'] }]);
    expect(toldBy(plain)).toEqual([undefined]);
    expect(text(plain)).not.toContain('ACTION_ROLE_ARN');
    for (const id of ['OnChange', 'OnSchedule', 'OnAlert', 'OnAction'])
      expect(text(named(alerting, 'AWS::Lambda::Function', id))).not.toContain('ACTION_ROLE_ARN');
  });

  it('has alarms on failed, late and refused messages', () => {
    const more = alarmsOf(alerting).filter((id) => !alarmsOf(plain).includes(id));
    expect(more.map((id) => id.replace(/Alarm[0-9A-F]{8}$/, '')).toSorted()).toEqual([
      'ActionErrors',
      'ActionThrottles',
      'AlertErrors',
      'AlertThrottles',
      'FailedActions',
      'RefusedPresses',
      'UndeliveredAlerts',
      'WaitingAlerts',
    ]);
  });
});

describe('a cell with Amazon Q', () => {
  it('has a topic for Amazon Q, which the publishing functions know', () => {
    expect(named(withChat, 'AWS::SNS::Topic', 'Chat')).toHaveLength(1);
    const told = resourcesOf(withChat, 'AWS::Lambda::Function').filter(({ Properties }) =>
      text(Properties).includes('CHAT_TOPIC_ARN'),
    );
    const publishing = resourcesOf(withChat, 'AWS::Lambda::Function').filter(({ Properties }) =>
      text(Properties).includes('NOTICES_TOPIC_ARN'),
    );
    expect(told).toEqual(publishing);
    expect(told.length).toBeGreaterThan(1);
    expect(text(plain)).not.toContain('CHAT_TOPIC_ARN');
  });
});

/** Ids of the resources that a part of a template refers to. */
function namesIn(part: unknown, known: ReadonlySet<string>): readonly string[] {
  return [...JSON.stringify(part).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].flatMap(([, id = '']) =>
    known.has(id) ? [id] : [],
  );
}

/**
 * Ids of resources in a dependency cycle, which CloudFormation could not create; undefined if there is none.
 */
function circleIn({ Resources }: Template): string | undefined {
  const known = new Set(Object.keys(Resources));
  const waits = new Map(
    Object.entries(Resources).map(([id, { DependsOn, ...resource }]) => [
      id,
      [...namesIn(resource, known), ...[DependsOn ?? []].flat()],
    ]),
  );
  while (waits.size > 0) {
    const [ready] = [...waits].find(([, names]) => names.every((name) => !waits.has(name))) ?? [];
    if (ready === undefined) return [...waits.keys()].join(', ');
    waits.delete(ready);
  }
  return undefined;
}

describe('a cell with all options', () => {
  it.each([true, false])('has no dependency cycle (customer keys: %s)', (customerKeys) => {
    const all = templateOf({
      customerKeys,
      alertsSecretArn: SECRET,
      amazonQ: true,
      config: 'rules',
      securityHub: true,
      email: 'oncall@example.com',
    });
    expect(circleIn(all)).toBeUndefined();
  });

  it('would be reported with a dependency cycle', () => {
    const ring = {
      A: { Type: 'X', Properties: { b: { Ref: 'B' } } },
      B: { Type: 'X', Properties: { a: { 'Fn::GetAtt': ['A', 'Arn'] } } },
    };
    expect(circleIn({ Resources: ring, Outputs: {} })).toBe('A, B');
  });
});
