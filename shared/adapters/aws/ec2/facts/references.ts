import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Reference } from '../../../../domain/controls/facts.ts';
import { FactUnread } from '../../../../domain/errors.ts';
import type { NamesByGroup } from '../../../../events/cloudtrail/names-by-group.ts';
import { describeGroups, type Ec2 } from '../describe.ts';
import type { AccountWide } from './account-wide.ts';
import { orUnread, type Telling } from './telling.ts';
import { describeVpcReferences } from './vpc-references.ts';

const idsNamedBy = (permissions: readonly IpPermission[] = []): readonly string[] =>
  permissions.flatMap(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []));

const FILTERS = ['ip-permission.group-id', 'egress.ip-permission.group-id'] as const;

/** Groups whose rules name one of the ids, by the id that they name; a group's rules about itself do not count. Throws CallFailed. */
async function namingGroups(ec2: Ec2, ids: readonly string[]): Promise<NamesByGroup> {
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

const readFunctions = async ({ functions }: AccountWide): Promise<NamesByGroup | FactUnread> =>
  functions === undefined
    ? new FactUnread(FUNCTIONS, 'whoever looks here lists no functions')
    : orUnread(FUNCTIONS, functions());

/** Ids of what names a group, or why that is not known. */
type Namers = (id: string) => Iterable<string> | FactUnread;

const NONE: ReadonlySet<string> = new Set();

const namersIn =
  (read: NamesByGroup | FactUnread, absent: Namers = () => NONE): Namers =>
  (id) =>
    read instanceof FactUnread ? read : (read.get(id) ?? absent(id));

const unknownToEc2: Namers = (id) =>
  new FactUnread(`VPCs that name ${id}`, 'DescribeSecurityGroupReferences does not know the group');

/** Everything that may name the groups, read side by side. Throws nothing. */
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
 * Tells each group what else names it: rules of other groups, of this account and beyond, launch templates, and functions. Where one of
 * these is not known, none is told: what seems unused may be what that one names.
 */
export async function tellReferences(ec2: Ec2, ids: readonly string[], wide: AccountWide): Promise<Telling> {
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
