import type { NamesGroups } from '../cloudtrail/names-by-group.ts';
import { asFields, textField } from '../fields.ts';

/**
 * Reads a reference as DescribeSecurityGroupReferences gives it: the VPC on the other side, and the group that a rule there names.
 * Undefined for what lacks one of them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupReference.html
 */
export const readVpcReference = (value: unknown): NamesGroups | undefined => {
  const fields = asFields(value) ?? {};
  const [id, groupId] = [textField(fields, 'referencingVpcId'), textField(fields, 'groupId')];
  return id === undefined || groupId === undefined ? undefined : { id, groupIds: [groupId] };
};
