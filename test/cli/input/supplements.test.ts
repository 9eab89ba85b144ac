import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cliThen as cli, file, GUARD, group, permission } from '../command-line.ts';

const VPC = 'vpc-0ccccccccccccccc1';
const [WEB, APP, COPY, DEFAULT] = [
  'sg-0000000000000000a',
  'sg-0000000000000000b',
  'sg-0000000000000000c',
  'sg-0000000000000000d',
];

const STALE = file('stale.yaml', 'version: 1\npreset: observe\n');

function naming(...ids: readonly string[]) {
  return {
    IpProtocol: 'tcp',
    FromPort: 9000,
    ToPort: 9000,
    UserIdGroupPairs: ids.map((GroupId) => ({ GroupId, UserId: '111122223333' })),
  };
}

const standard = group([], { GroupId: DEFAULT, GroupName: 'default' });
const web = group([permission('tcp', 443, '0.0.0.0/0')], { GroupId: WEB, GroupName: 'web' });
const app = group([naming(WEB)], { GroupId: APP, GroupName: 'app' });
const copy = group([naming(WEB)], { GroupId: COPY, GroupName: 'copy' });
const broken = group([naming('sg-0ffffffffffffffff')], { GroupId: APP, GroupName: 'app' });

interface Found {
  readonly control: string;
  readonly groupName: string;
  readonly severity: string;
}

async function scan(input: unknown) {
  const ran = await cli(['scan', '-', '--policy', STALE], JSON.stringify(input));
  const json = await cli(['scan', '-', '--policy', STALE, '--format', 'json'], JSON.stringify(input));
  const findings: readonly Found[] = JSON.parse(json.out).findings;
  const by = (control: string) => findings.filter((one) => one.control === control).map((one) => one.groupName);
  return { ...ran, findings, by };
}

function noteOf(out: string) {
  return /Note: not judged.*/.exec(out)?.[0] ?? '';
}

describe('facts from files', () => {
  it('treat a referenced group as deleted if the input has the whole VPC', async () => {
    expect((await scan([standard, web, broken])).by('stale-reference')).toEqual(['app']);
  });

  it('conclude nothing from a selection of groups, and say what is missing', async () => {
    const { by, out } = await scan([broken]);
    expect(by('stale-reference')).toEqual([]);
    expect(noteOf(out)).toContain('stale-reference (every group of the VPC, its default group too)');
  });

  it('find twins in the whole VPC only', async () => {
    expect((await scan([standard, web, app, copy])).by('duplicate-group')).toEqual(expect.arrayContaining(['app']));
    expect((await scan([web, app, copy])).by('duplicate-group')).toEqual([]);
  });

  it('find unused groups from interfaces and references, never without interfaces', async () => {
    expect((await scan([standard, web, app])).by('unused-group')).toEqual([]);
    const nics = { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Groups: [{ GroupId: COPY }] }] };
    const { by, out } = await scan([standard, web, app, copy, nics]);
    expect(by('unused-group')).toEqual(['app']);
    expect(out).toContain('Note: launch templates, functions and peered VPCs also reference groups');
    const templates = {
      LaunchTemplateVersions: [{ LaunchTemplateId: 'lt-1', LaunchTemplateData: { SecurityGroupIds: [APP] } }],
    };
    expect((await scan([standard, web, app, copy, nics, templates])).by('unused-group')).toEqual([]);
  });

  it('do not call a group unused that a function or a peered VPC references', async () => {
    const nics = { NetworkInterfaces: [] };
    const functions = {
      Functions: [{ FunctionName: 'resize', VpcConfig: { SecurityGroupIds: [APP] } }, { FunctionName: 'outside' }],
      NextMarker: 'more',
    };
    const beyond = { SecurityGroupReferenceSet: [{ GroupId: COPY, ReferencingVpcId: 'vpc-9' }, {}] };
    expect((await scan([standard, app, copy, nics])).by('unused-group')).toEqual(['app', 'copy']);
    expect((await scan([standard, app, copy, nics, functions])).by('unused-group')).toEqual(['copy']);
    expect((await scan([standard, app, copy, nics, functions, beyond])).by('unused-group')).toEqual([]);
  });

  it('let wide-source recognise private ranges without the CIDR blocks of the VPC, with a note', async () => {
    const sources = ['10.0.0.0/8', '10.1.0.0/20'];
    const groups = sources.map((source, index) =>
      group([permission('tcp', 22, source)], { GroupId: `sg-000000000000000e${index}`, GroupName: source }),
    );
    const vpcs = { Vpcs: [{ VpcId: VPC, CidrBlock: '10.1.0.0/20' }] };
    const note = /Note: wide-source compared sources with private ranges only, .* \(Vpcs\)\./;
    const unknown = await scan(groups);
    expect([unknown.by('wide-source'), noteOf(unknown.out).includes('wide-source')]).toEqual([['10.0.0.0/8'], false]);
    expect(unknown.out).toMatch(note);
    const known = await scan([...groups, vpcs]);
    expect(known.by('wide-source').toSorted()).toEqual(sources);
    expect(known.out).not.toMatch(note);
  });

  it('name the controls that did not run and the missing data, without a change of the exit code', async () => {
    const { code, out } = await scan([standard, web]);
    expect(noteOf(out)).toMatch(/unused-group \(NetworkInterfaces\)/);
    expect(code).toBeLessThan(2);
    const whole = { NetworkInterfaces: [], RouteTables: [], Vpcs: [{ VpcId: VPC, CidrBlock: '10.0.0.0/16' }] };
    expect(noteOf((await scan([standard, web, whole])).out)).toBe('');
  });

  it('count the groups if a control did not run on some of them', async () => {
    const elsewhere = group([], { GroupId: 'sg-0eeeeeeeeeeeeeeee', GroupName: 'else', VpcId: 'vpc-2' });
    expect(noteOf((await scan([standard, web, elsewhere])).out)).toContain('duplicate-group in 1 of 3 groups');
  });

  it('decide the severity by interfaces and route tables', async () => {
    const ssh = group([permission('tcp', 22, '0.0.0.0/0')], { GroupId: WEB, GroupName: 'web' });
    const nic = { NetworkInterfaceId: 'eni-1', VpcId: VPC, SubnetId: 'subnet-1', Groups: [{ GroupId: WEB }] };
    const reached = { ...nic, Association: { PublicIp: '203.0.113.7' } };
    const RouteTables = [{ VpcId: VPC, Routes: [{ GatewayId: 'igw-1' }], Associations: [{ Main: true }] }];
    const severity = async (beside: object) =>
      (await scan([ssh, beside])).findings.find(({ control }) => control === 'world-open-admin')?.severity;
    expect(await severity({ PrefixLists: [] })).toBe('high');
    expect(await severity({ NetworkInterfaces: [] })).toBe('medium');
    expect(await severity({ NetworkInterfaces: [nic] })).toBe('high');
    expect(await severity({ NetworkInterfaces: [reached] })).toBe('high');
    expect(await severity({ NetworkInterfaces: [reached], RouteTables })).toBe('critical');
  });
});

