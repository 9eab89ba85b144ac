import { InputInvalid } from '../../domain/errors.ts';
import type { Direction, Group, Rule, Tags } from '../../domain/group.ts';
import { asFields, asList, asText, type Fields, field, placeOf, preview, textField } from '../json.ts';
import { readFlatRule, readPermission } from './rules.ts';

/** Reads a list of `{Key, Value}`. Entries of another form are left out. */
export function readTags(value: unknown): Tags {
  return Object.fromEntries(
    (asList(value) ?? []).flatMap((element) => {
      const fields = asFields(element);
      const key = fields === undefined ? undefined : asText(field(fields, 'key'));
      const text = fields === undefined ? undefined : field(fields, 'value');
      return key === undefined ? [] : [[key, typeof text === 'string' ? text : '']];
    }),
  );
}

/** The id of a group whose description has no id, such as a bare list of permissions. */
export const UNIDENTIFIED = 'unidentified';

/**
 * Reads a group of DescribeSecurityGroups or AWS Config. Each source of each permission becomes a rule
 * without an id.
 *
 * @param at path of the group in error messages.
 * @param errors receives a message for each rule that cannot be read.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html
 */
export function readGroup(fields: Fields, at: string, errors: string[]): Group {
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
}

const PERMISSIONS: readonly (readonly [name: string, direction: Direction])[] = [
  ['ipPermissions', 'ingress'],
  ['ipPermissionsEgress', 'egress'],
];

function readPermissions(fields: Fields, groupId: string, at: string, errors: string[]): Rule[] {
  const rules: Rule[] = [];
  for (const [name, direction] of PERMISSIONS) {
    const place = placeOf(fields, name, at);
    const list = asList(field(fields, name));
    if (list === undefined) errors.push(`${place}: ${preview(field(fields, name))} is not a list of permissions`);
    for (const [index, permission] of (list ?? []).entries())
      rules.push(...readPermission(permission, { groupId, direction }, `${place}[${index}]`, errors));
  }
  return rules;
}

/**
 * Reads a rule of DescribeSecurityGroupRules.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 * @throws InputInvalid if a field cannot be read. The error names the field under `at`.
 */
export function readRule(value: unknown, at: string): Rule {
  const fields = asFields(value);
  if (fields === undefined) throw new InputInvalid(`${at}: ${preview(value)} is not a security group rule`);
  const id = textField(fields, 'securityGroupRuleId');
  const tags = field(fields, 'tags');
  return {
    ...(id === undefined ? {} : { id }),
    groupId: textField(fields, 'groupId') ?? UNIDENTIFIED,
    ...readFlatRule(fields, at),
    ...(tags === undefined ? {} : { tags: readTags(tags) }),
  };
}

/**
 * Reads a SecurityGroupRule of the AWS SDK: an element of DescribeSecurityGroupRules or
 * RevokedSecurityGroupRules.
 *
 * @throws InputInvalid if a field is not as documented. The error names the field.
 */
export function ruleFromSdk(rule: unknown): Rule {
  return readRule(rule, 'SecurityGroupRule');
}

/**
 * Reads a SecurityGroup of the AWS SDK. Its rules have no ids.
 *
 * @throws InputInvalid if any field is not as documented. The error names all such fields.
 */
export function groupFromSdk(group: unknown): Group {
  const fields = asFields(group);
  if (fields === undefined) throw new InputInvalid(`SecurityGroup: ${preview(group)} is not a security group`);
  const errors: string[] = [];
  const read = readGroup(fields, 'SecurityGroup', errors);
  if (errors.length > 0) throw new InputInvalid(errors.join('; '));
  return read;
}
