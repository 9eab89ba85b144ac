import type { ModifySecurityGroupRulesRequest, SecurityGroupRuleRequest } from '@aws-sdk/client-ec2';
import type { Source } from '../../../shared/model/rule.ts';
import { checkDistinct } from './authorize.ts';
import { AwsError, invalidParameter, missingParameter, required } from './aws-error.ts';
import { canonicalCidr } from './cidr.ts';
import { requireGroup } from './find-group.ts';
import { noSuchRule, requireRule, rulesOf } from './find-rule.ts';
import { checkedDescription, groupSource, prefixListSource } from './permissions.ts';
import { canonicalTraffic } from './protocol.ts';
import { checkRuleQuota } from './quota.ts';
import type { RuleRecord } from './records.ts';
import type { Region } from './region.ts';

function requestedSource(region: Region, request: SecurityGroupRuleRequest): Source {
  const sources: Source[] = [];
  if (request.CidrIpv4) sources.push({ kind: 'ipv4', cidr: canonicalCidr(request.CidrIpv4, 'ipv4').cidr });
  if (request.CidrIpv6) sources.push({ kind: 'ipv6', cidr: canonicalCidr(request.CidrIpv6, 'ipv6').cidr });
  if (request.PrefixListId) sources.push(prefixListSource(region, request.PrefixListId));
  if (request.ReferencedGroupId) sources.push(groupSource(region, { GroupId: request.ReferencedGroupId }));
  const [source] = sources;
  if (!source || sources.length > 1) {
    throw invalidParameter('Exactly one of CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupId must be specified.');
  }
  return source;
}

/** The rule as the request makes it: replaced whole, so an omitted description is removed; the id stays. */
function modified(region: Region, groupId: string, id: string, request: SecurityGroupRuleRequest): RuleRecord {
  const rule = requireRule(region, id);
  if (rule.groupId !== groupId) throw noSuchRule(id);
  const source = requestedSource(region, request);
  if (source.kind !== rule.source.kind) {
    throw invalidParameter(`You may not change the type of source of a security group rule (${id}).`);
  }
  const traffic = canonicalTraffic(required(request.IpProtocol, 'ipProtocol'), request.FromPort, request.ToPort);
  return { id, groupId, direction: rule.direction, ...traffic, source, ...checkedDescription(request.Description) };
}

/**
 * ModifySecurityGroupRules: replaces rules in place, all or none; ids and tags survive, the kind of source can't change.
 * Throws InvalidSecurityGroupRuleId.NotFound, InvalidPermission.Duplicate, InvalidParameterValue and as the group look-up.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 */
export function modifySecurityGroupRules(region: Region, input: ModifySecurityGroupRulesRequest): { Return: boolean } {
  const group = requireGroup(region, required(input.GroupId, 'groupId'));
  const updates = input.SecurityGroupRules ?? [];
  if (updates.length === 0) throw missingParameter('SecurityGroupRules');
  const changed = updates.map(({ SecurityGroupRuleId, SecurityGroupRule }) =>
    modified(region, group.id, SecurityGroupRuleId ?? '', SecurityGroupRule ?? {}),
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
