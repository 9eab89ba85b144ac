import type { IpPermission, SecurityGroupRuleDescription } from '@aws-sdk/client-ec2';
import type { Direction } from '../../../shared/domain/rule.ts';
import { contentKey } from '../../../shared/network/rule-key.ts';
import { AwsError, missingParameter } from './aws-error.ts';
import { namedGroup } from './find-group.ts';
import { rulesOf } from './find-rule.ts';
import { checkedDescription, rulesOfPermission } from './permissions.ts';
import type { GroupRecord, RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { notFound, RULE, requireResource } from './resource-kinds.ts';

/** What both UpdateSecurityGroupRuleDescriptions calls take. */
export interface UpdateDescriptionsInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly SecurityGroupRuleDescriptions?: readonly SecurityGroupRuleDescription[] | undefined;
}

/** The rule with another description, or with none. */
function redescribed(rule: RuleRecord, text: string | undefined): RuleRecord {
  const { description: _replaced, ...rest } = rule;
  return { ...rest, ...checkedDescription(text) };
}

function byIds(
  region: Region,
  group: GroupRecord,
  direction: Direction,
  updates: readonly SecurityGroupRuleDescription[],
): readonly RuleRecord[] {
  return updates.map(({ SecurityGroupRuleId, Description }) => {
    const rule = requireResource(region, RULE, SecurityGroupRuleId ?? '');
    if (rule.groupId !== group.id || rule.direction !== direction) throw notFound(RULE, rule.id);
    return redescribed(rule, Description);
  });
}

function byPermissions(
  region: Region,
  group: GroupRecord,
  direction: Direction,
  permissions: readonly IpPermission[],
): readonly RuleRecord[] {
  const present = new Map(rulesOf(region, group.id).map((rule) => [contentKey(rule), rule]));
  const stated = permissions.flatMap((permission) => rulesOfPermission(region, group, direction, permission, 'named'));
  return stated.map((wanted) => {
    const rule = present.get(contentKey(wanted));
    if (rule) return redescribed(rule, wanted.description);
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  });
}

/**
 * UpdateSecurityGroupRuleDescriptionsIngress and -Egress, all or none.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html
 */
export function updateDescriptions(
  region: Region,
  direction: Direction,
  input: UpdateDescriptionsInput,
): { Return: boolean } {
  const group = namedGroup(region, input);
  const [ids, permissions] = [input.SecurityGroupRuleDescriptions ?? [], input.IpPermissions ?? []];
  if (ids.length === 0 && permissions.length === 0) throw missingParameter('ipPermissions');
  const changed =
    ids.length > 0 ? byIds(region, group, direction, ids) : byPermissions(region, group, direction, permissions);
  for (const rule of changed) region.rules.set(rule.id, rule);
  return { Return: true };
}
