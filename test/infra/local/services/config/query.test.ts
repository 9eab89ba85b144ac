import {
  ConfigServiceClient,
  PutConfigRuleCommand,
  PutConfigurationRecorderCommand,
  PutEvaluationsCommand,
  type RecordingGroup,
  SelectResourceConfigCommand,
  StartConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../../infra/local/start.ts';
import { configQueries } from '../../../../../infra/stack/config-queries.ts';
import { clientConfig } from '../../local-client.ts';

const QUERIES = new Map(configQueries('Portcullis').map(({ name, expression }) => [name, expression]));

let local: LocalAccount;
let config: ConfigServiceClient;

function ingress(source: string, ports = 443) {
  return { direction: 'ingress', protocol: 'tcp', ports, source } as const;
}

beforeAll(async () => {
  const tokens: string[] = [];
  const estate = {
    vpcs: [
      {
        name: 'shop',
        cidr: '10.20.0.0/16',
        groups: [
          { name: 'web', rules: [ingress('0.0.0.0/0')], interfaces: [{ description: 'web' }] },
          { name: 'halves', rules: [ingress('0.0.0.0/1'), ingress('128.0.0.0/1')] },
          { name: 'six', rules: [ingress('::/0')] },
          { name: 'office', rules: [ingress('203.0.113.128/25', 22)], tags: { owner: 'ann' } },
          { name: 'inside', rules: [ingress('10.0.0.0/8')] },
        ],
      },
    ],
  };
  local = await startLocalAccount({ estate, region: 'us-east-1' });
  config = new ConfigServiceClient(clientConfig(local));
  const judge = async (event: unknown) => void tokens.push(Object(event).resultToken);
  local.functions.deploy({ name: 'judge', target: judge, timeoutMs: 1000 });
  await record();
  const Source = {
    Owner: 'CUSTOM_LAMBDA' as const,
    SourceIdentifier: 'arn:aws:lambda:us-east-1:111122223333:function:judge',
    SourceDetails: [{ EventSource: 'aws.config' as const, MessageType: 'ScheduledNotification' as const }],
  };
  await config.send(new PutConfigRuleCommand({ ConfigRule: { ConfigRuleName: 'Portcullis-world', Source } }));
  await local.background.drain();
  await tell(tokens[0] ?? '', { web: 'NON_COMPLIANT', office: 'COMPLIANT', inside: 'COMPLIANT' });
});
afterAll(() => local.close());

async function record(recordingGroup: RecordingGroup = {}, client = config) {
  const ConfigurationRecorder = { name: 'default', recordingGroup };
  await client.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));
  await client.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
}

function idOf(name: string) {
  return [...local.account.region('us-east-1').groups.values()].find((group) => group.name === name)?.id ?? '';
}

async function tell(ResultToken: string, verdicts: Readonly<Record<string, 'COMPLIANT' | 'NON_COMPLIANT'>>) {
  return config.send(
    new PutEvaluationsCommand({
      ResultToken,
      Evaluations: Object.entries(verdicts).map(([name, ComplianceType]) => ({
        ComplianceResourceType: 'AWS::EC2::SecurityGroup',
        ComplianceResourceId: idOf(name),
        ComplianceType,
        OrderingTimestamp: new Date(1_000_000),
      })),
    }),
  );
}

async function select(Expression: string, more: { Limit?: number; NextToken?: string } = {}) {
  const { Results = [], ...rest } = await config.send(new SelectResourceConfigCommand({ Expression, ...more }));
  const rows = Results.map((row): Readonly<Record<string, unknown>> => JSON.parse(row));
  return { ...rest, rows };
}

async function names(expression: string) {
  return (await select(expression)).rows.map((row) => row['resourceName']);
}

const OF_GROUPS = "SELECT resourceName WHERE resourceType = 'AWS::EC2::SecurityGroup'";

describe('the saved queries', () => {
  const run = async (name: string) => (await select(QUERIES.get(`Portcullis-${name}`) ?? '')).rows;

  it('find noncompliant groups, with the result of each rule', async () => {
    expect(await run('not-compliant')).toEqual([
      {
        configuration: {
          targetResourceId: idOf('web'),
          configRuleList: [{ configRuleName: 'Portcullis-world', complianceType: 'NON_COMPLIANT' }],
        },
      },
    ]);
  });

  it('count compliance types', async () => {
    expect(await run('verdicts')).toEqual([
      { 'COUNT(*)': 1, configuration: { complianceType: 'NON_COMPLIANT' } },
      { 'COUNT(*)': 2, configuration: { complianceType: 'COMPLIANT' } },
    ]);
  });

  it('find groups that are open to the world, also by two halves, but not offices', async () => {
    const found = await run('world-open');
    expect(new Set(found.map((row) => row['resourceName']))).toEqual(new Set(['halves', 'six', 'web']));
    expect(found[0]).toHaveProperty('configuration.ipPermissions.0.ipRanges');
  });

  it('find default groups with rules', async () => {
    const found = await run('default-groups');
    expect(found.map((row) => row['resourceId'])).toEqual([idOf('default')]);
    expect(found[0]?.['configuration']).toHaveProperty('vpcId');
  });

  it('find unused groups', async () => {
    expect((await run('unattached')).map((row) => row['resourceName'])).toEqual([
      'default',
      'halves',
      'inside',
      'office',
      'six',
    ]);
  });
});

