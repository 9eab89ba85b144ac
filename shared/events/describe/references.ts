import { asFields, field, listField, textField, textsField } from '../json.ts';

/** A resource that refers to groups: its id, and the ids of the groups. */
export interface GroupReferrer {
  readonly id: string;
  readonly groupIds: readonly string[];
}

/** Ids of the resources that refer to a group, by the id of the group. */
export type ReferrersByGroup = ReadonlyMap<string, ReadonlySet<string>>;

/** Maps each group to the resources that refer to it. */
export function referrersByGroup(all: readonly GroupReferrer[]): ReferrersByGroup {
  const found = new Map<string, Set<string>>();
  for (const { id, groupIds } of all)
    for (const groupId of groupIds) found.set(groupId, (found.get(groupId) ?? new Set()).add(id));
  return found;
}

/**
 * Reads an element of DescribeSecurityGroupReferences: the referring VPC and the group. Undefined if either
 * is missing.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupReference.html
 */
export function readVpcReference(value: unknown): GroupReferrer | undefined {
  const fields = asFields(value) ?? {};
  const [id, groupId] = [textField(fields, 'referencingVpcId'), textField(fields, 'groupId')];
  return id === undefined || groupId === undefined ? undefined : { id, groupIds: [groupId] };
}

/**
 * Reads an element of DescribeLaunchTemplateVersions: the template and the groups of its instances and
 * interfaces. Undefined if it has no id. Groups that only have a name are left out: AWS accepts names only
 * for a default VPC.
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
 * Reads an element of ListFunctions: the function's name and the groups of its VPC configuration. Undefined
 * if it has no name.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 */
export function readFunction(value: unknown): GroupReferrer | undefined {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'functionName');
  if (fields === undefined || id === undefined) return undefined;
  return { id, groupIds: textsField(asFields(field(fields, 'vpcConfig')) ?? {}, 'securityGroupIds') };
}
