import { InputInvalid } from '../../domain/errors.ts';
import type { Direction, Group, Rule, Tags } from '../../domain/group.ts';
import { asFields, asList, asText, type Fields, field, placeOf, preview, textField } from '../json.ts';
import { readFlatRule, readPermission } from './rules.ts';

/** Tags from a list of `{Key, Value}`; entries that are none are left out. */
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

/** Stands for the id of a group whose description has none, such as a bare list of permissions. */
export const UNIDENTIFIED = 'unidentified';

/**
 * Reads a group as DescribeSecurityGroups or AWS Config states it, with a rule for each source of each permission (without ids).
 * Rules that cannot be read are noted in `errors`, with their place under `at`.
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
 * Reads a rule as DescribeSecurityGroupRules states it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 * @throws InputInvalid naming the field under `at`.
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
 * A SecurityGroupRule of the AWS SDK (an element of DescribeSecurityGroupRules or RevokedSecurityGroupRules) as a rule.
 *
 * @throws InputInvalid naming the field that EC2 did not state as documented.
 */
export function ruleFromSdk(rule: unknown): Rule {
  return readRule(rule, 'SecurityGroupRule');
}

/**
 * A SecurityGroup of the AWS SDK as a group, its rules without ids.
 *
 * @throws InputInvalid naming every field that EC2 did not state as documented.
 */
export function groupFromSdk(group: unknown): Group {
  const fields = asFields(group);
  if (fields === undefined) throw new InputInvalid(`SecurityGroup: ${preview(group)} is not a security group`);
  const errors: string[] = [];
  const read = readGroup(fields, 'SecurityGroup', errors);
  if (errors.length > 0) throw new InputInvalid(errors.join('; '));
  return read;
}
