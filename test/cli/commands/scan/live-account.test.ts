import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../../../infra/local/faults.ts';
import { type LocalAccount, startLocalAccount } from '../../../../infra/local/start.ts';
import { schemaProblems } from '../../../reports/schema.ts';
import { cli, GUARD } from '../../command-line.ts';

const estate = {
  prefixLists: [{ name: 'vendor', addressFamily: 'IPv4' as const, entries: ['0.0.0.0/0'] }],
  vpcs: [
    {
      name: 'shop',
      cidr: '10.20.0.0/16',
      groups: [
        ...Array.from({ length: 230 }, (_, index) => ({ name: `quiet-${index}` })),
        {
          name: 'open',
          rules: [{ direction: 'ingress' as const, protocol: 'tcp', ports: 6379, source: 'pl:vendor' }],
        },
      ],
      defaultGroup: { interfaces: [{ description: 'web' }] },
    },
  ],
};

let local: LocalAccount;

beforeAll(async () => {
  local = await startLocalAccount({ estate, region: 'eu-west-1' });
  vi.stubEnv('AWS_ENDPOINT_URL', local.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

describe('portcullis scan of a live account', () => {
  it('reads every group, with prefix lists and interfaces, and changes nothing', async () => {
    const { code, out, err } = await cli(['scan', '--region', 'eu-west-1', '--policy', GUARD, '--format', 'json']);
    const report = JSON.parse(out);
    expect([code, err, schemaProblems(report)]).toEqual([1, '', []]);
    expect(report).toMatchObject({
      groups: 232,
      findings: expect.arrayContaining([
        expect.objectContaining({
          control: 'world-open-cache',
          groupName: 'open',
          region: 'eu-west-1',
          account: '111122223333',
          rules: [expect.objectContaining({ ruleId: expect.stringMatching(/^sgr-/) })],
        }),
        expect.objectContaining({ control: 'default-group-rules', mode: 'alert' }),
        expect.objectContaining({ control: 'default-group-in-use', mode: 'alert', rules: [] }),
      ]),
    });
    expect(new Set(local.calls.map(({ operation }) => operation.replace(/^(Describe|Get|List).*/, 'read')))).toEqual(
      new Set(['read']),
    );
  });

  it('reads the groups 200 at a time, and each list that rules name', async () => {
    const before = local.calls.length;
    await cli(['scan', '--region', 'eu-west-1', '--policy', GUARD]);
    const calls = local.calls.slice(before).map(({ operation }) => operation);
    // All ids once; then for each 200 the groups, those that name them inbound, and those that do outbound.
    expect(calls.filter((one) => one === 'DescribeSecurityGroups')).toHaveLength(1 + 2 * 3);
    expect(calls.filter((one) => one === 'DescribeSecurityGroupRules')).toHaveLength(2);
    expect(calls.filter((one) => one === 'GetManagedPrefixListEntries')).toHaveLength(1);
  });

  it('names what it could not read, judges the rest, and ends with 2', async () => {
    local.faults.push({ service: 'ec2', operation: 'GetManagedPrefixListEntries', kind: 'unauthorized' });
    const { code, out, err } = await cli(['scan', '--region', 'eu-west-1', '--policy', GUARD]);
    local.faults.splice(0);
    expect(code).toBe(2);
    expect(err).toMatch(/portcullis: unread: entries of prefix list pl-/);
    expect(out).toContain('default-group-rules');
  });

  it('accepts an account without groups', async () => {
    const { code, out, err } = await cli(['scan', '--region', 'eu-north-1', '--policy', GUARD]);
    expect([code, err, out.includes('There are no security groups.')]).toEqual([0, '', true]);
  });

  describe('where calls fail', () => {
    const scan = async (fault: Omit<Fault, 'service'>) => {
      local.faults.push({ service: 'ec2', ...fault });
      try {
        const ran = await cli(['scan', '--region', 'eu-west-1', '--policy', GUARD, '--format', 'json']);
        return { ...ran, report: ran.out === '' ? undefined : JSON.parse(ran.out) };
      } finally {
        local.faults.splice(0);
      }
    };

    it('retries, and is complete if a retry succeeds', async () => {
      const { code, report } = await scan({
        operation: 'DescribeSecurityGroupRules',
        kind: 'internal-error',
        times: 6,
      });
      expect([code, report.groups, report.errors]).toEqual([1, 232, []]);
    }, 60_000);

    it('judges the rest, and names each group that it could not read', async () => {
      const { code, report, err } = await scan({
        operation: 'DescribeSecurityGroupRules',
        kind: 'internal-error',
        times: 15,
      });
      const [error = '', ...more] = report.errors;
      expect([code, report.groups, more]).toEqual([2, 182, []]);
      expect(error).toMatch(/^unread: 50 security groups \(sg-[^)]*\): DescribeSecurityGroupRules: InternalError/);
      expect(error.match(/sg-[0-9a-f]+/g)).toHaveLength(50);
      expect(err).toContain('portcullis: unread: 50 security groups');
    }, 60_000);

    it('does not retry a call without permission, and says why', async () => {
      const { code, report } = await scan({ operation: 'DescribeSecurityGroupRules', kind: 'unauthorized' });
      expect([code, report.groups, report.findings]).toEqual([2, 0, []]);
      expect(report.errors).toEqual([expect.stringMatching(/^unread: 232 security groups .*UnauthorizedOperation/)]);
    });

    it('prints one line if the groups cannot be listed', async () => {
      const { code, out, err } = await scan({ operation: 'DescribeSecurityGroups', kind: 'unauthorized' });
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^portcullis: DescribeSecurityGroups: UnauthorizedOperation: [^\n]*\n$/);
    });
  });

  it('explains missing credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    const { code, err } = await cli(['scan', '--region', 'eu-west-1', '--policy', GUARD]);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    expect([code, err]).toEqual([
      2,
      'portcullis: no AWS credentials: name a FILE to read, or give --profile NAME or credentials in the environment\n',
    ]);
  });

  it('asks for a region if none is known', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    const { code, err } = await cli(['scan', '--policy', GUARD]);
    expect([code, err]).toEqual([
      2,
      'portcullis: the region is missing: give --region REGION, set AWS_REGION, or set region in the profile\n',
    ]);
  });
});
