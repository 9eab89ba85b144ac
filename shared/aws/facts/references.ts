import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { FactUnread } from '../../model/errors.ts';
import type { Reference } from '../../model/facts.ts';
import { describeGroups, type Ec2 } from '../describe.ts';
import type { TemplatesByGroup } from './launch-templates.ts';
import { orUnread, type Telling } from './telling.ts';

const idsNamedBy = (permissions: readonly IpPermission[] = []): readonly string[] =>
  permissions.flatMap(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []));

const FILTERS = ['ip-permission.group-id', 'egress.ip-permission.group-id'] as const;

/** Groups whose rules name one of the ids, by the id that they name; a group's rules about itself do not count. Throws CallFailed. */
async function namingGroups(ec2: Ec2, ids: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const answers = FILTERS.map(async (name) => describeGroups(ec2, { name, values: ids }));
  const groups: readonly SecurityGroup[] = (await Promise.all(answers)).flat();
  const found = new Map<string, Set<string>>(ids.map((id) => [id, new Set()]));
  for (const { GroupId = '', IpPermissions, IpPermissionsEgress } of groups) {
    for (const id of [...idsNamedBy(IpPermissions), ...idsNamedBy(IpPermissionsEgress)])
      if (id !== GroupId) found.get(id)?.add(GroupId);
  }
  return found;
}

const references = (kind: Reference['kind'], ids: Iterable<string> = []): readonly Reference[] =>
  Array.from(ids, (id) => ({ kind, id }));

/** Tells each group what else names it: rules of other groups, and launch templates. */
export async function tellReferences(
  ec2: Ec2,
  ids: readonly string[],
  templates: Promise<TemplatesByGroup>,
): Promise<Telling> {
  const reading = Promise.all([namingGroups(ec2, ids), templates]);
  const read = await orUnread(`references to ${ids.join(', ')}`, reading);
  if (read instanceof FactUnread) return () => read;
  const [groups, byTemplate] = read;
  return ({ id }) => ({
    referencedBy: [...references('group', groups.get(id)), ...references('launch-template', byTemplate.get(id))],
  });
}
