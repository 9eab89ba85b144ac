import type {
  IpPermission,
  ModifySecurityGroupRulesRequest,
  SecurityGroupRuleDescription,
  SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import type { Direction, Source } from '../../../../shared/domain/group.ts';
import { contentKey } from '../../../../shared/network/rule-key.ts';
import type { Region } from '../../state/account.ts';
import type { GroupRecord, RuleRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, missingParameter, required } from '../../state/operation.ts';
import { canonicalCidr, canonicalTraffic, type Traffic } from './canonical.ts';
import { checkedDescription, groupSource, rulesOfPermission } from './permissions.ts';
import { GROUP, namedGroup, notFound, PREFIX_LIST, RULE, requireResource, rulesOf } from './resources.ts';
import { checkDistinct, checkRuleQuota } from './rules.ts';

/** EC2's terms for each kind of source in the error for a rule that would change its kind. */
const SOURCES: Readonly<Record<Source['kind'], { readonly stated: string; readonly existing: string }>> = {
  ipv4: { stated: 'an IPv4 CIDR', existing: 'IPv4 CIDR' },
  ipv6: { stated: 'an IPv6 CIDR', existing: 'IPv6 CIDR' },
  'prefix-list': { stated: 'a prefix list ID', existing: 'prefix list' },
  group: { stated: 'a referenced group id', existing: 'referenced group' },
};

/**
 * The one source of a request. Throws MissingParameter without a source, InvalidParameterCombination for
 * several sources.
 */
function requestedSource(region: Region, group: GroupRecord, request: SecurityGroupRuleRequest): Source {
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId } = request;
  const stated = [CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId].filter((value) => value !== undefined);
  if (stated.length === 0) {
    throw new AwsError(
      'MissingParameter',
      'The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId',
    );
  }
  if (stated.length > 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified',
    );
  }
  if (CidrIpv4 !== undefined) return { kind: 'ipv4', cidr: canonicalCidr(CidrIpv4, 'ipv4').cidr };
  if (CidrIpv6 !== undefined) return { kind: 'ipv6', cidr: canonicalCidr(CidrIpv6, 'ipv6').cidr };
  if (PrefixListId !== undefined) {
    return { kind: 'prefix-list', id: requireResource(region, PREFIX_LIST, PrefixListId).id };
  }
  return groupSource(region, group, { GroupId: ReferencedGroupId }, 'reachable');
}

/**
 * Protocol and ports of a request. This operation words its errors differently from Authorize. Throws
 * InvalidParameterValue.
 */
function requestedTraffic({ IpProtocol, FromPort, ToPort }: SecurityGroupRuleRequest): Traffic {
  if (IpProtocol === undefined || IpProtocol === '') {
    throw invalidParameter(
      "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.",
    );
  }
  const hasPorts = ['tcp', 'udp', '6', '17'].includes(IpProtocol.toLowerCase());
  if (hasPorts && (FromPort === undefined || ToPort === undefined)) {
    throw invalidParameter('Invalid value for portRange. Must specify both from and to ports with TCP/UDP.');
  }
  return canonicalTraffic(IpProtocol, FromPort, ToPort);
}

/**
 * The rule with all members replaced by those of the request. An omitted description is removed. The id
 * stays.
 */
function modifiedRule(region: Region, group: GroupRecord, id: string, request: SecurityGroupRuleRequest): RuleRecord {
  const rule = requireResource(region, RULE, id);
  if (rule.groupId !== group.id) throw notFound(RULE, id);
  const traffic = requestedTraffic(request);
  const source = requestedSource(region, group, request);
  if (source.kind !== rule.source.kind) {
    const [wanted, present] = [SOURCES[source.kind].stated, SOURCES[rule.source.kind].existing];
    throw invalidParameter(`You may not specify ${wanted} for an existing ${present} rule.`);
  }
  return {
    id,
    groupId: group.id,
    direction: rule.direction,
    ...traffic,
    source,
    ...checkedDescription(request.Description),
  };
}

/**
 * ModifySecurityGroupRules: replaces rules in place, all or none. Ids and tags stay; the kind of source
 * cannot change. Throws InvalidSecurityGroupRuleId.NotFound, InvalidPermission.Duplicate,
 * InvalidParameterValue, InvalidParameterCombination, MissingParameter, and the NotFound or Malformed error
 * of a group or prefix list.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 */
export function modifySecurityGroupRules(region: Region, input: ModifySecurityGroupRulesRequest): { Return: boolean } {
  const group = requireResource(region, GROUP, required(input.GroupId, 'groupId'));
  const updates = input.SecurityGroupRules ?? [];
  if (updates.length === 0) throw missingParameter('SecurityGroupRules');
  const changed = updates.map(({ SecurityGroupRuleId, SecurityGroupRule }) =>
    modifiedRule(region, group, SecurityGroupRuleId ?? '', SecurityGroupRule ?? {}),
  );
  const ids = new Set(changed.map(({ id }) => id));
  if (ids.size < changed.length) {
    throw new AwsError('InvalidParameterValue', 'The same security group rule ID must not appear multiple times');
  }
  const others = rulesOf(region, group.id).filter((rule) => !ids.has(rule.id));
  checkDistinct(others, changed);
  for (const direction of ['ingress', 'egress'] as const) {
    checkRuleQuota(
      region,
      [...others, ...changed].filter((rule) => rule.direction === direction),
    );
  }
  for (const rule of changed) region.rules.set(rule.id, rule);
  return { Return: true };
}

/** Parameters of both UpdateSecurityGroupRuleDescriptions operations. */
export interface UpdateDescriptionsInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly SecurityGroupRuleDescriptions?: readonly SecurityGroupRuleDescription[] | undefined;
}

/** The rule with another description, or without one. */
function withNewDescription(rule: RuleRecord, text: string | undefined): RuleRecord {
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
    return withNewDescription(rule, Description);
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
    if (rule) return withNewDescription(rule, wanted.description);
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  });
}

/**
 * UpdateSecurityGroupRuleDescriptionsIngress and -Egress: change all of the rules or none.
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
