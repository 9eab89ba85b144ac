import { describe, expect, it } from 'vitest';
import { configQueries } from '../../infra/stack/config-queries.ts';
import { forwarderTemplate } from '../../infra/stack/forwarder/template.ts';
import { readOptions } from '../../infra/stack/options/read.ts';
import { OPTIONS } from '../../infra/stack/options/registry.ts';
import { resourcesOf } from '../../infra/synthesize.ts';
import { FUNCTIONS, type FunctionId, functionName } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';

/** The problems of a context, one on each line. */
function problemsOf(context: Readonly<Record<string, unknown>>, credentialsRegion?: string): readonly string[] {
  try {
    readOptions(context, credentialsRegion);
  } catch (error) {
    if (error instanceof InputInvalid) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('the options of the stack', () => {
  it.each(Object.entries(OPTIONS))('accept the documented example of %s', (_, { parse: read, example }) => {
    expect(read(example)).toHaveProperty('value');
  });

  it('are all optional, and ignore the entries of the CDK', () => {
    const context = {
      '@aws-cdk/aws-iam:minimizePolicies': true,
      'aws:cdk:enable-path-metadata': true,
      'availability-zones:account=111122223333:region=eu-west-1': ['eu-west-1a'],
      'cli-telemetry': false,
    };
    expect(readOptions(context, 'eu-west-1')).toEqual({});
  });

  it('report every mistake at once', () => {
    const context = {
      amazonQ: 'yes',
      securityHub: 'True',
      regoins: 'eu-west-1',
      stack: 'a'.repeat(60),
      email: 'nobody',
      eventBusArn: 'arn:aws:sns:eu-west-1:111122223333:topic',
      configSchedule: 'Six_Hours',
    };
    expect(problemsOf(context)).toEqual([
      'cdk context amazonQ: expected true or false, found "yes"',
      'cdk context securityHub: expected true or false, found "True"',
      'cdk context regoins: not an option (did you mean regions?)',
      expect.stringMatching(/^cdk context stack: expected at most \d+ characters, found 60: "a+"$/),
      'cdk context email: expected a mail address, found "nobody"',
      expect.stringMatching(/^cdk context eventBusArn: expected an ARN such as arn:aws:events:/),
      'cdk context configSchedule: it applies to AWS Config rules; add -c config=true',
    ]);
  });

  it('report no contradiction with an invalid option', () => {
    const context = {
      alertsSecretArn: 'portcullis-keys',
      buttons: 'none',
      config: 'yes',
      configSchedule: 'Six_Hours',
      reservedConcurrency: 'on-action:2',
    };
    expect(problemsOf(context, 'eu-west-1')).toEqual([
      expect.stringMatching(/^cdk context alertsSecretArn: expected an ARN/),
      'cdk context config: expected true or false or function, found "yes"',
    ]);
  });

  it.each([
    ['blanks around names, and repetitions', ' eu-west-1 , us-east-1,us-east-1 ', ['eu-west-1', 'us-east-1']],
    ['one name', 'eu-central-1', ['eu-central-1']],
  ])('accept regions with %s', (_, regions, expected) => {
    expect(readOptions({ regions }, 'eu-west-1')).toEqual({ homeRegion: 'eu-west-1', regions: expected });
  });

  it.each(['us-east-9', 'eu-west-1,', 'eu-west-1;us-east-1', 'EU-WEST-1', 'aws-global', 'evil.example'])(
    'reject the regions %s',
    (regions) => {
      expect(problemsOf({ regions }, 'eu-west-1')).toEqual([
        expect.stringMatching(/^cdk context regions: expected regions that the AWS SDK knows, found "/),
      ]);
    },
  );

  it('prefer the home region of the option to that of the credentials, and require one for regions', () => {
    const regions = 'us-east-1';
    expect(readOptions({ regions, homeRegion: 'eu-west-1' }, 'ap-south-1').homeRegion).toBe('eu-west-1');
    expect(problemsOf({ regions })).toEqual([
      'cdk context regions: the home region is unknown; add -c homeRegion=REGION',
    ]);
  });

  it('reject regions of another partition, which cannot send events to the home region', () => {
    expect(problemsOf({ regions: 'eu-west-1,cn-north-1,eusc-de-east-1', homeRegion: 'eu-west-1' })).toEqual([
      'cdk context regions: cn-north-1, eusc-de-east-1: not in the partition of the home region eu-west-1 (aws)',
    ]);
  });

  it.each([
    ['another service', 'arn:aws:sns:eu-west-1:111122223333:secret:x'],
    ['no account', 'arn:aws:secretsmanager:eu-west-1::secret:x'],
    ['an unknown region', 'arn:aws:secretsmanager:eu-west-9:111122223333:secret:x'],
    ['the wrong partition', 'arn:aws:secretsmanager:eusc-de-east-1:111122223333:secret:x'],
    ['no name', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:'],
    ['no ARN at all', 'portcullis-keys'],
  ])('reject a secret’s ARN with %s', (_, alertsSecretArn) => {
    expect(problemsOf({ alertsSecretArn })).toHaveLength(1);
  });

  it('reject a secret or a bus of another region, which the functions cannot reach', () => {
    const bus = 'arn:aws:events:us-east-1:111122223333:event-bus/security';
    expect(problemsOf({ eventBusArn: bus, homeRegion: 'eu-west-1' })).toEqual([
      `cdk context eventBusArn: ${bus} is in us-east-1; the home region of the cell is eu-west-1`,
    ]);
    expect(problemsOf({ eventBusArn: bus, homeRegion: 'us-east-1' })).toEqual([]);
    // Without a home region, the stack is deployed to the region of the credentials.
    expect(problemsOf({ eventBusArn: bus }, 'eu-west-1')).toHaveLength(1);
    expect(problemsOf({ eventBusArn: bus }, 'us-east-1')).toEqual([]);
  });

  it.each([
    ['empty text', { email: ' ' }],
    ['a list', { regions: ['eu-west-1'] }],
    ['an object', { stack: {} }],
    ['a parameter of AWS', { switchParameter: '/aws/switch' }],
    ['a parameter without a path', { switchParameter: 'switch' }],
    ['a stack that begins with a digit', { stack: '1st' }],
    ['a stack with a space', { stack: 'Port cullis' }],
    ['an inherited name', { constructor: 'x' }],
  ])('reject %s', (_, context) => {
    expect(problemsOf(context, 'eu-west-1')).not.toEqual([]);
  });

  it('accept JSON booleans of cdk.json', () => {
    expect(readOptions({ amazonQ: true, securityHub: false, config: false })).toEqual({
      amazonQ: true,
      securityHub: false,
      config: false,
    });
  });

  it('limit the length of the stack’s name by the longest name that begins with it', () => {
    const accepted = (length: number) => 'value' in OPTIONS.stack.parse('a'.repeat(length));
    const most = Array.from({ length: 64 }, (_, index) => index + 1).findLast(accepted) ?? 0;
    const stack = 'a'.repeat(most);
    const names = [
      ...Object.keys(FUNCTIONS).map((id) => functionName(id as FunctionId, stack)),
      ...configQueries(stack).map(({ name }) => name),
      ...resourcesOf(JSON.parse(JSON.stringify(forwarderTemplate(stack))), 'AWS::Events::Rule').map(({ Properties }) =>
        String(Properties['Name']),
      ),
    ];
    expect(Math.max(...names.map(({ length }) => length))).toBe(64);
  });

  const secret = { alertsSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:portcullis-Ab1Cd2' };

  it.each([
    ['https://events.pagerduty.com', 'https://events.pagerduty.com'],
    ['https://events.eu.pagerduty.com/', 'https://events.eu.pagerduty.com'],
    ['https://events.pagerduty.com/v2/enqueue', 'https://events.pagerduty.com'],
    ['https://events.eu.pagerduty.com/v2/change/enqueue', 'https://events.eu.pagerduty.com'],
    ['https://proxy.example.com:8443/pagerduty/', 'https://proxy.example.com:8443/pagerduty'],
  ])('accept PagerDuty’s address %s', (pagerDutyApi, address) => {
    expect(readOptions({ ...secret, pagerDutyApi }).pagerDutyApi).toBe(address);
  });

  it.each([
    ['http://events.pagerduty.com', 'expected an https URL'],
    ['events.pagerduty.com', 'expected an https URL'],
    ['https://', 'expected an https URL'],
    ['https://user:key@events.pagerduty.com', 'found credentials in it'],
    ['https://events.pagerduty.com?key=1', 'found a query in it'],
    ['https://api.pagerduty.com', 'api.pagerduty.com has no Events API: expected events.pagerduty.com or'],
    ['https://events.pagerduty.com/integration/0123456789abcdef/enqueue', 'the integration key belongs in the secret'],
  ])('reject PagerDuty’s address %s', (pagerDutyApi, problem) => {
    expect(problemsOf({ ...secret, pagerDutyApi })).toEqual([expect.stringMatching(/^cdk context pagerDutyApi: /)]);
    expect(problemsOf({ ...secret, pagerDutyApi })[0]).toContain(problem);
  });

  it.each([
    ['https://slack.com/api/', 'https://slack.com/api'],
    ['https://slack-gov.com/api', 'https://slack-gov.com/api'],
    ['https://proxy.example.com/slack', 'https://proxy.example.com/slack'],
  ])('accept Slack’s address %s', (slackApi, address) => {
    expect(readOptions({ ...secret, slackApi }).slackApi).toBe(address);
  });

  it.each([
    ['http://slack.com/api', 'expected an https URL'],
    ['https://slack.com', 'expected https://slack.com/api'],
    ['https://slack.com/api/chat.postMessage', 'expected https://slack.com/api'],
    ['https://hooks.slack.com/services/T0/B0/x', 'put the webhook into the secret'],
  ])('reject Slack’s address %s', (slackApi, problem) => {
    expect(problemsOf({ ...secret, slackApi })[0]).toContain(problem);
  });

  it('reject options for chat channels without chat channels', () => {
    const chat = {
      buttons: 'private',
      slackApi: 'https://slack.com/api',
      pagerDutyApi: 'https://events.pagerduty.com',
    };
    const missing = 'it applies to chat channels; add -c alertsSecretArn=ARN';
    expect(problemsOf(chat)).toEqual(Object.keys(chat).map((name) => `cdk context ${name}: ${missing}`));
    expect(problemsOf({ ...chat, ...secret })).toEqual([]);
  });

  it('accept reserved concurrency by the names of functions', () => {
    const given = readOptions({ reservedConcurrency: ' on-change:20, on-grant:1' }).reservedConcurrency;
    expect(given).toEqual({ onChange: 20, onGrant: 1 });
  });

  it.each([
    ['on-chnge:5', 'found "on-chnge:5" (did you mean on-change?)'],
    ['on-change', 'expected FUNCTION:NUMBER'],
    ['on-change:0', 'expected a whole number of at least 1 for on-change, found "0"'],
    ['on-change:1.5', 'found "1.5"'],
    ['on-change:5,on-change:6', 'on-change is listed twice'],
    ['on-alert:1', 'expected a whole number of at least 2 for on-alert'],
    ['on-config:2', 'the cell has no on-config; add -c config=true'],
    ['on-action:2', 'the cell has no on-action; add -c alertsSecretArn=ARN'],
  ])('reject the reserved concurrency %s', (reservedConcurrency, problem) => {
    expect(problemsOf({ reservedConcurrency })).toEqual([expect.stringContaining(problem)]);
  });

  it('report every invalid entry of reserved concurrency', () => {
    const [problem = '', ...more] = problemsOf({ reservedConcurrency: 'on-chnge:5,on-grant:0' });
    expect(more).toEqual([]);
    for (const text of ['"on-chnge:5"', 'for on-grant, found "0"']) expect(problem).toContain(text);
  });

  it('reject reserved concurrency for on-action without buttons', () => {
    expect(problemsOf({ ...secret, buttons: 'none', reservedConcurrency: 'on-action:2' })).toEqual([
      'cdk context reservedConcurrency: the cell has no on-action; add -c buttons=url',
    ]);
  });

  it.each([
    'boundary',
    'arn:aws:iam::111122223333:role/x',
    'arn:aws:iam:eu-west-1:111122223333:policy/x',
    'arn:aws:iam::1:policy/x',
  ])('reject the permissions boundary %s', (permissionsBoundary) => {
    expect(problemsOf({ permissionsBoundary })).toEqual([expect.stringContaining('the ARN of an IAM managed policy')]);
  });

  it('reject a permissions boundary of another partition', () => {
    const permissionsBoundary = 'arn:aws:iam::111122223333:policy/boundary';
    expect(problemsOf({ permissionsBoundary, homeRegion: 'cn-north-1' })).toHaveLength(1);
    expect(problemsOf({ permissionsBoundary, homeRegion: 'eu-west-1' })).toEqual([]);
  });
});
