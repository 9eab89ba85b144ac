import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  type SecurityGroupRule,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { AuthorizeStep } from '../../../domain/ec2.ts';
import { CallFailed } from '../../../domain/errors.ts';
import type { Rule } from '../../../domain/group.ts';
import type { Clock } from '../../../domain/runtime.ts';
import { ruleFromSdk } from '../../../events/describe/group.ts';
import { canonicalKey } from '../../../network/rule-key.ts';
import { call } from '../call.ts';
import { describeRules, type Ec2 } from './describe.ts';
import { describedPermission } from './ip-permission.ts';

/**
 * Waits between reads, ms, after EC2 reported a duplicate rule that its descriptions do not show yet: EC2 is
 * eventually consistent. After the last wait, EC2's answers contradict each other, and a later retry has to
 * decide.
 */
const DUPLICATE_WAITS_MS = [500, 1000, 2000] as const;

/** Rules by canonical key. EC2 has no two rules of a group with the same key. */
type RulesByKey = ReadonlyMap<string, Rule>;

function byKey(rules: readonly Rule[]): RulesByKey {
  return new Map(rules.map((rule) => [canonicalKey(rule), rule]));
}

/** Tags that a call may set. EC2 rejects calls with keys that begin with `aws:`, which are reserved. */
function tagsOf({ tags = {} }: Rule): readonly Tag[] {
  return Object.entries(tags)
    .filter(([key]) => !key.toLowerCase().startsWith('aws:'))
    .map(([Key, Value]) => ({ Key, Value }));
}

/** Equal for equal tags, in any order. */
function tagKey(rule: Rule): string {
  return tagsOf(rule)
    .map(({ Key, Value }) => JSON.stringify([Key, Value]))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join();
}

async function existingRules(ec2: Ec2, groupId: string): Promise<RulesByKey> {
  return byKey((await describeRules(ec2, { name: 'group-id', values: [groupId] })).map(ruleFromSdk));
}

async function send(
  ec2: Ec2,
  step: AuthorizeStep,
  rules: readonly Rule[],
  tags: readonly Tag[],
): Promise<readonly SecurityGroupRule[]> {
  const specified = { ResourceType: 'security-group-rule' as const, Tags: [...tags] };
  const input = {
    GroupId: step.groupId,
    IpPermissions: rules.map(describedPermission),
    ...(tags.length > 0 && { TagSpecifications: [specified] }),
  };
  const answer =
    step.direction === 'ingress'
      ? await call('AuthorizeSecurityGroupIngress', ec2.send(new AuthorizeSecurityGroupIngressCommand(input)))
      : await call('AuthorizeSecurityGroupEgress', ec2.send(new AuthorizeSecurityGroupEgressCommand(input)));
  return answer.SecurityGroupRules ?? [];
}

function isDuplicate(error: unknown): error is CallFailed {
  return error instanceof CallFailed && error.code === 'InvalidPermission.Duplicate';
}

function contradiction({ groupId, direction }: AuthorizeStep, what: string, cause: unknown): CallFailed {
  return new CallFailed(`Authorize ${direction} of ${groupId}`, what, true, cause);
}

/**
 * A fault that says which rules were added before EC2 rejected a call. Otherwise the caller would conclude
 * that none was added.
 */
function partlyAuthorized(step: AuthorizeStep, added: readonly Rule[], cause: CallFailed): CallFailed {
  const ids = added.map(({ id }) => id ?? '').join(', ');
  return contradiction(step, 'PartlyAuthorized', new Error(`${ids} added, then ${cause.message}`, { cause }));
}

/** Adds missing rules. One call for each set of tags, because the tags of a call apply to all its rules. */
async function add(ec2: Ec2, step: AuthorizeStep, missing: readonly Rule[]): Promise<readonly Rule[]> {
  const added: Rule[] = [];
  try {
    for (const alike of Map.groupBy(missing, tagKey).values()) {
      const tags = alike[0] === undefined ? [] : tagsOf(alike[0]);
      added.push(...(await send(ec2, step, alike, tags)).map(ruleFromSdk));
    }
    return added;
  } catch (error) {
    const isFinal = error instanceof CallFailed && !error.retryable && !isDuplicate(error);
    throw isFinal && added.length > 0 ? partlyAuthorized(step, added, error) : error;
  }
}

/**
 * The rules in the group after the missing ones are added, or EC2's error that one is a duplicate which its
 * descriptions do not show.
 */
async function tryOnce(ec2: Ec2, step: AuthorizeStep, wanted: RulesByKey): Promise<RulesByKey | CallFailed> {
  const there = await existingRules(ec2, step.groupId);
  const missing = [...wanted].flatMap(([key, rule]) => (there.has(key) ? [] : [rule]));
  try {
    const added = byKey(await add(ec2, step, missing));
    const isWhole = missing.every((rule) => added.has(canonicalKey(rule)));
    return isWhole ? new Map([...there, ...added]) : await existingRules(ec2, step.groupId);
  } catch (error) {
    if (isDuplicate(error)) return error;
    throw error;
  }
}

function resultRules(step: AuthorizeStep, wanted: RulesByKey, there: RulesByKey): readonly Rule[] {
  return Array.from(wanted, ([key]) => {
    const rule = there.get(key);
    if (rule === undefined) throw contradiction(step, 'NotShown', new Error(`EC2 added ${key} and does not show it`));
    return rule;
  });
}

/**
 * Adds the step's rules with their descriptions and tags, and returns all of them as EC2 has them, in the
 * step's order. An existing rule stays as it is, whatever its description, so that a retry after a lost
 * answer does no harm. Rules with the same tags are in one call, which EC2 carries out in full or not at all.
 * If tags differ, a failed call leaves the rules of the calls before, and the error names them; a retry finds
 * them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 * @throws CallFailed with EC2's code if no rule was added, with `PartlyAuthorized` if some were.
 */
export async function authorize(
  ec2: Ec2,
  step: AuthorizeStep,
  { sleep }: Pick<Clock, 'sleep'>,
): Promise<readonly Rule[]> {
  const wanted = byKey(step.rules);
  if (wanted.size === 0) return [];
  for (let round = 0; ; round += 1) {
    const there = await tryOnce(ec2, step, wanted);
    if (!(there instanceof CallFailed)) return resultRules(step, wanted, there);
    const wait = DUPLICATE_WAITS_MS[round];
    if (wait === undefined) throw contradiction(step, there.code, there);
    await sleep(wait);
  }
}
