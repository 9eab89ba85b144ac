import { InputInvalid } from '../../domain/errors.ts';
import type { Group } from '../../domain/group.ts';
import type { Direction, Rule } from '../../domain/rule.ts';
import { readFlatRule } from '../cloudtrail/flat-rule.ts';
import { asFields, asList, type Fields, field, placeOf, shown, textField } from '../fields.ts';
import { readPermission } from './permission.ts';
import { readTags } from './tags.ts';

/** Stands for the id of a group whose description has none, such as a bare list of permissions. */
export const UNIDENTIFIED = 'unidentified';

const PERMISSIONS: readonly (readonly [name: string, direction: Direction])[] = [
  ['ipPermissions', 'ingress'],
  ['ipPermissionsEgress', 'egress'],
];

const readPermissions = (fields: Fields, groupId: string, at: string, errors: string[]): Rule[] => {
  const rules: Rule[] = [];
  for (const [name, direction] of PERMISSIONS) {
    const place = placeOf(fields, name, at);
    const list = asList(field(fields, name));
    if (list === undefined) errors.push(`${place}: ${shown(field(fields, name))} is not a list of permissions`);
    for (const [index, permission] of (list ?? []).entries())
      rules.push(...readPermission(permission, { groupId, direction }, `${place}[${index}]`, errors));
  }
  return rules;
};

/**
 * Reads a group as DescribeSecurityGroups or AWS Config states it, with a rule for each source of each permission (without ids).
 * Rules that cannot be read are noted in `errors`, with their place under `at`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html
 */
export const readGroup = (fields: Fields, at: string, errors: string[]): Group => {
  const id = textField(fields, 'groupId') ?? UNIDENTIFIED;
  const description = textField(fields, 'description');
  const vpcId = textField(fields, 'vpcId');
  const ownerId = textField(fields, 'ownerId');
  return {
    id,
    name: textField(fields, 'groupName') ?? '',
    ...(description === undefined ? {} : { description }),
    ...(vpcId === undefined ? {} : { vpcId }),
    ...(ownerId === undefined ? {} : { ownerId }),
    tags: readTags(field(fields, 'tags')),
    rules: readPermissions(fields, id, at, errors),
  };
};

/**
 * Reads a rule as DescribeSecurityGroupRules states it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 * @throws InputInvalid naming the field under `at`.
 */
export const readRule = (value: unknown, at: string): Rule => {
  const fields = asFields(value);
  if (fields === undefined) throw new InputInvalid(`${at}: ${shown(value)} is not a security group rule`);
  const id = textField(fields, 'securityGroupRuleId');
  const tags = field(fields, 'tags');
  return {
    ...(id === undefined ? {} : { id }),
    groupId: textField(fields, 'groupId') ?? UNIDENTIFIED,
    ...readFlatRule(fields, at),
    ...(tags === undefined ? {} : { tags: readTags(tags) }),
  };
};
