import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Rule } from '../../shared/domain/group.ts';
import type { DemoAccount } from './account.ts';

/** A scene: one change that an actor makes. */
export interface Scene {
  readonly title: string;
  /** Why its rules stay, if the reason is not in the rules themselves. */
  readonly leave?: string;
  /** Makes the change and returns the rules that it added. */
  readonly play: (account: DemoAccount) => Promise<readonly Rule[]>;
}

function tcp(from: number, cidrs: readonly string[], to = from): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: from,
    ToPort: to,
    IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
  };
}

const WORLD = '0.0.0.0/0';

/** Modifies a harmless rule so that it opens a port. The rule keeps its id. */
async function harmlessThenModified(account: DemoAccount): Promise<readonly Rule[]> {
  const [rule] = await account.authorize('mallory', 'shop-bastion', tcp(8443, ['198.51.100.7/32']));
  if (rule === undefined) throw new Error('demonstration: EC2 answered an authorize without its rule');
  return await account.modify('mallory', rule, { IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, CidrIpv4: WORLD });
}

async function throughPrefixList(account: DemoAccount): Promise<readonly Rule[]> {
  const PrefixListId = await account.prefixListId('vendor-access');
  const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId }] };
  return await account.authorize('alice', 'shop-bastion', permission);
}

/** Restores the first removed rule. */
async function restored(account: DemoAccount): Promise<readonly Rule[]> {
  const list = await account.ask('alice', { do: 'list', what: 'remediations', most: 20 });
  const first = list.kind === 'remediations' ? list.lines.at(-1) : undefined;
  const result = await account.ask('alice', {
    do: 'restore',
    id: first?.id ?? '',
    dryRun: false,
    exempt: { days: 30, owner: 'web@example.com', ticket: 'OPS-1' },
    by: { name: 'alice@example.com', through: 'command-line' },
    reason: 'a vendor works on it until the end of the month',
  });
  if (result.kind !== 'restored') throw new Error(`demonstration: not restored: ${JSON.stringify(result)}`);
  return result.followUp.granted;
}

/** The scenes: a day in the account of a web shop. */
export const SCENES: readonly Scene[] = [
  {
    title: 'alice opens SSH to the world, and to a private network in the same call',
    play: async (account) => await account.authorize('alice', 'shop-web', tcp(22, [WORLD, '10.0.0.0/8'])),
  },
  {
    title: 'a Terraform run opens PostgreSQL to the world',
    play: async (account) => await account.authorize('terraform', 'shop-postgres', tcp(5432, [WORLD])),
  },
  {
    title: 'a CloudFormation stack opens Redis to all of IPv6',
    play: async (account) => await account.authorize('stack', 'shop-redis', tcp(6379, ['::/0'])),
  },
  {
    title: 'HTTPS is opened to the world',
    play: async (account) => await account.authorize('terraform', 'shop-web', tcp(443, [WORLD])),
  },
  {
    title: "PostgreSQL is opened to the shop's own network",
    play: async (account) => await account.authorize('terraform', 'shop-postgres', tcp(5432, ['10.20.0.0/16'])),
  },
  {
    title: 'build-bot opens MySQL to the world in two halves',
    play: async (account) => await account.authorize('mallory', 'shop-app', tcp(3306, ['0.0.0.0/1', '128.0.0.0/1'])),
  },
  {
    title: 'build-bot opens every protocol',
    play: async (account) =>
      await account.authorize('mallory', 'shop-app', { IpProtocol: '-1', IpRanges: [{ CidrIp: WORLD }] }),
  },
  {
    title: 'build-bot opens a range that happens to cover the Kubernetes API',
    play: async (account) => await account.authorize('mallory', 'shop-app', tcp(6400, [WORLD], 6500)),
  },
  { title: 'alice opens SSH to a prefix list with an entry of 0.0.0.0/0 in it', play: throughPrefixList },
  { title: 'build-bot adds a harmless rule, then turns it into RDP from the world', play: harmlessThenModified },
  {
    title: 'a harmless rule is added beside a database port that has been open for years',
    play: async (account) => await account.authorize('alice', 'reporting-warehouse', tcp(5439, ['198.51.100.7/32'])),
  },
  {
    title: 'a new VPC comes with a default group that lets its members do everything',
    play: async (account) => await account.createVpc('terraform', '10.40.0.0/16'),
  },
  {
    title: 'alice needs the first rule back: portcullis restore ID --exempt-days 30 --owner … --ticket … --reason …',
    leave: 'exempt for 30 days; then it counts as new, and is closed again',
    play: restored,
  },
];
