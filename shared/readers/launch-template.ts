import { asFields, asText, type Fields, field, listField, textField } from './fields.ts';

/** A launch template, and the groups that instances get from one of its versions. */
export interface TemplateRead {
  readonly id: string;
  readonly groupIds: readonly string[];
}

const texts = (fields: Fields, list: string): readonly string[] =>
  listField(fields, list).flatMap((element) => asText(element) ?? []);

/**
 * Reads a version as DescribeLaunchTemplateVersions gives it: groups stand in the template or in its interfaces. Undefined for what
 * has no id. Groups that are named by their name alone are not told: such a template is for the default VPC of old.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateVersion.html
 */
export const readTemplate = (value: unknown): TemplateRead | undefined => {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'launchTemplateId');
  if (fields === undefined || id === undefined) return undefined;
  const data = asFields(field(fields, 'launchTemplateData')) ?? {};
  const ofInterfaces = listField(data, 'networkInterfaces').flatMap((one) => texts(asFields(one) ?? {}, 'groups'));
  return { id, groupIds: [...new Set([...texts(data, 'securityGroupIds'), ...ofInterfaces])] };
};
