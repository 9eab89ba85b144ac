import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { inject } from 'vitest';
import { bundleDirectory } from '../../infra/build/build.ts';
import { type CellOptions, LEDGER, ROLE_KEY, runCell } from '../../infra/local/cell/run-cell.ts';
import type { LocalClock } from '../../infra/local/time/clock.ts';
import { machineClock } from '../../infra/local/time/machine.ts';
import { VirtualClock } from '../../infra/local/time/virtual-clock.ts';
import type { CallRecord } from '../../infra/local/wire/service.ts';
import { CLIENT_SETTINGS, type ClientSettings } from '../../shared/adapters/aws/clients/settings.ts';
import { groupRecordsIn } from '../../shared/adapters/aws/dynamodb/group-records.ts';
import { type LedgerCell, tableOf } from '../../shared/adapters/aws/dynamodb/table.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { ruleFromSdk } from '../../shared/events/describe/group.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { seeded } from '../infra/local/local-client.ts';
import { REGION } from './requests.ts';

/** An ordinary user's key. */
const SOMEBODY = 'AKIASOMEBODY00000000';

/** What a test may choose; its cell runs in this process, in virtual time. */
export type ShopOptions = Partial<Omit<CellOptions, 'clock' | 'transport'>> & {
  readonly clock?: VirtualClock;
  /** Whether the cell recorded the groups long ago, so that their rules count as existing. Default true. */
  readonly isRecorded?: boolean;
};

/** Records all groups of the account as they are, as a first sweep would have done long ago. */
async function recordAll(ec2: EC2Client, table: LedgerCell): Promise<void> {
  const records = groupRecordsIn(tableOf(table));
  const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const byGroup = Map.groupBy(SecurityGroupRules.map(ruleFromSdk), ({ groupId }) => groupId);
  const contentsOf = (groupId: string) => (byGroup.get(groupId) ?? []).map(canonicalKey);
  await Promise.all(
    SecurityGroups.map(async ({ GroupId: groupId = '' }) =>
      records.begin({ groupId, contents: contentsOf(groupId), since: 0 }),
    ),
  );
}

/** Time that passes as it does on this machine, or only as tests let it. */
type Place<Time extends LocalClock> = { readonly clock: Time; readonly transport: 'http' | 'in-process' };

async function shopAt<Time extends LocalClock>(
  { clock, transport }: Place<Time>,
  { isRecorded = true, ...options }: Omit<ShopOptions, 'clock'>,
) {
  const cell = await runCell({
    bundle: bundleDirectory('on-change', inject('dist')),
    region: REGION,
    clock,
    transport,
    random: seeded(1),
    estate: {
      prefixLists: [{ name: 'all', addressFamily: 'IPv4', entries: ['0.0.0.0/0'] }],
      vpcs: [
        {
          name: 'shop',
          cidr: '10.20.0.0/16',
          groups: [
            {
              name: 'web',
              description: 'web',
              rules: [{ direction: 'ingress', protocol: 'tcp', ports: 443, source: '0.0.0.0/0' }],
            },
            {
              name: 'app',
              description: 'app',
              rules: [{ direction: 'ingress', protocol: 'tcp', ports: 22, source: 'sg:web' }],
            },
          ],
        },
      ],
    },
    ...options,
  });
  const settings = (accessKeyId = SOMEBODY): ClientSettings & { readonly region: string } => ({
    ...CLIENT_SETTINGS,
    ...cell.local.clientSettings({ accessKeyId, region: REGION }),
  });
  const ec2 = new EC2Client(settings());
  /** Records the groups that the cell has not recorded yet. */
  const record = async (): Promise<void> =>
    await recordAll(ec2, { ledgerTable: LEDGER, clients: settings(ROLE_KEY), clock, random: seeded(2) });
  if (isRecorded) await record();
  const { groups, prefixLists } = cell.local.account.region(REGION);
  const groupId = (name: string) => [...groups.values()].find((group) => group.name === name)?.id ?? '';
  const rules = async (name: string): Promise<readonly SecurityGroupRule[]> =>
    (
      await ec2.send(
        new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId(name)] }] }),
      )
    ).SecurityGroupRules ?? [];
  const authorize = async (name: string, ...IpPermissions: IpPermission[]) =>
    (await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId(name), IpPermissions })))
      .SecurityGroupRules ?? [];
  return {
    ...cell,
    clock,
    ec2,
    /** For a client of somebody with this key. */
    settings,
    /** What a person signs commands with. */
    machine: { clock, environment: { AWS_ENDPOINT_URL: cell.local.endpoint } },
    groupId,
    rules,
    authorize,
    record,
    prefixListId: () => prefixLists.values().find((list) => !list.isAwsManaged)?.id ?? '',
  };
}

/** A cell over an account with two groups and a prefix list, and an ordinary user's client for it. */
export async function openShop({ clock = new VirtualClock(), ...options }: ShopOptions = {}) {
  return await shopAt({ clock, transport: 'in-process' }, options);
}

/** The same on a port of this machine, for programs that find it by `AWS_ENDPOINT_URL`. */
export async function openListeningShop(options: Omit<ShopOptions, 'clock'> = {}) {
  return await shopAt({ clock: machineClock, transport: 'http' }, options);
}

/** The policy that the bundles were built with. */
export function builtPolicy(): Policy {
  return JSON.parse(readFileSync(path.join(bundleDirectory('on-change', inject('dist')), 'policy.json'), 'utf8'));
}

/** The same under another policy. */
export async function openShopUnder(change: (policy: Policy) => Policy, options: ShopOptions = {}) {
  return await openShop({ policy: change(builtPolicy()), ...options });
}

/** tcp, one port, some CIDRs. */
export function tcp(port: number, ...cidrs: readonly string[]): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
  };
}

/** The functions' own calls to EC2: those that run side by side count as one step. */
function ec2Steps(calls: readonly CallRecord[]): readonly (readonly string[])[] {
  const steps: { names: string[]; firstEnd: number }[] = [];
  const own = calls.filter(({ service, accessKeyId }) => service === 'ec2' && accessKeyId === ROLE_KEY);
  for (const { operation, begun, ended } of own) {
    const last = steps.at(-1);
    if (last !== undefined && begun < last.firstEnd) {
      last.names.push(operation);
      last.firstEnd = Math.min(last.firstEnd, ended);
    } else steps.push({ names: [operation], firstEnd: ended });
  }
  return steps.map(({ names }) => names.toSorted());
}

/** The same until the last removal. What comes later is the look at the event of our own removal. */
export function stepsToClose(calls: readonly CallRecord[]): readonly (readonly string[])[] {
  const steps = ec2Steps(calls);
  return steps.slice(0, steps.findLastIndex((names) => names.some((name) => name.startsWith('Revoke'))) + 1);
}
