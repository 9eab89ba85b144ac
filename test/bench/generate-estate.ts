import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';

/** Size of a generated account. */
export interface Size {
  readonly groups: number;
  readonly rules: number;
}

/** Groups of one VPC. */
const GROUPS_PER_VPC = 500;

/** One in this many groups is open to the world by mistake. */
const OPEN_EVERY = 50;

function hex(prefix: string, value: number): string {
  return `${prefix}-0${value.toString(16).padStart(16, '0')}`;
}

function groupId(index: number): string {
  return hex('sg', index);
}

const PORTS = [22, 80, 443, 3306, 5432, 6379, 8080, 9000, 9200, 27_017];

/**
 * The nth rule with its source: private blocks, some single addresses, some IPv6, sometimes another group of
 * the VPC.
 */
function permission(groupIndex: number, nth: number): object {
  const port = PORTS[(groupIndex + nth) % PORTS.length] ?? 443;
  const base = { IpProtocol: 'tcp', FromPort: port, ToPort: port + (nth % 3), PrefixListIds: [] };
  const none = { IpRanges: [], Ipv6Ranges: [], UserIdGroupPairs: [] };
  const first = groupIndex - (groupIndex % GROUPS_PER_VPC);
  switch (nth % 5) {
    case 0: {
      const GroupId = groupId(first + ((groupIndex + nth * 7) % GROUPS_PER_VPC));
      return { ...base, ...none, UserIdGroupPairs: [{ GroupId, UserId: '111122223333' }] };
    }
    case 1:
      return {
        ...base,
        ...none,
        Ipv6Ranges: [{ CidrIpv6: `2001:db8:${(groupIndex % 65_536).toString(16)}:${nth}::/64` }],
      };
    case 2:
      return {
        ...base,
        ...none,
        IpRanges: [{ CidrIp: `198.51.100.${(groupIndex + nth) % 256}/32`, Description: 'partner' }],
      };
    default:
      return {
        ...base,
        ...none,
        IpRanges: [{ CidrIp: `10.${groupIndex % 256}.${nth % 256}.0/24`, Description: 'internal' }],
      };
  }
}

const OPEN = {
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  Ipv6Ranges: [],
  PrefixListIds: [],
  UserIdGroupPairs: [],
};

const EGRESS = {
  IpProtocol: '-1',
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  Ipv6Ranges: [],
  PrefixListIds: [],
  UserIdGroupPairs: [],
};

/** A group as DescribeSecurityGroups returns it. The first group of each VPC is the default group. */
function group(index: number, rules: number): object {
  return {
    GroupId: groupId(index),
    GroupName: index % GROUPS_PER_VPC === 0 ? 'default' : `service-${index}`,
    Description: `made for the benchmark, ${index}`,
    VpcId: hex('vpc', Math.floor(index / GROUPS_PER_VPC)),
    OwnerId: '111122223333',
    Tags: [
      { Key: 'Name', Value: `service-${index}` },
      { Key: 'team', Value: `team-${index % 40}` },
    ],
    IpPermissions: [
      ...(index % OPEN_EVERY === 1 ? [OPEN] : []),
      ...Array.from({ length: rules - 1 - Number(index % OPEN_EVERY === 1) }, (_, nth) => permission(index, nth)),
    ],
    IpPermissionsEgress: [EGRESS],
  };
}

/** The groups of an account as lines of JSON. The same size gives the same text. */
export function* estateLines({ groups, rules }: Size): Generator<string> {
  const each = Math.max(2, Math.round(rules / groups));
  for (let index = 0; index < groups; index += 1) yield `${JSON.stringify(group(index, each))}\n`;
}

/** Writes an account as JSON lines, never more than a few groups in memory. */
export async function writeEstate(file: string, size: Size): Promise<void> {
  const out = createWriteStream(file);
  for (const line of estateLines(size)) if (!out.write(line)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

/** `node test/bench/generate-estate.ts FILE [--groups 100000] [--rules 2000000]` */
if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { groups: { type: 'string', default: '100000' }, rules: { type: 'string', default: '2000000' } },
  });
  const [file] = positionals;
  if (file === undefined) throw new TypeError('generate-estate: expected the FILE to write');
  await writeEstate(file, { groups: Number(values.groups), rules: Number(values.rules) });
}
