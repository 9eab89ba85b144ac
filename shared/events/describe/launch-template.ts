import type { NamesGroups } from '../cloudtrail/names-by-group.ts';
import { asFields, field, listField, textField, textsField } from '../fields.ts';

/**
 * Reads a version as DescribeLaunchTemplateVersions gives it: its template, and the groups that instances get from it. Those stand in
 * the template or in its interfaces. Undefined for what has no id. Groups that are named by their name alone are not told: such a template is for the default VPC of old.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateVersion.html
 */
export const readTemplate = (value: unknown): NamesGroups | undefined => {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'launchTemplateId');
  if (fields === undefined || id === undefined) return undefined;
  const data = asFields(field(fields, 'launchTemplateData')) ?? {};
  const ofInterfaces = listField(data, 'networkInterfaces').flatMap((one) => textsField(asFields(one) ?? {}, 'groups'));
  return { id, groupIds: [...new Set([...textsField(data, 'securityGroupIds'), ...ofInterfaces])] };
};
