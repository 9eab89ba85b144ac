import type { IpPermission, RevokedSecurityGroupRule, SecurityGroupRule, TagSpecification } from '@aws-sdk/client-ec2';
import type { Direction } from '../../../../shared/domain/group.ts';
import { contentKey } from '../../../../shared/network/rule-key.ts';
import type { Region } from '../../state/account.ts';
import type { GroupRecord, RuleRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter } from '../../state/operation.ts';
import { authorizedRule, hideNewRule, permissionsOf, revokedRule } from './describe-rules.ts';
import { type PermissionInput, type RequestedRule, requestedPermissions, rulesOfPermission } from './permissions.ts';
import { isInDefaultVpc, namedGroup, newResourceId, notFound, RULE, requireResource, rulesOf } from './resources.ts';
import { specifiedTags } from './tags.ts';

/** The outbound rule that EC2 adds to new groups: all traffic to all addresses of one family. */
export function allEgress(groupId: string, family: 'ipv4' | 'ipv6'): RequestedRule {
  const source = { kind: family, cidr: family === 'ipv4' ? '0.0.0.0/0' : '::/0' } as const;
  return { groupId, direction: 'egress', protocol: '-1', fromPort: -1, toPort: -1, source };
}

/**
 * Rules of one direction in a group. IPv4 and IPv6 count separately.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
const RULES_PER_DIRECTION = 60;

/**
 * How much of a quota a rule uses. A prefix list counts with its maximum number of entries, a group for both
 * families.
 */
function weight(region: Region, rule: RequestedRule, family: 'ipv4' | 'ipv6'): number {
  const { source } = rule;
  if (source.kind === 'group') return 1;
  if (source.kind !== 'prefix-list') return source.kind === family ? 1 : 0;
  const list = region.prefixLists.get(source.id);
  return list?.addressFamily.toLowerCase() === family ? list.maxEntries : 0;
}

/** Throws RulesPerSecurityGroupLimitExceeded if `rules` exceed the quota for one direction of a group. */
export function checkRuleQuota(region: Region, rules: readonly RequestedRule[]): void {
  for (const family of ['ipv4', 'ipv6'] as const) {
    if (rules.reduce((sum, rule) => sum + weight(region, rule, family), 0) <= RULES_PER_DIRECTION) continue;
    throw new AwsError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  }
}

/** Checks the quota for one direction of a group that gets the rules `added`. */
export function checkAddition(
  region: Region,
  groupId: string,
  direction: Direction,
  added: readonly RequestedRule[],
): void {
  const present = rulesOf(region, groupId).filter((rule) => rule.direction === direction);
  checkRuleQuota(region, [...present, ...added]);
}

/** Parameters of both Authorize operations. */
export interface AuthorizeInput extends PermissionInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly TagSpecifications?: readonly TagSpecification[] | undefined;
}

function duplicate({ source, protocol, fromPort, toPort }: RequestedRule): AwsError {
  const peer = source.kind === 'prefix-list' ? source.id : source.kind === 'group' ? source.groupId : source.cidr;
  const traffic = protocol === '-1' ? 'ALL' : `${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}`;
  return new AwsError(
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${peer}, ${traffic}, ALLOW" already exists`,
  );
}

/**
 * Throws InvalidPermission.Duplicate for a rule that is present already, and InvalidParameterValue for a rule
 * that is requested twice.
 */
export function checkDistinct(present: readonly RequestedRule[], requested: readonly RequestedRule[]): void {
  const presentKeys = new Set(present.map(contentKey));
  const requestedKeys = new Set<string>();
  for (const rule of requested) {
    const key = contentKey(rule);
    if (requestedKeys.has(key)) throw invalidParameter('The same permission must not appear multiple times');
    if (presentKeys.has(key)) throw duplicate(rule);
    requestedKeys.add(key);
  }
}

/** Stores checked rules, each with a new id. */
export function storeRules(
  region: Region,
  requested: readonly RequestedRule[],
  tags: ReadonlyMap<string, string> = new Map(),
): readonly RuleRecord[] {
  return requested.map((rule) => {
    const record = { ...rule, id: newResourceId(region.account.random, 'sgr') };
    region.rules.set(record.id, record);
    if (tags.size > 0) region.tags.set(record.id, tags);
    hideNewRule(region, record.id);
    return record;
  });
}

/**
 * AuthorizeSecurityGroupIngress and AuthorizeSecurityGroupEgress: add all of the rules or none.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export function authorize(
  region: Region,
  direction: Direction,
  input: AuthorizeInput,
): { Return: boolean; SecurityGroupRules: SecurityGroupRule[] } {
  const group = namedGroup(region, input);
  const requested = requestedPermissions(input).flatMap((permission) =>
    rulesOfPermission(region, group, direction, permission, 'reachable'),
  );
  const tags = specifiedTags(input.TagSpecifications, 'security-group-rule');
  checkDistinct(rulesOf(region, group.id), requested);
  checkAddition(region, group.id, direction, requested);
  const rules = storeRules(region, requested, tags);
  return { Return: true, SecurityGroupRules: rules.map((rule) => authorizedRule(region, rule)) };
}

/** Parameters of both Revoke operations. */
export interface RevokeInput extends PermissionInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly SecurityGroupRuleIds?: readonly string[] | undefined;
}

/** The answer of both Revoke operations. `Return` is true even if no rule was revoked. */
export interface RevokeResult {
  Return: boolean;
  RevokedSecurityGroupRules: RevokedSecurityGroupRule[];
  UnknownIpPermissions?: IpPermission[];
}

/** Removes rules from the region, with their tags. */
export function removeRules(region: Region, rules: readonly RuleRecord[]): void {
  for (const { id } of rules) {
    region.rules.delete(id);
    region.tags.delete(id);
    region.hiddenRules.delete(id);
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
  const unknown: RequestedRule[] = [];
  for (const permission of requestedPermissions(input)) {
    for (const requested of rulesOfPermission(region, group, direction, permission, 'named')) {
      const rule = present.get(contentKey(requested));
      if (rule) found.push(rule);
      else unknown.push(requested);
    }
  }
  return { found: [...new Set(found)], unknown };
}

/**
 * RevokeSecurityGroupIngress and RevokeSecurityGroupEgress: revoke all of the rules or none. In the default
 * VPC, a permission without a matching rule is not an error: the answer has it in `UnknownIpPermissions`.
 * Throws InvalidPermission.NotFound, InvalidSecurityGroupRuleId.NotFound and the errors of `namedGroup`.
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
  removeRules(region, found);
  return {
    Return: true,
    RevokedSecurityGroupRules: found.map((rule) => revokedRule(region, rule)),
    ...(unknown.length > 0 ? { UnknownIpPermissions: permissionsOf(region, unknown) } : {}),
  };
}
