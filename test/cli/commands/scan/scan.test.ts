import { describe, expect, it } from 'vitest';
import { schemaProblems } from '../../../reports/schema.ts';
import { cliThen as cli, file, GUARD, group, permission, THEN } from '../../command-line.ts';

async function scan(input: unknown, ...more: readonly string[]) {
  return await cli(['scan', '-', '--policy', GUARD, ...more], JSON.stringify(input));
}

async function json(input: unknown, ...more: readonly string[]) {
  const ran = await scan(input, '--format', 'json', ...more);
  const report = JSON.parse(ran.out);
  expect(schemaProblems(report)).toEqual([]);
  return { ...ran, report };
}

const SSH = permission('tcp', 22, '0.0.0.0/0');
const HTTPS = permission('tcp', 443, '0.0.0.0/0', '::/0');
const REDIS_BY_LIST = { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, PrefixListIds: [{ PrefixListId: 'pl-1' }] };

describe('portcullis scan', () => {
  it('ends with 0 without findings, and counts what was read', async () => {
    expect(await scan({ SecurityGroups: [group([HTTPS])] })).toMatchObject({
      code: 0,
      out: expect.stringContaining('No findings in 1 group with 2 rules.'),
      err: '',
    });
  });

  it('ends with 1 for a finding, and names control, group and rule', async () => {
    const { code, out, err } = await scan({ SecurityGroups: [group([SSH, HTTPS])] });
    expect([code, err]).toEqual([1, '']);
    expect(out.split('\n').slice(0, 4)).toEqual([
      'shop-web  sg-0aaaaaaaaaaaaaaa1  vpc-0ccccccccccccccc1  111122223333',
      '  high      world-open-admin: tcp 22 (SSH) is open to 100 % of the internet',
      '            ingress tcp 22 from 0.0.0.0/0',
      '            mode alert: people are told, nothing is touched',
    ]);
  });

  it('prints the documented JSON', async () => {
    const { code, report } = await json([group([SSH])], '--region', 'eu-west-1');
    expect(code).toBe(1);
    expect(report).toEqual({
      findings: [
        {
          control: 'world-open-admin',
          severity: 'high',
          mode: 'alert',
          groupId: 'sg-0aaaaaaaaaaaaaaa1',
          groupName: 'shop-web',
          region: 'eu-west-1',
          account: '111122223333',
          rules: [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' }],
          ports: { tcp: [[22, 22]], udp: [] },
          because: 'tcp 22 (SSH) is open to 100 % of the internet',
          remedy: 'revoke',
        },
      ],
      groups: 1,
      rules: 1,
      errors: [],
      scan: {
        time: THEN,
        tool: { name: 'portcullis', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
        policy: { preset: 'guard', from: GUARD },
        exemptions: { read: ['policy'], applied: [] },
        notes: [expect.stringContaining('wide-source'), expect.stringContaining('not judged')],
      },
    });
  });

  it('adds up split sources, and lists both rules', async () => {
    const { report } = await json([group([permission('tcp', 5432, '0.0.0.0/1', '128.0.0.0/1')])]);
    expect(report.findings).toMatchObject([
      { control: 'world-open-database', rules: [{ source: '0.0.0.0/1' }, { source: '128.0.0.0/1' }] },
    ]);
  });

  it('merges both describe calls, in one file or in two', async () => {
    const groups = { SecurityGroups: [group([SSH])] };
    const rules = {
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: 'sgr-1',
          GroupId: 'sg-0aaaaaaaaaaaaaaa1',
          IsEgress: false,
          IpProtocol: 'tcp',
          FromPort: 22,
          ToPort: 22,
          CidrIpv4: '0.0.0.0/0',
        },
      ],
    };
    const one = await json({ ...groups, ...rules });
    const two = await cli([
      'scan',
      file('g.json', groups),
      file('r.json', rules),
      '--policy',
      GUARD,
      '--format',
      'json',
    ]);
    expect(JSON.parse(two.out)).toEqual(one.report);
    expect(one.report).toMatchObject({ rules: 1, findings: [{ groupName: 'shop-web', rules: [{ ruleId: 'sgr-1' }] }] });
  });

  it('reports the worst first in any order of the input', async () => {
    const standard = group([SSH], { GroupId: 'sg-2', GroupName: 'default' });
    const web = group([permission('tcp', 6379, '::/0')]);
    const there = await json([standard, web]);
    const back = await json([web, standard]);
    expect(there.report).toEqual(back.report);
    expect(there.report.findings.map(({ control }: { control: string }) => control)).toEqual([
      'world-open-admin',
      'world-open-cache',
      'default-group-rules',
    ]);
  });

  it('names a rule that it cannot read, judges the rest, and ends with 2', async () => {
    const { code, report, err } = await json({ SecurityGroups: [group([SSH, permission('tcp', 22, '10.0.0.0/33')])] });
    expect(code).toBe(2);
    expect(report.findings).toHaveLength(1);
    expect(report.errors).toEqual([
      'stdin: SecurityGroups[0].IpPermissions[1].IpRanges[0].CidrIp: "10.0.0.0/33" is not a CIDR block (such as 10.0.0.0/8 or 2001:db8::/32)',
    ]);
    expect(err).toBe(`portcullis: ${report.errors[0]}\n`);
  });

  it('treats a prefix list with unknown entries as an error', async () => {
    const { code, report } = await json([group([REDIS_BY_LIST])]);
    expect(code).toBe(2);
    expect(report).toMatchObject({ findings: [], errors: [expect.stringContaining('pl-1: 1 inbound rule')] });
  });

  it.each([
    ['beside the groups', (lists: object) => [{ SecurityGroups: [group([REDIS_BY_LIST])], ...lists }, []] as const],
    [
      'in a file of their own',
      (lists: object) => [[group([REDIS_BY_LIST])], ['--prefix-lists', file('pl.json', lists)]] as const,
    ],
    ['as one more element', (lists: object) => [[group([REDIS_BY_LIST]), lists], []] as const],
  ])('knows the entries of prefix lists that stand %s', async (_where, place) => {
    const [input, options] = place({ PrefixLists: [{ PrefixListId: 'pl-1', Entries: [{ Cidr: '0.0.0.0/0' }] }] });
    const { code, report } = await json(input, ...options);
    expect([code, report.errors]).toEqual([1, []]);
    expect(report.findings).toMatchObject([{ control: 'world-open-cache', rules: [{ source: 'pl-1' }] }]);
  });

  it('reads AWS-managed prefix lists as DescribePrefixLists returns them', async () => {
    const input = {
      SecurityGroups: [group([REDIS_BY_LIST])],
      PrefixLists: [{ PrefixListId: 'pl-1', Cidrs: ['10.0.0.0/24'] }],
    };
    expect(await json(input)).toMatchObject({ code: 0, report: { findings: [], errors: [] } });
  });

  it('names the entry of a prefix list that it cannot read', async () => {
    const input = {
      SecurityGroups: [],
      PrefixLists: [{ PrefixListId: 'pl-1', Entries: [{ Cidr: 'all' }] }, { PrefixList: 'pl-2' }],
    };
    const { code, report } = await json(input);
    expect(code).toBe(2);
    expect(report.errors).toEqual([
      expect.stringContaining('stdin: PrefixLists[0].Entries[0]: "all" is not a CIDR block'),
      expect.stringContaining('stdin: PrefixLists[1]: expected {"PrefixListId"'),
    ]);
  });

  it('limits a default group in use to alert, and says why', async () => {
    const input = {
      SecurityGroups: [group([permission('tcp', 8080, '10.0.0.0/8')], { GroupName: 'default' })],
      NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Groups: [{ GroupId: 'sg-0aaaaaaaaaaaaaaa1' }] }],
      Vpcs: [{ VpcId: 'vpc-0ccccccccccccccc1', CidrBlock: '10.1.0.0/16' }],
    };
    const { report } = await json(input);
    expect(report.findings).toMatchObject([
      { control: 'default-group-in-use', mode: 'alert', rules: [] },
      {
        control: 'default-group-rules',
        mode: 'alert',
        because: expect.stringContaining('held at alert: the default group is in use'),
      },
    ]);
    const { out } = await scan(input);
    expect(out).toContain('            no further, as the default group is in use');
    expect(out).not.toContain('Note:');
  });

  it('notes what the input does not state', async () => {
    const rules = {
      SecurityGroupRules: [
        { SecurityGroupRuleId: 'sgr-1', GroupId: 'sg-1', IsEgress: true, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
      ],
    };
    expect((await scan(rules)).out).toContain('Note: 1 group without a name in the input');
    const standard = group([permission('tcp', 8080, '10.0.0.0/8')], { GroupName: 'default' });
    expect((await scan([standard])).out).toContain('Note: the input does not state which groups are in use');
  });

  it('removes control characters from untrusted names', async () => {
    const { out } = await scan([group([SSH], { GroupName: '\u001b[31mred\u202e\nfake  high' })]);
    for (const sign of ['\u001b', '\u202e']) expect(out).not.toContain(sign);
    expect(out.split('\n')[0]).toContain('[31mred fake  high  sg-');
  });

  it('lists twenty rules of a finding and counts the rest', async () => {
    const many = Array.from({ length: 25 }, (_, index) =>
      permission('tcp', 5900 + (index % 7), `${20 + index}.0.0.0/8`),
    );
    const { out } = await scan([group([...many, permission('-1', -1, '0.0.0.0/0')], { GroupName: 'default' })]);
    expect(out).toContain('… and 6 more: --format json has all');
  });

  it('prints twenty errors and counts the rest', async () => {
    const { code, err } = await scan([group([{ ...SSH, IpRanges: Array.from({ length: 23 }, () => 'x') }])]);
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toHaveLength(21);
    expect(err).toContain('portcullis: … and 3 errors more: --format json has all');
  });

  it.each([
    ['--profile is for the live account', ['scan', '-', '--profile', 'x']],
    ['--prefix-lists is for files', ['scan', '--prefix-lists', 'x.json']],
    ['--format "xml": expected text or json', ['scan', '-', '--format', 'xml']],
    ['missing.json: there is no such file', ['scan', 'missing.json']],
    [`${import.meta.dirname}: is a folder`, ['scan', import.meta.dirname]],
    ['missing.yaml: there is no such file', ['scan', '-', '--policy', 'missing.yaml']],
  ])('says in one line: %s', async (message, argv) => {
    const { code, out, err } = await cli(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^portcullis: [^\n]*\n$/);
    expect(err).toContain(message);
  });
});
