import {
  type RevokedSecurityGroupRule,
  RevokeSecurityGroupEgressCommand,
  type RevokeSecurityGroupEgressCommandOutput,
  RevokeSecurityGroupIngressCommand,
  type RevokeSecurityGroupIngressCommandOutput,
} from '@aws-sdk/client-ec2';
import type { RevokeResult, RevokeStep } from '../../../domain/ec2.ts';
import { CallFailed, InputInvalid } from '../../../domain/errors.ts';
import type { Rule } from '../../../domain/group.ts';
import { ruleFromSdk } from '../../../events/describe/group.ts';
import { readPermission } from '../../../events/describe/rules.ts';
import { canonicalKey, compareRules, contentKey } from '../../../network/rule-key.ts';
import { call, fieldOf } from '../call.ts';
import { describeRules, type Ec2 } from './describe.ts';
import { contentPermission } from './ip-permission.ts';

/**
 * Codes for: the group does not have a rule with this content, or the group does not exist. A describe call
 * has to confirm either, because EC2 is eventually consistent and may not know a new group yet.
 */
const NOT_AS_STATED: ReadonlySet<string> = new Set(['InvalidPermission.NotFound', 'InvalidGroup.NotFound']);

/**
 * Whether EC2 rejected one of the rules and therefore the whole call. Without that rule the call may succeed.
 */
function isAboutOneRule({ code, retryable }: CallFailed): boolean {
  return !retryable && code.startsWith('Invalid');
}

/**
 * Rounds of revoke and describe. After the last one, EC2's answers contradict each other, and a later
 * invocation must retry.
 */
const ROUNDS = 3;

type RevokeOutput = RevokeSecurityGroupIngressCommandOutput | RevokeSecurityGroupEgressCommandOutput;

/** The progress of one step. */
interface RevokeProgress {
  readonly ec2: Ec2;
  readonly step: RevokeStep;
  /** As EC2 returns them. */
  readonly removed: Rule[];
  /** Rules that a successful call did not report as unknown. */
  readonly accepted: Set<Rule>;
  /**
   * Rules of calls that the SDK sent more than once: an earlier answer may have been lost after its effect.
   */
  readonly resent: Set<Rule>;
  /** Why EC2 rejected a rule that was in a call of its own. */
  readonly refusals: Map<Rule, CallFailed>;
}

async function send(ec2: Ec2, { groupId, direction }: RevokeStep, rules: readonly Rule[]): Promise<RevokeOutput> {
  const input = { GroupId: groupId, IpPermissions: rules.map(contentPermission) };
  return direction === 'ingress'
    ? await call('RevokeSecurityGroupIngress', ec2.send(new RevokeSecurityGroupIngressCommand(input)))
    : await call('RevokeSecurityGroupEgress', ec2.send(new RevokeSecurityGroupEgressCommand(input)));
}

function wasResent(answer: unknown): boolean {
  const attempts = fieldOf(fieldOf(answer, '$metadata'), 'attempts');
  return typeof attempts === 'number' && attempts > 1;
}

function readRevoked({ ReferencedGroupId, ...rule }: RevokedSecurityGroupRule): Rule | undefined {
  try {
    return ruleFromSdk({ ...rule, ...(ReferencedGroupId && { ReferencedGroupInfo: { GroupId: ReferencedGroupId } }) });
  } catch (error) {
    if (error instanceof InputInvalid) return undefined;
    throw error;
  }
}

/**
 * The removed rule. EC2's answer has no tags, so the decided rule takes its place if id and content are the
 * same. The id differs if someone removed the rule and added the same content again. The rule is removed even
 * if EC2's answer cannot be parsed.
 */
function removedRule(answer: RevokedSecurityGroupRule, decided: readonly Rule[]): readonly Rule[] {
  const expected = decided.filter(({ id }) => id === answer.SecurityGroupRuleId);
  const rule = readRevoked(answer);
  if (rule === undefined || expected.some((one) => contentKey(one) === contentKey(rule))) return expected;
  const tags = expected[0]?.tags;
  return [tags === undefined ? rule : { ...rule, tags }];
}

/** Rules that EC2 did not find. In the default VPC, EC2 lists them and removes the rest. */
function unknownIn({ UnknownIpPermissions = [] }: RevokeOutput, { direction }: RevokeStep): ReadonlySet<string> {
  return new Set(UnknownIpPermissions.flatMap((one) => readPermission(one, { direction }, '', []).map(canonicalKey)));
}

/**
 * Sends one call for the rules. Returns false if EC2 rejected the call because of one of them. Throws
 * CallFailed for any other error.
 */
