import type { NamesGroups } from '../cloudtrail/names-by-group.ts';
import { asFields, field, textField, textsField } from '../fields.ts';

/**
 * Reads a function, or a version of one, as ListFunctions gives it: its name, and the groups of its VPC configuration. Undefined for
 * what has no name.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 */
export const readFunction = (value: unknown): NamesGroups | undefined => {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'functionName');
  if (fields === undefined || id === undefined) return undefined;
  return { id, groupIds: textsField(asFields(field(fields, 'vpcConfig')) ?? {}, 'securityGroupIds') };
};