describe('the query language', () => {
  it('compares ranges by their addresses, each family separately', async () => {
    const ranges = `${OF_GROUPS} AND configuration.ipPermissions.ipRanges`;
    expect(
      await names(`${ranges} = '203.0.113.200' AND NOT configuration.ipPermissions.ipRanges < '203.0.113.128'`),
    ).toEqual(['office']);
    expect(await names(`${ranges} BETWEEN '10.1.0.0' AND '10.2.0.0' ORDER BY resourceName`)).toEqual([
      'halves',
      'inside',
      'web',
    ]);
    expect(await names(`${OF_GROUPS} AND configuration.ipPermissions.ipv6Ranges.cidrIpv6 > '2001:db8::1'`)).toEqual([
      'six',
    ]);
  });

  it.each([
    ['a number', "configuration.ipPermissions.fromPort < 100 AND configuration.groupName = 'office'", ['office']],
    ['a range of numbers', 'configuration.ipPermissions.toPort BETWEEN 20 AND 25', ['office']],
    ['some texts', "resourceName IN ('six', 'inside') ORDER BY resourceName DESC", ['six', 'inside']],
    ['a beginning', "resourceName LIKE 'off%'", ['office']],
    ['one letter more', "resourceName LIKE 'insid_'", ['inside']],
    ['a tag', "tags.tag = 'owner=ann'", ['office']],
    ['OR behind AND', "resourceName = 'six' AND NOT resourceName = 'six' OR resourceName = 'web'", ['web']],
    ['keywords in small', "(resourceName = 'six' or resourceName = 'six')", ['six']],
  ])('selects by %s', async (_what, condition, expected) => {
    expect(await names(`${OF_GROUPS} AND ${condition}`)).toEqual(expected);
  });

  it('answers in pages', async () => {
    const all = `${OF_GROUPS} ORDER BY resourceName`;
    const first = await select(all, { Limit: 4 });
    const rest = await select(all, { Limit: 4, NextToken: first.NextToken ?? '' });
    expect([first.rows.length, rest.rows.length, rest.NextToken]).toEqual([4, 2, undefined]);
    expect(first.QueryInfo).toEqual({ SelectFields: [{ Name: 'resourceName' }] });
  });

  it('returns 25 rows a page by default', async () => {
    const groups = Array.from({ length: 30 }, (_, index) => ({ name: `group-${index}` }));
    const estate = { vpcs: [{ name: 'many', cidr: '10.20.0.0/16', groups }] };
    const account = await startLocalAccount({ estate, region: 'us-east-1' });
    const client = new ConfigServiceClient(clientConfig(account));
    await record({}, client);
    const { Results, NextToken } = await client.send(new SelectResourceConfigCommand({ Expression: OF_GROUPS }));
    expect([Results?.length, typeof NextToken]).toEqual([25, 'string']);
    await account.close();
  });

  it.each([
    'SELECT resourceId FROM groups',
    'SELECT * WHERE resourceId = 1',
    'SELECT DISTINCT resourceId',
    "SELECT resourceId AS id WHERE resourceType = 'x'",
    'SELECT AVG(configuration.ipPermissions.fromPort)',
    'SELECT resourceId WHERE tags.value = NULL',
    'SELECT resourceId WHERE nothing.such = 1',
    "SELECT resourceId WHERE resourceName LIKE '%web'",
    "SELECT resourceId WHERE resourceName LIKE 'we%'",
    "SELECT resourceId WHERE resourceName < 'web'",
    "SELECT resourceId WHERE configuration.ipPermissions.ipRanges = '0.0.0.0/0'",
    "SELECT resourceId WHERE configuration.ipPermissions.ipRanges LIKE '0.0%'",
    'SELECT resourceId, COUNT(*)',
    'SELECT resourceId GROUP BY resourceId',
    'SELECT resourceId WHERE resourceName = ;',
    "SELECT resourceId WHERE (resourceName = 'a'",
  ])('refuses %s', async (expression) => {
    await expect(select(expression)).rejects.toMatchObject({ name: 'InvalidExpressionException' });
  });

  it('selects recorded resource types only', async () => {
    await record({ resourceTypes: ['AWS::EC2::SecurityGroup'] });
    expect((await select(QUERIES.get('Portcullis-verdicts') ?? '')).rows).toEqual([]);
    expect(await names(OF_GROUPS)).toHaveLength(6);
    await record({ resourceTypes: ['AWS::EC2::VPC'] });
    expect(await names(OF_GROUPS)).toEqual([]);
    await record();
  });
});