function lines(...values: readonly unknown[]) {
  return `${values.map((value) => JSON.stringify(value)).join('\n')}\n`;
}

async function report(...files: readonly string[]) {
  const ran = await cli(['scan', ...files, '--policy', GUARD, '--format', 'json']);
  return { ...ran, report: JSON.parse(ran.out) };
}

const PAGES = [
  { SecurityGroups: [standard, web] },
  { SecurityGroups: [broken, copy] },
  { Vpcs: [{ VpcId: VPC, CidrBlock: '10.0.0.0/16' }] },
];

describe('a file of JSON lines', () => {
  it('gives the same report as the same values in one array', async () => {
    const one = await report(file('array.json', PAGES));
    const streamed = await report(file('pages.jsonl', lines(...PAGES)));
    expect(streamed).toEqual(one);
    expect(streamed.report).toMatchObject({ groups: 4, errors: [] });
    expect(await report(file('pages.jsonl.gz', gzipSync(lines(...PAGES))))).toEqual(one);
  });

  it('uses prefix lists of a later line', async () => {
    const redis = { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, PrefixListIds: [{ PrefixListId: 'pl-1' }] };
    const later = { PrefixLists: [{ PrefixListId: 'pl-1', Entries: [{ Cidr: '0.0.0.0/0' }] }] };
    const ran = await report(file('later.jsonl', lines(group([redis]), later)));
    expect(ran.report.findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ control: 'world-open-cache' })]),
    );
    expect(ran.report.errors).toEqual([]);
  });

  it('merges the descriptions of one group from several lines', async () => {
    const rule = {
      SecurityGroupRuleId: 'sgr-1',
      GroupId: WEB,
      IsEgress: false,
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      CidrIpv4: '0.0.0.0/0',
    };
    const ran = await report(file('both.jsonl', lines({ SecurityGroups: [web] }, { SecurityGroupRules: [rule] })));
    expect(ran.report).toMatchObject({ groups: 1, rules: 1 });
  });

  it('is read together with other files', async () => {
    const ran = await report(file('some.jsonl', lines(standard, web)), file('more.json', { SecurityGroups: [copy] }));
    expect(ran.report).toMatchObject({ groups: 3 });
  });

  it('names the line of what it cannot read', async () => {
    const bad = group([permission('tcp', 22, '10.0.0.0/33')], { GroupId: APP });
    const place = file('bad.jsonl', lines(web, bad));
    const { code, report: judged } = await report(place);
    expect(code).toBe(2);
    expect(judged.errors).toEqual([
      expect.stringContaining(`${place}:2: IpPermissions[0].IpRanges[0].CidrIp: "10.0.0.0/33"`),
    ]);
  });

  it('prints one error for a line that is not JSON', async () => {
    const place = file('cut.jsonl', `${lines(web, app)}{"GroupId": `);
    const { code, out, err } = await cli(['scan', place, '--policy', GUARD]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${place}:3: not JSON`);
  });
});
