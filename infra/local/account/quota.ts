import type { Direction } from '../../../shared/domain/rule.ts';
import { AwsError } from './aws-error.ts';
import { rulesOf } from './find-rule.ts';
import type { StatedRule } from './permissions.ts';
import type { Region } from './region.ts';

/** Rules each way in a group, IPv4 and IPv6 counted apart. @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const RULES_PER_DIRECTION = 60;

/** How a rule counts against the two quotas: a prefix list with its max entries, a group against both. */
function weight(region: Region, rule: StatedRule, family: 'ipv4' | 'ipv6'): number {
  const { source } = rule;
  if (source.kind === 'group') return 1;
  if (source.kind !== 'prefix-list') return source.kind === family ? 1 : 0;
  const list = region.prefixLists.get(source.id);
  return list?.addressFamily.toLowerCase() === family ? list.maxEntries : 0;
}

/** Throws RulesPerSecurityGroupLimitExceeded where `rules` are too many for one direction of a group. */
export function checkRuleQuota(region: Region, rules: readonly StatedRule[]): void {
  for (const family of ['ipv4', 'ipv6'] as const) {
    if (rules.reduce((sum, rule) => sum + weight(region, rule, family), 0) <= RULES_PER_DIRECTION) continue;
    throw new AwsError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  }
}

/** Checks the quota of a group's direction with `added` on top of what is there. */
export function checkAddition(
  region: Region,
  groupId: string,
  direction: Direction,
  added: readonly StatedRule[],
): void {
  const present = rulesOf(region, groupId).filter((rule) => rule.direction === direction);
  checkRuleQuota(region, [...present, ...added]);
}
