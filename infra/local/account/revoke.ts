import type { IpPermission, RevokedSecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Direction } from '../../../shared/domain/rule.ts';
import { contentKey } from '../../../shared/network/rule-key.ts';
import { AwsError } from './aws-error.ts';
import { isInDefaultVpc, namedGroup } from './find-group.ts';
import { rulesOf } from './find-rule.ts';
import { type PermissionInput, rulesOfPermission, type StatedRule, statedPermissions } from './permissions.ts';
import type { GroupRecord, RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { notFound, RULE, requireResource } from './resource-kinds.ts';
import { permissionsOf, revokedRule } from './rule-output.ts';

/** What both Revoke calls take. */
export interface RevokeInput extends PermissionInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly SecurityGroupRuleIds?: readonly string[] | undefined;
}

/** What both Revoke calls answer. `Return` is true even where nothing was revoked. */
export interface RevokeResult {
  Return: boolean;
  RevokedSecurityGroupRules: RevokedSecurityGroupRule[];
  UnknownIpPermissions?: IpPermission[];
}

/** Takes rules, and what hangs on their ids, out of the region. */
export function dropRules(region: Region, rules: readonly RuleRecord[]): void {
  for (const { id } of rules) {
    region.rules.delete(id);
    region.tags.delete(id);
    region.unseen.delete(id);
  }
}

function byIds(region: Region, group: GroupRecord, direction: Direction, ids: readonly string[]): RuleRecord[] {
  return [...new Set(ids)].map((id) => {
    const rule = requireResource(region, RULE, id);
    if (rule.groupId !== group.id || rule.direction !== direction) throw notFound(RULE, id);
    return rule;
  });
}

function byPermissions(region: Region, group: GroupRecord, direction: Direction, input: RevokeInput) {
  const present = new Map(rulesOf(region, group.id).map((rule) => [contentKey(rule), rule]));
  const found: RuleRecord[] = [];
  const unknown: StatedRule[] = [];
  for (const permission of statedPermissions(input)) {
    for (const stated of rulesOfPermission(region, group, direction, permission, 'named')) {
      const rule = present.get(contentKey(stated));
      if (rule) found.push(rule);
      else unknown.push(stated);
    }
  }
  return { found: [...new Set(found)], unknown };
}

/**
 * RevokeSecurityGroupIngress and RevokeSecurityGroupEgress. By ids, or where the VPC is not the default one, all or nothing;
 * in the default VPC a permission that matches no rule is no error and comes back in `UnknownIpPermissions`.
 * Throws InvalidPermission.NotFound, InvalidSecurityGroupRuleId.NotFound and as the group look-up.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export function revoke(region: Region, direction: Direction, input: RevokeInput): RevokeResult {
  const group = namedGroup(region, input);
  const ids = input.SecurityGroupRuleIds ?? [];
  if (ids.length > 0 && (input.IpPermissions ?? []).length > 0) {
    throw new AwsError(
      'InvalidParameterCombination',
      "The parameters 'ipPermissions' and 'securityGroupRuleIds' may not be used in combination.",
    );
  }
  const { found, unknown } =
    ids.length > 0
      ? { found: byIds(region, group, direction, ids), unknown: [] }
      : byPermissions(region, group, direction, input);
  if (unknown.length > 0 && !isInDefaultVpc(region, group)) {
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  dropRules(region, found);
  return {
    Return: true,
    RevokedSecurityGroupRules: found.map((rule) => revokedRule(region, rule)),
    ...(unknown.length > 0 ? { UnknownIpPermissions: permissionsOf(region, unknown) } : {}),
  };
}
