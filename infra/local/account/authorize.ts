import type { SecurityGroupRule, TagSpecification } from '@aws-sdk/client-ec2';
import type { Direction } from '../../../shared/domain/rule.ts';
import { contentKey } from '../../../shared/network/rule-key.ts';
import { AwsError, invalidParameter } from './aws-error.ts';
import { namedGroup } from './find-group.ts';
import { rulesOf } from './find-rule.ts';
import { newResourceId } from './ids.ts';
import { type PermissionInput, rulesOfPermission, type StatedRule, statedPermissions } from './permissions.ts';
import { checkAddition } from './quota.ts';
import type { RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { authorizedRule } from './rule-output.ts';
import { specifiedTags } from './tags.ts';
import { hideNewRule } from './visibility.ts';

/** What both Authorize calls take. */
export interface AuthorizeInput extends PermissionInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly TagSpecifications?: readonly TagSpecification[] | undefined;
}

function duplicate({ source, protocol, fromPort, toPort }: StatedRule): AwsError {
  const peer = source.kind === 'prefix-list' ? source.id : source.kind === 'group' ? source.groupId : source.cidr;
  const traffic = protocol === '-1' ? 'ALL' : `${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}`;
  return new AwsError(
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${peer}, ${traffic}, ALLOW" already exists`,
  );
}

/** Throws InvalidPermission.Duplicate where a stated rule is there, InvalidParameterValue where one is stated twice. */
export function checkDistinct(present: readonly StatedRule[], stated: readonly StatedRule[]): void {
  const taken = new Set(present.map(contentKey));
  const here = new Set<string>();
  for (const rule of stated) {
    const key = contentKey(rule);
    if (here.has(key)) throw invalidParameter('The same permission must not appear multiple times');
    if (taken.has(key)) throw duplicate(rule);
    here.add(key);
  }
}

/** Stores rules that have been checked, each with an id of its own. */
export function storeRules(
  region: Region,
  stated: readonly StatedRule[],
  tags: ReadonlyMap<string, string> = new Map(),
): readonly RuleRecord[] {
  return stated.map((rule) => {
    const record = { ...rule, id: newResourceId(region.account.random, 'sgr') };
    region.rules.set(record.id, record);
    if (tags.size > 0) region.tags.set(record.id, tags);
    hideNewRule(region, record.id);
    return record;
  });
}

/**
 * AuthorizeSecurityGroupIngress and AuthorizeSecurityGroupEgress: all of the rules are added, or none.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export function authorize(
  region: Region,
  direction: Direction,
  input: AuthorizeInput,
): { Return: boolean; SecurityGroupRules: SecurityGroupRule[] } {
  const group = namedGroup(region, input);
  const stated = statedPermissions(input).flatMap((permission) =>
    rulesOfPermission(region, group, direction, permission, 'reachable'),
  );
  const tags = specifiedTags(input.TagSpecifications, 'security-group-rule');
  checkDistinct(rulesOf(region, group.id), stated);
  checkAddition(region, group.id, direction, stated);
  const rules = storeRules(region, stated, tags);
  return { Return: true, SecurityGroupRules: rules.map((rule) => authorizedRule(region, rule)) };
}
