import { DescribeSecurityGroupReferencesCommand, type IpPermission, type SecurityGroup } from '@aws-sdk/client-ec2';
import type { Reference } from '../../../../domain/control.ts';
import { CallFailed, FactUnread } from '../../../../domain/errors.ts';
import { type ReferrersByGroup, readVpcReference, referrersByGroup } from '../../../../events/describe/references.ts';
import { call, chunks } from '../../call.ts';
import { describeGroups, type Ec2 } from '../describe.ts';
import type { AccountWide } from './account-wide.ts';
import { type FactsFor, orUnread } from './facts.ts';

function idsNamedBy(permissions: readonly IpPermission[] = []): readonly string[] {
  return permissions.flatMap(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []));
}

const FILTERS = ['ip-permission.group-id', 'egress.ip-permission.group-id'] as const;

/**
 * Groups whose rules name one of the ids, by that id. A group's rules about itself do not count. Throws
 * CallFailed.
 */
async function namingGroups(ec2: Ec2, ids: readonly string[]): Promise<ReferrersByGroup> {
  const answers = FILTERS.map(async (name) => describeGroups(ec2, { name, values: ids }));
  const groups: readonly SecurityGroup[] = (await Promise.all(answers)).flat();
  const found = new Map<string, Set<string>>(ids.map((id) => [id, new Set()]));
  for (const { GroupId = '', IpPermissions, IpPermissionsEgress } of groups) {
    for (const id of [...idsNamedBy(IpPermissions), ...idsNamedBy(IpPermissionsEgress)])
      if (id !== GroupId) found.get(id)?.add(GroupId);
  }
  return found;
}

const FUNCTIONS = 'the functions of the region';

async function readFunctions({ functions }: AccountWide): Promise<ReferrersByGroup | FactUnread> {
  return functions === undefined
    ? new FactUnread(FUNCTIONS, 'this role may not list functions')
    : orUnread(FUNCTIONS, functions());
}

/** The ids of the resources that name a group, or why they are unknown. */
type Namers = (id: string) => Iterable<string> | FactUnread;

const NONE: ReadonlySet<string> = new Set();

function namersIn(read: ReferrersByGroup | FactUnread, absent: Namers = () => NONE): Namers {
  return (id) => (read instanceof FactUnread ? read : (read.get(id) ?? absent(id)));
}

const unknownToEc2: Namers = (id) =>
  new FactUnread(`VPCs that name ${id}`, 'DescribeSecurityGroupReferences does not know the group');

/** Reads everything that may name the groups, in parallel. Throws nothing. */
async function readNamers(
  ec2: Ec2,
  ids: readonly string[],
  wide: AccountWide,
): Promise<Readonly<Record<Reference['kind'], Namers>>> {
  const named = ids.join(', ');
  const [groups, vpcs, templates, functions] = await Promise.all([
    orUnread(`groups that name ${named}`, namingGroups(ec2, ids)),
    orUnread(`VPCs that name ${named}`, describeVpcReferences(ec2, ids)),
    orUnread('the launch templates of the region', wide.templates()),
    readFunctions(wide),
  ]);
  return {
    group: namersIn(groups),
    vpc: namersIn(vpcs, unknownToEc2),
    'launch-template': namersIn(templates),
    function: namersIn(functions),
  };
}

const KINDS = ['group', 'vpc', 'launch-template', 'function'] as const satisfies readonly Reference['kind'][];

/**
 * Reads what else names each group: rules of other groups in this account and others, launch templates, and
 * functions. If one of them is unread, all are: the unread one may name a group that seems unused.
 */
export async function readReferences(ec2: Ec2, ids: readonly string[], wide: AccountWide): Promise<FactsFor> {
  const namers = await readNamers(ec2, ids, wide);
  return ({ id }) => {
    const referencedBy: Reference[] = [];
    for (const kind of KINDS) {
      const found = namers[kind](id);
      if (found instanceof FactUnread) return found;
      for (const one of found) referencedBy.push({ kind, id: one });
    }
    return { referencedBy };
  };
}

/**
 * Groups of one call, as many as a sweep reads at once. The API documents no limit and returns the answer in
 * one piece.
 */
const MOST_GROUPS = 200;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const UNKNOWN_GROUP: ReadonlySet<string> = new Set(['InvalidGroup.NotFound', 'InvalidSecurityGroupID.NotFound']);

/**
 * The VPCs that name each group. The call takes ids and no filter, so one deleted group makes it fail for
 * all. Then each half is requested separately: 15 more calls for one deleted group among 200. A group that
 * EC2 does not know is absent.
 */
async function referencesTo(ec2: Ec2, ids: readonly string[]): Promise<ReferrersByGroup> {
  try {
    const command = new DescribeSecurityGroupReferencesCommand({ GroupId: [...ids] });
    const answer = await call('DescribeSecurityGroupReferences', ec2.send(command));
    const named = (answer.SecurityGroupReferenceSet ?? []).flatMap((one) => readVpcReference(one) ?? []);
    return new Map([...ids.map((id) => [id, new Set<string>()] as const), ...referrersByGroup(named)]);
  } catch (error) {
    if (!(error instanceof CallFailed && UNKNOWN_GROUP.has(error.code))) throw error;
    return ids.length === 1 ? new Map() : inParts(ec2, chunks(ids, Math.ceil(ids.length / 2)));
  }
}

async function inParts(ec2: Ec2, parts: readonly (readonly string[])[]): Promise<ReferrersByGroup> {
  const read = await Promise.all(parts.map(async (part) => referencesTo(ec2, part)));
  return new Map(read.flatMap((found) => [...found]));
}

/**
 * Which VPCs on the other side of a peering connection or a transit gateway name each group. They may belong
 * to any account, and are always in this region, because a rule cannot name a group of another region. A
 * group that EC2 does not know is absent: it was deleted, or another account shares it. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
 */
export async function describeVpcReferences(ec2: Ec2, ids: readonly string[]): Promise<ReferrersByGroup> {
  return inParts(ec2, chunks(ids, MOST_GROUPS));
}
