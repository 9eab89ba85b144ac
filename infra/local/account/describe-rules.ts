import type { DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult } from '@aws-sdk/client-ec2';
import { AwsError } from './aws-error.ts';
import { type FilterTable, filtered } from './filters.ts';
import { pageOf } from './paging.ts';
import type { RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { GROUP, isWellFormed, notFound, RULE, requireResource } from './resource-kinds.ts';
import { securityGroupRule } from './rule-output.ts';
import { visibleRules } from './visibility.ts';

const FILTERS: FilterTable<RuleRecord> = {
  'group-id': ({ groupId }) => [groupId],
  'security-group-rule-id': ({ id }) => [id],
};

/** EC2 checks the form of ids that the `group-id` filter has, unless they contain a wildcard. Throws InvalidGroupId.Malformed. */
function checkGroupFilter({ Filters = [] }: DescribeSecurityGroupRulesRequest): void {
  const ids = Filters.flatMap(({ Name, Values = [] }) => (Name === 'group-id' ? Values : []));
  const bad = ids.find((id) => !/[*?]/.test(id) && !isWellFormed(GROUP, id));
  if (bad !== undefined) throw new AwsError(GROUP.malformed, `The security group ID '${bad}' is malformed`);
}

/**
 * DescribeSecurityGroupRules. A filter that matches nothing, such as an unknown group, gives an empty list; an unknown id
 * throws InvalidSecurityGroupRuleId.NotFound, a malformed group in a filter InvalidGroupId.Malformed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
 */
export function describeSecurityGroupRules(
  region: Region,
  input: DescribeSecurityGroupRulesRequest,
): DescribeSecurityGroupRulesResult {
  checkGroupFilter(input);
  const ids = new Set(input.SecurityGroupRuleIds ?? []);
  for (const id of ids) requireResource(region, RULE, id);
  const visible = visibleRules(region, 'DescribeSecurityGroupRules');
  for (const id of ids) if (!visible.some((rule) => rule.id === id)) throw notFound(RULE, id);
  const named = ids.size === 0 ? visible : visible.filter((rule) => ids.has(rule.id));
  const found = filtered(named, input.Filters, FILTERS, ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000, unstated: 1000 });
  return { SecurityGroupRules: items.map((rule) => securityGroupRule(region, rule)), ...next };
}
