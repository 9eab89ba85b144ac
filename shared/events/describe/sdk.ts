import { InputInvalid } from '../../domain/errors.ts';
import type { Group } from '../../domain/group.ts';
import type { Rule } from '../../domain/rule.ts';
import { asFields, shown } from '../fields.ts';
import { readGroup, readRule } from './group.ts';

/**
 * A SecurityGroupRule of the AWS SDK (an element of DescribeSecurityGroupRules or RevokedSecurityGroupRules) as a rule.
 *
 * @throws InputInvalid naming the field that EC2 did not state as documented.
 */
export const ruleFromSdk = (rule: unknown): Rule => readRule(rule, 'SecurityGroupRule');

/**
 * A SecurityGroup of the AWS SDK as a group, its rules without ids.
 *
 * @throws InputInvalid naming every field that EC2 did not state as documented.
 */
export const groupFromSdk = (group: unknown): Group => {
  const fields = asFields(group);
  if (fields === undefined) throw new InputInvalid(`SecurityGroup: ${shown(group)} is not a security group`);
  const errors: string[] = [];
  const read = readGroup(fields, 'SecurityGroup', errors);
  if (errors.length > 0) throw new InputInvalid(errors.join('; '));
  return read;
};
