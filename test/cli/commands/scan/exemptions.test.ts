import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Exemption } from '../../../../shared/domain/exemption.ts';
import { ec2Client, vpcWithGroup } from '../../../infra/local/local-client.ts';
import { schemaProblems } from '../../../reports/schema.ts';
import { cliThen, file, GUARD, group, permission, THEN } from '../../command-line.ts';
import { fakeCell } from '../../fake-cell.ts';

const [WEB, LAB] = ['sg-0aaaaaaaaaaaaaaa1', 'sg-0aaaaaaaaaaaaaaa2'];

function policy(name: string, ...exemptions: readonly string[]) {
  return file(
    `${name}.yaml`,
    `version: 1\npreset: guard\nexemptions:\n${exemptions.map((one) => `  - {${one}, reason: vendor access, owner: web@example.com}\n`).join('')}`,
  );
}

const SPAN = 'from: 2026-01-01, until: 2026-01-31';

const ssh = group([permission('tcp', 22, '0.0.0.0/0')], { GroupId: WEB });
const redis = group([permission('tcp', 6379, '0.0.0.0/0'), permission('tcp', 22, '0.0.0.0/0')], {
  GroupId: LAB,
  GroupName: 'lab-1',
});

async function scan(policyFile: string, groups: readonly unknown[]) {
  const argv = ['scan', '-', '--policy', policyFile];
  const { code, out } = await cliThen(argv, JSON.stringify(groups));
  const json = await cliThen([...argv, '--format', 'json'], JSON.stringify(groups));
  const report = JSON.parse(json.out);
  expect([schemaProblems(report), json.code]).toEqual([[], code]);
  const found: readonly string[] = report.findings.map(
    (one: { readonly control: string; readonly groupId: string }) => `${one.control} ${one.groupId}`,
  );
  return { code, out, report, found };
}

describe('exemptions of the policy in a scan', () => {
  it('leave out what they cover, and the output counts it', async () => {
    const { code, out, report, found } = await scan(policy('group', `group: ${WEB}, ${SPAN}`), [ssh]);
    expect([code, found]).toEqual([0, []]);
    expect(out).toContain(
      'Exempt: 1 finding in 1 group by exemptions.0, until 2026-02-01T00:00:00.000Z, owner web@example.com: vendor access\n',
    );
    expect(report.scan.exemptions).toEqual({
      read: ['policy'],
      applied: [
        {
          id: 'exemptions.0',
          from: 'policy',
          owner: 'web@example.com',
          reason: 'vendor access',
          until: '2026-02-01T00:00:00.000Z',
          findings: 1,
          groups: 1,
        },
      ],
    });
  });

  it('by ports and group names leave out nothing else', async () => {
    const { code, found, report } = await scan(policy('ports', `group: lab-*, ports: [22], ${SPAN}`), [ssh, redis]);
    expect([code, found.toSorted()]).toEqual([1, [`world-open-admin ${WEB}`, `world-open-cache ${LAB}`]]);
    expect(report.scan.exemptions.applied).toMatchObject([{ findings: 1, groups: 1 }]);
  });

  it('that cover one of two halves count for the finding that disappears', async () => {
    const halves = group([permission('tcp', 22, '0.0.0.0/1', '128.0.0.0/1')], { GroupId: WEB });
    const { found, report } = await scan(policy('half', `rule: tcp 22 from 128.0.0.0/1, ${SPAN}`), [halves]);
    const open = found.filter((one) => one.startsWith('world-open-admin'));
    expect(report.scan.exemptions.applied).toMatchObject([{ id: 'exemptions.0' }]);
    expect(open).toHaveLength(1);
    expect(report.findings[0].rules).toMatchObject([{ source: '0.0.0.0/1' }]);
  });

  it('that have ended or not begun are named and not applied', async () => {
    const expired = policy(
      'expired',
      `group: ${WEB}, from: 2025-11-01, until: 2025-12-31`,
      `group: ${WEB}, from: 2026-03-01, until: 2026-03-31`,
    );
    const { code, out, report } = await scan(expired, [ssh]);
    expect(code).toBe(1);
    expect(out).toContain(
      'Note: exemptions of the policy that are not in force: exemptions.0 (ended 2026-01-01T00:00:00.000Z), exemptions.1 (begins 2026-03-01T00:00:00.000Z).',
    );
    expect(report.scan).toMatchObject({
      exemptions: { applied: [] },
      notes: expect.arrayContaining([expect.stringContaining('not in force')]),
    });
  });
});

describe('exemptions in the ledger of a cell', () => {
  const cell = fakeCell();

  const inLedger = (groupId: string): Exemption => ({
    id: '0000000abc0123456789abcdef',
    scope: { groupId },
    by: { name: 'alice', through: 'command-line' },
    reason: 'lab week',
    owner: 'lab@example.com',
    ticket: 'OPS-1',
    at: Date.parse(THEN) - 1000,
    until: Date.parse(THEN) + 86_400_000,
  });

  const live = async (...more: readonly string[]) => {
    const argv = ['scan', '--region', 'eu-west-1', '--policy', GUARD, '--format', 'json', ...more];
    const { code, out, err } = await cliThen(argv);
    return { code, err, report: JSON.parse(out) };
  };

  let open = '';

  beforeAll(async () => {
    const ec2 = ec2Client(cell.local(), undefined, 'eu-west-1');
    const { groupId } = await vpcWithGroup(ec2);
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
    open = groupId;
  });

  it('are read only with --cell, and the output says so', async () => {
    const { report } = await live();
    expect(cell.asked).toEqual([]);
    expect(report.scan.exemptions.read).toEqual(['policy']);
    expect(report.findings.map(({ control }: { readonly control: string }) => control)).toContain('world-open-admin');
    expect((await cliThen(['scan', '--region', 'eu-west-1', '--policy', GUARD])).out).toContain(
      'Those in the ledger of a cell were not read (see --cell).',
    );
  });

  it("are applied where the cell lists them; those of the cell's policy are left to the policy at hand", async () => {
    const ofPolicy = { ...inLedger(open), id: 'exemptions.0', by: { name: 'x', through: 'policy' as const } };
    cell.answers({ kind: 'exemptions', exemptions: [ofPolicy, inLedger(open)] });
    const { report } = await live('--cell', 'eu-west-1');
    expect(report.findings.map(({ control }: { readonly control: string }) => control)).not.toContain(
      'world-open-admin',
    );
    expect(report.scan.exemptions).toMatchObject({
      read: ['policy', 'ledger'],
      applied: [{ id: inLedger(open).id, from: 'ledger', ticket: 'OPS-1', groups: 1 }],
    });
  });

  it('make the result partial if they cannot be read', async () => {
    const { code, err, report } = await live('--cell', 'eu-west-1', '--function', 'another');
    expect(code).toBe(2);
    expect(err).toContain(
      'portcullis: exemptions in the ledger of the cell in eu-west-1: there is no function another:requests in eu-west-1: give --function NAME, --cell REGION or --profile NAME',
    );
    expect(report.scan.exemptions.read).toEqual(['policy']);
    expect(report.findings.map(({ control }: { readonly control: string }) => control)).toContain('world-open-admin');
  });

  it.each([
    ['--cell is for the live account', ['scan', '-', '--cell', 'eu-west-1']],
    ['--function names the function of a cell', ['scan', '--function', 'x']],
  ])('say in one line: %s', async (message, argv) => {
    const { code, err } = await cliThen(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
