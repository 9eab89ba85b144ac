import {
  type RevokedSecurityGroupRule,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { contentKey } from '../exposure/rule-key.ts';
import { CallFailed, InputInvalid } from '../model/errors.ts';
import type { Revoked, RevokeStep } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';
import { ruleFromSdk } from '../readers/sdk.ts';
import { call, fieldOf } from './call.ts';
import { describeRules, type Ec2 } from './describe.ts';

/**
 * Codes that say: one of these rules, or their group, is not there any more, and nothing in this call was revoked. None is believed
 * without a look: EC2 is eventually consistent, and a group that is seconds old may not be known yet.
 */
const GONE: ReadonlySet<string> = new Set([
  'InvalidSecurityGroupRuleId.NotFound',
  'InvalidPermission.NotFound',
  'InvalidGroup.NotFound',
]);

/** Rounds of "one is gone, leave it out": after these EC2's own descriptions disagree with its answers, and a later retry must see. */
const ROUNDS = 3;

type RulesById = ReadonlyMap<string, Rule>;

function planned(step: RevokeStep): RulesById {
  return new Map(
    step.rules.map((rule) => {
      if (rule.id === undefined)
        throw new InputInvalid(`revoke ${step.groupId}: a rule has no id (${contentKey(rule)}); read the group again`);
      return [rule.id, rule];
    }),
  );
}

async function send(ec2: Ec2, step: RevokeStep, ids: readonly string[]): Promise<readonly RevokedSecurityGroupRule[]> {
  const input = { GroupId: step.groupId, SecurityGroupRuleIds: [...ids] };
  const answer =
    step.direction === 'ingress'
      ? await call('RevokeSecurityGroupIngress', ec2.send(new RevokeSecurityGroupIngressCommand(input)))
      : await call('RevokeSecurityGroupEgress', ec2.send(new RevokeSecurityGroupEgressCommand(input)));
  return answer.RevokedSecurityGroupRules ?? [];
}

async function stillThere(ec2: Ec2, groupId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const ofGroup = [{ Name: 'group-id', Values: [groupId] }];
  const rules = await describeRules(ec2, { name: 'security-group-rule-id', values: ids }, ofGroup);
  return new Set(rules.flatMap((rule) => rule.SecurityGroupRuleId ?? []));
}

const readRevoked = ({ ReferencedGroupId, ...rule }: RevokedSecurityGroupRule): Rule =>
  ruleFromSdk({ ...rule, ...(ReferencedGroupId && { ReferencedGroupInfo: { GroupId: ReferencedGroupId } }) });

/**
 * EC2's answer has no tags: the plan's rule stands where the content is the same, else the real content with the id's tags.
 * The rule is gone whatever the answer looks like, so one that cannot be understood is no reason to fail.
 */
function removedRule(answer: RevokedSecurityGroupRule, plan: RulesById): Rule {
  const expected = plan.get(answer.SecurityGroupRuleId ?? '');
  try {
    const rule = readRevoked(answer);
    if (!expected) return rule;
    if (contentKey(expected) === contentKey(rule)) return expected;
    return expected.tags ? { ...rule, tags: expected.tags } : rule;
  } catch (error) {
    if (error instanceof InputInvalid && expected) return expected;
    throw error;
  }
}

const disagreement = (step: RevokeStep, what: string, cause: unknown): CallFailed =>
  new CallFailed(`Revoke ${step.direction} of ${step.groupId}`, what, true, cause);

/**
 * What was removed as EC2 lists it. Ids that it does not list are looked for again: gone is gone, and one that is still there is
 * a failure that a retry may mend, never a success.
 */
async function removedRules(
  ec2: Ec2,
  step: RevokeStep,
  ids: readonly string[],
  plan: RulesById,
): Promise<readonly Rule[]> {
  const removed = (await send(ec2, step, ids)).map((rule) => removedRule(rule, plan));
  const listed = new Set(removed.map(({ id }) => id));
  const unlisted = ids.filter((id) => !listed.has(id));
  if (unlisted.length === 0) return removed;
  const left = await stillThere(ec2, step.groupId, unlisted);
  if (left.size > 0) throw disagreement(step, 'PartlyRevoked', new Error(`${[...left].join(', ')} still there`));
  return [...removed, ...unlisted.flatMap((id) => plan.get(id) ?? [])];
}

/** Whether the SDK had sent the call before: the first answer may have been lost after its effect. */
const wasSentBefore = ({ cause }: CallFailed): boolean => {
  const attempts = fieldOf(fieldOf(cause, '$metadata'), 'attempts');
  return typeof attempts === 'number' && attempts > 1;
};

/**
 * Revokes the step's rules by id, in one call. Rules that are gone already are left out and reported as `missing`.
 * Throws CallFailed, and InputInvalid for a rule without an id.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export async function revoke(ec2: Ec2, step: RevokeStep): Promise<Revoked> {
  const plan = planned(step);
  let ids = [...plan.keys()];
  let unanswered = false;
  for (let round = 1; ids.length > 0; round += 1) {
    try {
      const removed = await removedRules(ec2, step, ids, plan);
      return { removed, missing: [...plan.keys()].filter((id) => !ids.includes(id)), unanswered };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      unanswered ||= wasSentBefore(error);
      if (!GONE.has(error.code)) throw error;
      if (round === ROUNDS) throw new CallFailed(error.call, error.code, true, error.cause);
    }
    const left = await stillThere(ec2, step.groupId, ids);
    ids = ids.filter((id) => left.has(id));
  }
  return { removed: [], missing: [...plan.keys()], unanswered };
}
