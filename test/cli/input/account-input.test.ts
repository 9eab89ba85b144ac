import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refuseDuplicateKeys } from '../../../cli/input/read-input.ts';
import { effort } from '../../effort.ts';
import { cliThen as cli, file, GUARD, group, permission } from '../command-line.ts';

const SSH = permission('tcp', 22, '0.0.0.0/0');
const PRIVATE = permission('tcp', 22, '10.0.0.0/24');
const quiet = group([PRIVATE]);

async function scan(input: unknown, ...files: readonly string[]) {
  return await cli(['scan', '-', ...files, '--policy', GUARD], JSON.stringify(input));
}

const COMMAND = 'aws ec2 describe-security-groups';

const { IpPermissions: _, ...withoutPermissions } = quiet;

function source(fields: object) {
  return group([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...fields }]);
}

describe('invalid input of scan', () => {
  it.each<[string, unknown, string]>([
    [
      'an unknown source key beside a known one',
      source({ IpRanges: [{ CidrIp: '10.0.0.0/24' }], CidrIp: '0.0.0.0/0' }),
      '"CidrIp" is not a field',
    ],
    ['an unknown source key', source({ CidrIpv4: '0.0.0.0/0' }), '"CidrIpv4" is not a field'],
    ['a misspelt list of sources', source({ IPRanges: [{ CidrIp: '0.0.0.0/0' }] }), '"IPRanges" is not a field'],
    [
      'one list in two spellings',
      source({ ipRanges: [{ CidrIp: '10.0.0.0/24' }], IpRanges: [{ CidrIp: '0.0.0.0/0' }] }),
      '"IpRanges" is not a field',
    ],
    [
      'two sources in one element',
      source({ IpRanges: [{ CidrIp: '10.0.0.0/24', CidrIpv6: '::/0' }] }),
      'IpRanges[0]: "CidrIpv6" is not a field',
    ],
    [
      'two sources in one rule',
      {
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: 'sgr-1',
            GroupId: 'sg-1',
            IsEgress: false,
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            CidrIpv4: '10.0.0.0/24',
            CidrIpv6: '::/0',
          },
        ],
      },
      'SecurityGroupRules[0]: has CidrIpv4 and CidrIpv6',
    ],
    ['a permission without a source', source({}), 'has no source'],
    ['a permission with empty lists of sources', source({ IpRanges: [], Ipv6Ranges: {} }), 'has no source'],
    [
      'a group without permissions',
      { SecurityGroups: [withoutPermissions] },
      'SecurityGroups[0].IpPermissions: missing',
    ],
    ['permissions that are null', [{ ...quiet, IpPermissions: null }], '[0].IpPermissions: missing'],
    ['permissions that are an empty object', [{ ...quiet, IpPermissions: {} }], '[0].IpPermissions: missing'],
    ['permissions in two spellings', [{ ...quiet, ipPermissions: [SSH] }], 'is also written as "IpPermissions"'],
    [
      'outbound permissions that are missing',
      [{ ...quiet, IpPermissionsEgress: undefined }],
      '[0].IpPermissionsEgress: missing',
    ],
    [
      'instances',
      { Reservations: [{ Instances: [{ InstanceId: 'i-1', SecurityGroups: [{ GroupId: 'sg-1' }] }] }] },
      'expected DescribeSecurityGroups',
    ],
    [
      'instances that a query gave',
      [{ InstanceId: 'i-1', SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'web' }] }],
      'IpPermissions: missing',
    ],
  ])('%s ends with 2 and the command that gives usable input', async (_name, input, message) => {
    const { code, out, err } = await scan(input);
    expect(code).toBe(2);
    expect(out).not.toContain('No findings');
    expect(err).toContain(message);
    expect(err).toContain(COMMAND);
  });

  it.each<[string, unknown]>([
    ['VPCs', { Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }] }],
    ['interfaces', { NetworkInterfaces: [] }],
    ['an empty list of anything', []],
    ['an empty list of rules, which an unknown group gives, too', { SecurityGroupRules: [] }],
  ])('that holds only %s ends with 2: nothing was judged', async (_name, input) => {
    const { code, out, err } = await scan(input);
    expect(code).toBe(2);
    expect(out).toContain('Nothing was judged; 1 part could not be judged.');
    expect(err).toContain(COMMAND);
  });

  it('judges the valid part and says that it is only a part', async () => {
    const { code, out } = await scan([quiet, { ...withoutPermissions, GroupId: 'sg-2' }]);
    expect(code).toBe(2);
    expect(out).toContain(
      'Nothing was found in the 2 groups with 1 rule that could be judged; 1 part could not be judged.',
    );
  });

  it('accepts an answer of EC2 without groups as an account without groups', async () => {
    const { code, out } = await scan({ SecurityGroups: [] });
    expect([code, out.includes('There are no security groups.')]).toEqual([0, true]);
  });

  it('refuses a list with an unknown name', async () => {
    const { code, err } = await scan({ SecurityGroups: [quiet], SecurityGroup: [group([SSH])], Comment: 'weekly' });
    expect([code, err]).toEqual([2, expect.stringContaining('"SecurityGroup" is not a known field')]);
    expect(err).not.toContain('Comment');
  });
});

