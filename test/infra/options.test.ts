import { describe, expect, it } from 'vitest';
import { configQueries } from '../../infra/config-queries.ts';
import { readOptions } from '../../infra/options/read.ts';
import { OPTIONS } from '../../infra/options/registry.ts';
import { FUNCTIONS, type FunctionId, functionName } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/model/errors.ts';

/** The problems of a context, one a line. */
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
  it.each(Object.entries(OPTIONS))('accept the documented example of %s', (_, { read, example }) => {
    expect(read(example)).toHaveProperty('value');
  });

  it('are all optional, and leave the entries of the CDK alone', () => {
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
      'cdk context configSchedule: it is for the rules of AWS Config; give -c config=true as well',
    ]);
  });

  it.each([
    ['blanks around names, and repetitions', ' eu-west-1 , us-east-1,us-east-1 ', ['eu-west-1', 'us-east-1']],
    ['one name', 'eu-central-1', ['eu-central-1']],
  ])('read regions with %s', (_, regions, expected) => {
    expect(readOptions({ regions }, 'eu-west-1')).toEqual({ homeRegion: 'eu-west-1', regions: expected });
  });

  it.each(['us-east-9', 'eu-west-1,', 'eu-west-1;us-east-1', 'EU-WEST-1', 'aws-global', 'evil.example'])(
    'refuse the regions %s',
    (regions) => {
      expect(problemsOf({ regions }, 'eu-west-1')).toEqual([
        expect.stringMatching(/^cdk context regions: expected regions that the AWS SDK knows, found "/),
      ]);
    },
  );

  it('take the home region from the option rather than from the credentials, and need one for regions', () => {
    const regions = 'us-east-1';
    expect(readOptions({ regions, homeRegion: 'eu-west-1' }, 'ap-south-1').homeRegion).toBe('eu-west-1');
    expect(problemsOf({ regions })).toEqual([
      'cdk context regions: the home region is unknown; give -c homeRegion=REGION',
    ]);
  });

  it('refuse regions of another partition, which cannot send events to the home region', () => {
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
  ])('refuse a secret’s ARN with %s', (_, alertsSecretArn) => {
    expect(problemsOf({ alertsSecretArn })).toHaveLength(1);
  });

  it('refuse a secret or a bus of another region, which the functions could not reach', () => {
    const bus = 'arn:aws:events:us-east-1:111122223333:event-bus/security';
    expect(problemsOf({ eventBusArn: bus, homeRegion: 'eu-west-1' })).toEqual([
      `cdk context eventBusArn: ${bus} is in us-east-1; the home region of the cell is eu-west-1`,
    ]);
    expect(problemsOf({ eventBusArn: bus, homeRegion: 'us-east-1' })).toEqual([]);
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
  ])('refuse %s', (_, context) => {
    expect(problemsOf(context, 'eu-west-1')).not.toEqual([]);
  });

  it('take JSON booleans of cdk.json', () => {
    expect(readOptions({ amazonQ: true, securityHub: false, config: false })).toEqual({
      amazonQ: true,
      securityHub: false,
      config: false,
    });
  });

  it('allow a stack’s name to be as long as the longest name that begins with it allows, and no longer', () => {
    const accepted = (length: number) => 'value' in OPTIONS.stack.read('a'.repeat(length));
    const most = Array.from({ length: 64 }, (_, index) => index + 1).findLast(accepted) ?? 0;
    const stack = 'a'.repeat(most);
    const names = [
      ...Object.keys(FUNCTIONS).map((id) => functionName(id as FunctionId, stack)),
      ...configQueries(stack).map(({ name }) => name),
    ];
    expect(Math.max(...names.map(({ length }) => length))).toBe(64);
  });
});
