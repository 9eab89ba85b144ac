import type { DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult } from '@aws-sdk/client-ec2';
import { passes } from './filters.ts';
import { noSuchRule, requireRule } from './find-rule.ts';
import { pageOf } from './paging.ts';
import type { Region } from './region.ts';
import { securityGroupRule } from './rule-output.ts';
import { visibleRules } from './visibility.ts';

/**
 * DescribeSecurityGroupRules. A filter that matches nothing, such as an unknown group, gives an empty list; an unknown id
 * throws InvalidSecurityGroupRuleId.NotFound.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
 */
export function describeSecurityGroupRules(
  region: Region,
  input: DescribeSecurityGroupRulesRequest,
): DescribeSecurityGroupRulesResult {
  const ids = input.SecurityGroupRuleIds ?? [];
  for (const id of ids) requireRule(region, id);
  const visible = visibleRules(region, 'DescribeSecurityGroupRules');
  for (const id of ids) if (!visible.some((rule) => rule.id === id)) throw noSuchRule(id);
  const found = visible.filter(
    (rule) =>
      (ids.length === 0 || ids.includes(rule.id)) &&
      passes(
        input.Filters,
        { 'group-id': [rule.groupId], 'security-group-rule-id': [rule.id] },
        region.tags.get(rule.id),
      ),
  );
  const { items, next } = pageOf(found, input, { min: 5, max: 1000, unstated: 1000 });
  return { SecurityGroupRules: items.map((rule) => securityGroupRule(region, rule)), ...next };
}
