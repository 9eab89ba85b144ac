import { AwsError } from './aws-error.ts';
import type { RuleRecord } from './records.ts';
import type { Region } from './region.ts';

/** The rules of one group, oldest first. */
export function rulesOf(region: Region, groupId: string): readonly RuleRecord[] {
  return [...region.rules.values()].filter((rule) => rule.groupId === groupId);
}

/** Throws InvalidSecurityGroupRuleId.Malformed unless `id` looks like a rule's id. */
function checkRuleId(id: string): void {
  if (/^sgr-[0-9a-f]{17}$/.test(id)) return;
  throw new AwsError('InvalidSecurityGroupRuleId.Malformed', `Invalid id: "${id}" (expecting "sgr-...")`);
}

/** The error for an id that names no rule where the call looks for it. */
export function noSuchRule(id: string): AwsError {
  return new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
}

/** The rule of this id. Throws InvalidSecurityGroupRuleId.Malformed, InvalidSecurityGroupRuleId.NotFound. */
export function requireRule(region: Region, id: string): RuleRecord {
  checkRuleId(id);
  const rule = region.rules.get(id);
  if (!rule) throw noSuchRule(id);
  return rule;
}