describe('a key that an object has twice', () => {
  const open = JSON.stringify(group([SSH]));
  const closed = JSON.stringify(quiet);

  it.each<[string, string, string]>([
    ['lists of groups', `{"SecurityGroups":[${open}],"SecurityGroups":[${closed}]}`, 'stdin: "SecurityGroups"'],
    ['lists, one of them with an escape', `{"Securit\\u0079Groups":[${open}],"SecurityGroups":[]}`, '"SecurityGroups"'],
    [
      'permissions',
      `[${closed.replace('"IpPermissions"', '"IpPermissions":[{}],\n"IpPermissions"')}]`,
      'stdin:2: "IpPermissions"',
    ],
    [
      'sources in a JSON line',
      `${closed}\n${open.replace('"CidrIp"', '"CidrIp":"10.0.0.0/24","CidrIp"')}`,
      'stdin:2: "CidrIp"',
    ],
  ])('ends with 2, because JSON.parse keeps one value: %s', async (_name, text, message) => {
    const { code, err, out } = await cli(['scan', '-', '--policy', GUARD], text);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${message} is in the same object twice`);
  });

  it.each([
    `[{"a":"\\"","GroupId":1},{"a":{"a":[{"a":1},{"a":"\\\\"}]},"b":"a","c":"{\\"a\\":1"}]`,
    `{"Tags" : [{"Key":"a","Value":"\\\\\\"a\\":"}, {"Key":"a"}]}\n{"Tags":[]}`,
  ])('is not one that stands in several objects, or in a string: %s', (text) => {
    expect(() => refuseDuplicateKeys(text, 'stdin')).not.toThrow();
  });

  it('is found at any place', () => {
    const value = fc.json({ maxDepth: 4 });
    const run = fc.property(fc.array(value, { maxLength: 4 }), fc.string(), (values, key) => {
      const name = JSON.stringify(key);
      const others = values.map((one, index) => `${JSON.stringify(`${key}${index}`)}: ${one},`).join('');
      expect(() => refuseDuplicateKeys(`{${others}${name}:[${values.join(',')}]}`, 'x')).not.toThrow();
      expect(() => refuseDuplicateKeys(`[{${name}:1,${others}${name} :2}]`, 'x')).toThrow(
        'is in the same object twice',
      );
    });
    fc.assert(run, { numRuns: effort(100, 5000) });
  });
});

describe('pages', () => {
  const page = (id: string, NextToken?: string) => ({ SecurityGroups: [{ ...quiet, GroupId: id }], NextToken });

  it.each<[string, unknown, number]>([
    ['a first page alone', page('sg-1', 'x'), 2],
    ['pages without the last', [page('sg-1', 'x'), page('sg-2', 'y')], 2],
    ['all pages', [page('sg-1', 'x'), page('sg-2')], 0],
    ['a whole answer and another first page', [page('sg-1'), page('sg-2', 'x')], 2],
    ['a last page with a token that is empty', page('sg-1', ''), 0],
    ['a first page of interfaces', [page('sg-1'), { NetworkInterfaces: [], NextToken: 'x' }], 2],
    ['a first page of functions', [page('sg-1'), { Functions: [], NextMarker: 'x' }], 2],
  ])('%s', async (_name, input, expected) => {
    const { code, out, err } = await scan(input);
    expect(code).toBe(expected);
    expect(out.includes('No findings')).toBe(expected === 0);
    expect(err.includes('only a part was judged: give all pages')).toBe(expected === 2);
  });

  it('are followed through JSON lines and through files', async () => {
    const lines = (...pages: readonly object[]) => pages.map((one) => `${JSON.stringify(one)}\n`).join('');
    const ended = file('ended.jsonl', lines(page('sg-1', 'x'), page('sg-2')));
    const broken = file('broken.jsonl', lines(page('sg-1', 'x'), page('sg-2', 'y')));
    const last = file('last.json', page('sg-3'));
    expect((await cli(['scan', ended, '--policy', GUARD])).code).toBe(0);
    expect(await cli(['scan', broken, '--policy', GUARD])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${broken}:2: SecurityGroups continues after this page`),
    });
    expect((await cli(['scan', broken, last, '--policy', GUARD])).code).toBe(0);
  });
});

describe('answers about prefix lists', () => {
  const redis = group([
    { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, PrefixListIds: [{ PrefixListId: 'pl-0abc' }] },
  ]);
  const described = { PrefixLists: [{ PrefixListId: 'pl-0abc', State: 'create-complete', MaxEntries: 5, Version: 1 }] };
  const entries = { Entries: [{ Cidr: '0.0.0.0/1' }, { Cidr: '128.0.0.0/1', Description: 'the rest' }] };

  it('are read as the AWS CLI prints them, with the id of the list in the name of the file', async () => {
    const names = ['pl-0abc.json', 'entries of pl-0abc (2).json'];
    for (const name of names) {
      const { code, out, err } = await scan([redis, described], file(name, entries));
      expect([code, err, out.includes('world-open-cache')]).toEqual([1, '', true]);
    }
  });

  it('of several pages are merged', async () => {
    const [Entries] = [entries.Entries];
    const pages = Entries.map((one, index) => ({ Entries: [one], ...(index === 0 && { NextToken: 'x' }) }));
    const lines = pages.map((one) => `${JSON.stringify(one)}\n`).join('');
    const { code, out } = await scan([redis], file('pl-0abc.jsonl', lines));
    expect([code, out.includes('tcp 6379 (Redis) is open to 100 %')]).toEqual([1, true]);
  });

  it('without entries leave the list unknown', async () => {
    const { code, err } = await scan([redis, described]);
    expect(code).toBe(2);
    expect(err).toContain('aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-0abc > pl-0abc.json');
    expect((await scan([quiet, described])).code).toBe(0);
  });

  it('without the id of a list are an error', async () => {
    for (const name of ['entries.json', 'pl-1-and-pl-2.json']) {
      const { code, err } = await scan([redis], file(name, entries));
      expect(code).toBe(2);
      expect(err).toContain('the answer lacks the id of its prefix list; name the file after the list');
    }
  });
});

/** A place in a JSON value: the object or list that holds it, and its key there. */
interface Place {
  readonly holder: object;
  readonly key: string;
}

function placesIn(value: unknown): readonly Place[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, child]) => [{ holder: value, key }, ...placesIn(child)])
    : [];
}

/** Fields without which the rule is all the same, or reaches further. */
const HARMLESS = new Set([
  'GroupId',
  'GroupName',
  'VpcId',
  'OwnerId',
  'FromPort',
  'ToPort',
  'Description',
  'Tags',
  'Ipv6Ranges',
]);

const MUTATIONS: Readonly<Record<string, (place: Place) => void>> = {
  drop: ({ holder, key }) => void Reflect.deleteProperty(holder, key),
  null: ({ holder, key }) => void Reflect.set(holder, key, null),
  'empty list': ({ holder, key }) => void Reflect.set(holder, key, []),
  'empty object': ({ holder, key }) => void Reflect.set(holder, key, {}),
  'other case': (place) => rename(place, place.key.toUpperCase()),
  'another name': (place) => rename(place, `${place.key}s`),
  wrapped: ({ holder, key }) => void Reflect.set(holder, key, { [key]: Reflect.get(holder, key) }),
};

function rename({ holder, key }: Place, name: string): void {
  Reflect.set(holder, name, Reflect.get(holder, key));
  Reflect.deleteProperty(holder, key);
}

/** Inputs that hold one open rule each, in each form that scan reads. */
function openInputs(): readonly unknown[] {
  const rule = {
    SecurityGroupRuleId: 'sgr-1',
    GroupId: 'sg-1',
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIpv4: '0.0.0.0/0',
  };
  const list = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: 'pl-1' }] };
  return structuredClone([
    { SecurityGroups: [group([SSH])] },
    [{ SecurityGroups: [group([SSH]), { ...quiet, GroupId: 'sg-2' }] }],
    [group([SSH])],
    group([SSH]),
    { SecurityGroupRules: [rule] },
    [rule],
    [SSH],
    { SecurityGroups: [group([list])], PrefixLists: [{ PrefixListId: 'pl-1', Entries: [{ Cidr: '0.0.0.0/0' }] }] },
    {
      securityGroups: [
        {
          groupId: 'sg-1',
          groupName: 'web',
          ipPermissions: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }] }],
          ipPermissionsEgress: [],
        },
      ],
    },
  ]);
}

/**
 * Lists that may be empty: an account without groups, a group without rules, a prefix list without entries.
 */
const MAY_BE_EMPTY = new Set(['securitygroups', 'ippermissions', 'entries']);

/**
 * Whether a mutation is of an element of a list: who takes a whole rule away leaves nothing behind that
 * tells.
 */
function isElement({ holder }: Place): boolean {
  return Array.isArray(holder);
}

function isHarmless({ key }: Place): boolean {
  return HARMLESS.has(key.charAt(0).toUpperCase() + key.slice(1));
}

describe('an input with an open rule', () => {
  it('never ends as clean if a key on the path to the rule is dropped, renamed or emptied', async () => {
    const inputs = openInputs().map((_input, index) => index);
    const property = fc.asyncProperty(
      fc.constantFrom(...inputs),
      fc.nat(),
      fc.constantFrom(...Object.keys(MUTATIONS)),
      async (index, at, mutation) => {
        const held = { input: openInputs()[index] };
        const places = placesIn(held.input).filter((place) => !isElement(place) && !isHarmless(place));
        const place = places[at % places.length];
        if (place === undefined) throw new Error('the input has no key');
        fc.pre(mutation !== 'empty list' || !MAY_BE_EMPTY.has(place.key.toLowerCase()));
        MUTATIONS[mutation]?.(place);
        const { code, out } = await scan(held.input);
        expect(code).not.toBe(0);
        expect(out).not.toContain('No findings');
      },
    );
    await expect(fc.assert(property, { numRuns: effort(400, 3000) })).resolves.toBeUndefined();
  });

  it('has a finding without such a change', async () => {
    for (const input of openInputs()) expect((await scan(input)).code).toBe(1);
  });
});