async function attempt(rules: readonly Rule[], progress: RevokeProgress): Promise<boolean> {
  const { ec2, step, removed, accepted, resent, refusals } = progress;
  const noteResent = (answer: unknown) => {
    if (wasResent(answer)) for (const rule of rules) resent.add(rule);
  };
  try {
    const answer = await send(ec2, step, rules);
    noteResent(answer);
    removed.push(...(answer.RevokedSecurityGroupRules ?? []).flatMap((one) => removedRule(one, step.rules)));
    const unknown = unknownIn(answer, step);
    for (const rule of rules) if (!unknown.has(canonicalKey(rule))) accepted.add(rule);
    return true;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    noteResent(error.cause);
    if (!isAboutOneRule(error)) throw error;
    if (rules.length === 1) for (const rule of rules) refusals.set(rule, error);
    return false;
  }
}

/**
 * Halves the rules until each rejected rule is in a call of its own, so that it does not protect the others.
 */
async function attemptSeparately(rules: readonly Rule[], progress: RevokeProgress): Promise<void> {
  if (rules.length === 0 || (await attempt(rules, progress)) || rules.length === 1) return;
  const half = Math.ceil(rules.length / 2);
  await attemptSeparately(rules.slice(0, half), progress);
  await attemptSeparately(rules.slice(half), progress);
}

async function describeAgain({ ec2, step }: RevokeProgress, rules: readonly Rule[]): Promise<readonly Rule[]> {
  const ofGroup = [{ Name: 'group-id', Values: [step.groupId] }];
  const ids = rules.flatMap(({ id }) => id ?? []);
  return (await describeRules(ec2, { name: 'security-group-rule-id', values: ids }, ofGroup)).map(ruleFromSdk);
}

/** Why rules still exist. A fault that a retry may resolve comes first. */
function faultOf(left: readonly Rule[], { step, refusals }: RevokeProgress): CallFailed {
  const faults = left.map((rule) => {
    const refusal = refusals.get(rule);
    if (refusal !== undefined && !NOT_AS_STATED.has(refusal.code)) return refusal;
    const cause = new Error(`EC2 still shows ${rule.id ?? ''}`, { cause: refusal });
    return new CallFailed(`Revoke ${step.direction} of ${step.groupId}`, refusal?.code ?? 'PartlyRevoked', true, cause);
  });
  const [fault] = faults.toSorted((a, b) => Number(b.retryable) - Number(a.retryable));
  return fault ?? new CallFailed('Revoke', 'PartlyRevoked', true, new Error('nothing is left'));
}

function isRefusedForGood(rule: Rule, { refusals }: RevokeProgress): boolean {
  const refusal = refusals.get(rule);
  return refusal !== undefined && !NOT_AS_STATED.has(refusal.code);
}

/**
 * Removes rules by content until each is removed, gone, changed or rejected. Throws CallFailed; `found` has
 * the results so far.
 */
async function runRounds(progress: RevokeProgress, found: { gone: Rule[]; changed: Rule[] }): Promise<void> {
  const { step, removed, accepted } = progress;
  let left: readonly Rule[] = step.rules;
  for (let round = 1; left.length > 0; round += 1) {
    if (round === 1) await attempt(left, progress);
    else await attemptSeparately(left, progress);
    const [ids, contents] = [new Set(removed.map(({ id }) => id)), new Set(removed.map(contentKey))];
    const unlisted = left.filter(({ id }) => !ids.has(id));
    if (unlisted.length === 0) return;
    const states = compareRules(unlisted, await describeAgain(progress, unlisted));
    found.changed.push(...states.changed);
    for (const rule of states.gone.filter((one) => !contents.has(contentKey(one))))
      (accepted.has(rule) ? removed : found.gone).push(rule);
    left = states.same;
    const isOver = round === ROUNDS || left.every((rule) => isRefusedForGood(rule, progress));
    if (left.length > 0 && isOver) throw faultOf(left, progress);
  }
}

/**
 * Revokes the step's rules by content (compare-and-delete): EC2 removes a rule only if protocol, ports and
 * source are still exactly as decided. The first call has all rules. If EC2 rejects it because of one rule,
 * the group is read again, and the rules that are still as decided go in separate calls.
 *
 * @throws InputInvalid for a rule without an id.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export async function revoke(ec2: Ec2, step: RevokeStep): Promise<RevokeResult> {
  const nameless = step.rules.find(({ id }) => id === undefined);
  if (nameless !== undefined)
    throw new InputInvalid(`revoke ${step.groupId}: a rule has no id (${contentKey(nameless)}); read the group again`);
  const progress: RevokeProgress = {
    ec2,
    step,
    removed: [],
    accepted: new Set(),
    resent: new Set(),
    refusals: new Map(),
  };
  const found: { gone: Rule[]; changed: Rule[] } = { gone: [], changed: [] };
  const answer = () => ({
    removed: progress.removed,
    ...found,
    unanswered: found.gone.filter((rule) => progress.resent.has(rule)),
  });
  try {
    await runRounds(progress, found);
    return answer();
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return { ...answer(), fault: error };
  }
}
