import { asFields, field, listField, textField, textsField } from '../json.ts';

/** Something that names groups: its id, and theirs. */
export interface GroupReferrer {
  readonly id: string;
  readonly groupIds: readonly string[];
}

/** Ids of what names a group, by the id of the group. */
export type ReferrersByGroup = ReadonlyMap<string, ReadonlySet<string>>;

/** The same the other way round: each that names a group stands once, however often it does so. */
export function referrersByGroup(all: readonly GroupReferrer[]): ReferrersByGroup {
  const found = new Map<string, Set<string>>();
  for (const { id, groupIds } of all)
    for (const groupId of groupIds) found.set(groupId, (found.get(groupId) ?? new Set()).add(id));
  return found;
}

/**
 * Reads a reference as DescribeSecurityGroupReferences gives it: the VPC on the other side, and the group that a rule there names.
 * Undefined for what lacks one of them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupReference.html
 */
export function readVpcReference(value: unknown): GroupReferrer | undefined {
  const fields = asFields(value) ?? {};
  const [id, groupId] = [textField(fields, 'referencingVpcId'), textField(fields, 'groupId')];
  return id === undefined || groupId === undefined ? undefined : { id, groupIds: [groupId] };
}

/**
 * Reads a version as DescribeLaunchTemplateVersions gives it: its template, and the groups that instances get from it. Those stand in
 * the template or in its interfaces. Undefined for what has no id. Groups that are named by their name alone are not told: such a template is for the default VPC of old.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateVersion.html
 */
export function readTemplate(value: unknown): GroupReferrer | undefined {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'launchTemplateId');
  if (fields === undefined || id === undefined) return undefined;
  const data = asFields(field(fields, 'launchTemplateData')) ?? {};
  const ofInterfaces = listField(data, 'networkInterfaces').flatMap((one) => textsField(asFields(one) ?? {}, 'groups'));
  return { id, groupIds: [...new Set([...textsField(data, 'securityGroupIds'), ...ofInterfaces])] };
}

/**
 * Reads a function, or a version of one, as ListFunctions gives it: its name, and the groups of its VPC configuration. Undefined for
 * what has no name.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 */
export function readFunction(value: unknown): GroupReferrer | undefined {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'functionName');
  if (fields === undefined || id === undefined) return undefined;
  return { id, groupIds: textsField(asFields(field(fields, 'vpcConfig')) ?? {}, 'securityGroupIds') };
}
