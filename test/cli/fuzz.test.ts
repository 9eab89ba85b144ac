import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../effort.ts';
import { schemaProblems } from '../reports/schema.ts';
import { authorized, cli, expectedCode, file, GUARD, group, permission } from './command-line.ts';

const TEXTS = [
  '__proto__',
  'constructor',
  'toString',
  '0.0.0.0/0',
  '::/0',
  '1.2.3.4/0',
  '-1',
  'tcp',
  'sg-1',
  'pl-1',
  '\u202e\u001b[2J',
  '\ud800',
  'default',
];

const KEYS = [
  'SecurityGroups SecurityGroupRules PrefixLists NetworkInterfaces Entries Cidr Cidrs GroupId GroupName',
  'IpPermissions IpPermissionsEgress IpProtocol FromPort ToPort IpRanges CidrIp PrefixListIds PrefixListId',
  'UserIdGroupPairs Tags Key Value IsEgress CidrIpv4 detail Records items eventName requestParameters',
  'responseElements userIdentity omitted __proto__ constructor length Groups SecurityGroupRuleId errorCode',
].flatMap((line) => line.split(' '));

/** JSON whose keys and texts mean something to the readers more often than not. */
const hostile: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, false, 0, -1, 22, 65_536, 1e308, ''),
    fc.constantFrom(...TEXTS),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 6 }).map((pairs) => {
      const text = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',');
      return JSON.parse(`{${text}}`) as unknown;
    }),
  ),
})).value;

/** A good input with one value somewhere in it replaced. */
function spoilt(good: unknown): fc.Arbitrary<unknown> {
  const paths: (readonly (string | number)[])[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]) => {
    paths.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) walk(child, [...path, key]);
  };
  walk(good, []);
  return fc.tuple(fc.constantFrom(...paths), hostile).map(([path, value]) => {
    const copy = { root: structuredClone(good) };
    const last = ['root', ...path].pop() ?? 'root';
    const holder = ['root', ...path].slice(0, -1).reduce<unknown>((at, key) => Reflect.get(at as object, key), copy);
    Reflect.set(holder as object, last, value);
    return copy.root;
  });
}

const GROUPS = {
  SecurityGroups: [
    group([permission('tcp', 22, '0.0.0.0/0', '::/0'), permission('-1', -1, '10.0.0.0/8')]),
    group([{ IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, PrefixListIds: [{ PrefixListId: 'pl-1' }] }], {
      GroupId: 'sg-2',
      GroupName: 'default',
      Tags: [{ Key: 'a', Value: 'b' }],
    }),
  ],
  PrefixLists: [{ PrefixListId: 'pl-1', Entries: [{ Cidr: '0.0.0.0/1' }] }],
  NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Groups: [{ GroupId: 'sg-2' }] }],
};

const EVENT = { 'detail-type': 'AWS API Call via CloudTrail', detail: authorized(22, ['0.0.0.0/0', '10.0.0.0/8']) };

const MODIFIED = authorized(22, [], {
  eventName: 'ModifySecurityGroupRules',
  requestParameters: {
    ModifySecurityGroupRulesRequest: {
      GroupId: 'sg-0aaaaaaaaaaaaaaa1',
      SecurityGroupRule: {
        SecurityGroupRuleId: 'sgr-7',
        SecurityGroupRule: { CidrIpv4: '0.0.0.0/0', FromPort: 3389, ToPort: 3389, IpProtocol: 'tcp' },
      },
    },
  },
});

/**
 * Checks the exit code, that errors name what could not be read, and that the output has no control
 * characters.
 */
async function endsWell(argv: readonly string[], stdin: string | Uint8Array) {
  const { code, out, err } = await cli([...argv, '--policy', GUARD], stdin);
  expect(err).not.toContain('fault of Portcullis');
  expect(err === '').toBe(code !== 2);
  for (const line of err.split('\n').slice(0, -1)) expect(line).toMatch(/^portcullis: \S/);
  expect(err).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  const report = argv.includes('json') && out !== '' ? JSON.parse(out) : undefined;
  const isSafe = report !== undefined || !/(?!\n)[\p{Cc}\p{Cf}]/u.test(out);
  expect([isSafe, out === '' && code !== 2]).toEqual([true, false]);
  expect(report === undefined ? [] : schemaProblems(report)).toEqual([]);
  expect(code).toBe(report === undefined ? code : expectedCode(report));
}

function asText(json: unknown): string {
  return JSON.stringify(json) ?? '';
}

const state = file('fuzz-state.json', GROUPS);

const WAYS = [
  ['scan', '-'],
  ['scan', '-', '--format', 'json'],
  ['simulate', '-'],
  ['simulate', '-', '--format', 'json', '--state', state],
];

describe.each(WAYS.map((argv) => [argv.join(' ').replace(state, 'FILE'), argv] as const))(
  'portcullis %s',
  (_name, argv) => {
    const runs = async (inputs: fc.Arbitrary<string | Uint8Array>) => {
      await fc.assert(
        fc.asyncProperty(inputs, async (stdin) => await endsWell(argv, stdin)),
        { numRuns: effort(60, 300) },
      );
    };

    it('survives any JSON', async () => {
      await expect(runs(fc.json())).resolves.toBeUndefined();
    });

    it('survives JSON with the fields that it reads', async () => {
      await expect(runs(hostile.map(asText))).resolves.toBeUndefined();
    });

    it('survives valid input with one corrupted value', async () => {
      const events = fc.oneof(spoilt(EVENT), spoilt(MODIFIED), spoilt({ Records: [EVENT, MODIFIED] }));
      const inputs = argv[0] === 'scan' ? spoilt(GROUPS) : events;
      await expect(runs(inputs.map(asText))).resolves.toBeUndefined();
    });

    it('survives any bytes', async () => {
      await expect(runs(fc.uint8Array({ maxLength: 200 }))).resolves.toBeUndefined();
    });
  },
);

describe('an untrusted state', () => {
  it('does not break a simulation', async () => {
    const property = fc.asyncProperty(fc.oneof(hostile, spoilt(GROUPS)).map(asText), async (text) => {
      const place = file('stranger.json', text);
      await endsWell(['simulate', '-', '--state', place, '--format', 'json'], asText(EVENT));
    });
    await expect(fc.assert(property, { numRuns: effort(60, 300) })).resolves.toBeUndefined();
  });
});

describe('untrusted arguments', () => {
  it('end with one of the three exit codes', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        'scan',
        'simulate',
        'explain',
        'policy',
        'controls',
        'add',
        '--reason',
        '--group',
        '--format',
        '--state',
        '-',
        '--',
        'json',
        '--policy',
        '--help',
      ),
      fc.string(),
    );
    const commands = fc.constantFrom(
      'scan',
      'simulate',
      'explain',
      'policy',
      'controls',
      'restore',
      'approve',
      'exempt',
      'break-glass',
      'help',
      '-h',
      '__proto__',
      '',
    );
    const property = fc.asyncProperty(
      commands,
      fc.array(word, { minLength: 1, maxLength: 4 }),
      async (command, words) => {
        const argv = command === 'scan' ? [command, '-', ...words] : [command, ...words];
        const { code, err } = await cli(argv, '[]');
        expect([0, 1, 2]).toContain(code);
        expect(err).not.toContain('fault of Portcullis');
      },
    );
    await expect(fc.assert(property, { numRuns: effort(100, 500) })).resolves.toBeUndefined();
  });
});
