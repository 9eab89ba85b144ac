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
 * Waits between looks, ms, after EC2 said that a rule stands which its descriptions do not show yet: EC2 is eventually consistent.
 * After these its answers contradict each other, and a later retry must see.
 */
const DUPLICATE_WAITS_MS = [500, 1000, 2000] as const;

/** Rules by what they let through: EC2 holds no two of a group with the same key. */
type RulesByKey = ReadonlyMap<string, Rule>;

function byKey(rules: readonly Rule[]): RulesByKey {
  return new Map(rules.map((rule) => [canonicalKey(rule), rule]));
}

/** Tags that can be given. Keys that begin with `aws:` are AWS's own: a call that names one is refused. */
function tagsOf({ tags = {} }: Rule): readonly Tag[] {
  return Object.entries(tags)
    .filter(([key]) => !key.toLowerCase().startsWith('aws:'))
    .map(([Key, Value]) => ({ Key, Value }));
}

/** The same for the same tags, in whatever order they are. */
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

/** Nobody who hears that EC2 refused is to think that nothing was added: the next try meets the refusal alone. */
function partlyAuthorized(step: AuthorizeStep, added: readonly Rule[], cause: CallFailed): CallFailed {
  const ids = added.map(({ id }) => id ?? '').join(', ');
  return contradiction(step, 'PartlyAuthorized', new Error(`${ids} added, then ${cause.message}`, { cause }));
}

/** Adds what is missing, one call for each set of tags, since the tags of a call are those of all its rules. */
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

/** What stands in the group once the missing rules are added, or EC2's word that one stands which it does not show. */
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
 * Adds the step's rules with their descriptions and tags, and answers all of them as they stand, in the step's order. One that stands
 * already, whatever its description, is left as it is: an answer that was lost on the way is asked for again without harm. Rules with
 * the same tags go in one call, of which EC2 adds all or none. Where tags differ, a fault leaves what the calls before it added, and
 * says so; the next try finds that standing.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 * @throws CallFailed: EC2's own code where nothing was added, `PartlyAuthorized` where something was.
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
