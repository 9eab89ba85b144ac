import type { AddedRules, Change } from '../../domain/change.ts';
import type { Facts } from '../../domain/control.ts';
import { type Limit, lowerMode, type Mode } from '../../domain/control-options.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Group, GroupIdentity, Rule } from '../../domain/group.ts';
import { matchesGlob } from '../../domain/identity.ts';
import type { Policy, TagCeiling } from '../../domain/policy.ts';
import type { ModeReason } from '../../domain/reasons.ts';
import { canonicalKey } from '../../network/rule-key.ts';
import { freezeLimits } from '../../policy/queries.ts';
import { actingService, serviceOwner } from '../../policy/service-owned.ts';
import { addedRules } from './freshness.ts';

/** A finding with its effective mode and the limits on it. */
export interface FindingWithMode {
  readonly finding: Finding;
  readonly mode: Mode;
  readonly limits: readonly Limit[];
}

const NOTHING_TO_REMOVE: Limit = {
  mode: 'alert',
  why: 'no-rule-named',
  reason: 'it names no rule, so there is nothing to remove',
};

function isTagged({ tags: has }: GroupIdentity, { tags }: TagCeiling): boolean {
  return Object.entries(tags).every(
    ([key, pattern]) => Object.hasOwn(has, key) && matchesGlob(pattern, has[key] ?? ''),
  );
}

function tagLimit({ tags, mode }: TagCeiling): Limit {
  const named = Object.entries(tags).map(([key, pattern]) => `${key}=${pattern}`);
  return { mode, why: 'tag-mode', reason: `groups tagged ${named.join(', ')} go no further than ${mode}` };
}

/** The limit that the runtime switch sets. */
export function switchLimit(ceiling: Mode): Limit {
  return { mode: ceiling, why: 'runtime-switch', reason: `the runtime switch is at ${ceiling}` };
}

/**
 * The limits below the mode that the policy gives. Only tags that the policy names count, and a tag can only
 * lower the mode.
 */
function limitsBelow(
  asked: Mode,
  finding: Finding,
  group: GroupIdentity,
  { policy, ceiling, now }: ModeInputs,
): readonly Limit[] {
  const isLower = (mode: Mode): boolean => lowerMode(mode, asked) !== asked;
  const limits: Limit[] = [];
  if (isLower(policy.ceiling))
    limits.push({
      mode: policy.ceiling,
      why: 'account-mode',
      reason: `the policy's mode for the account is ${policy.ceiling}`,
    });
  if (isLower(ceiling)) limits.push(switchLimit(ceiling));
  for (const one of policy.tagCeilings) if (isLower(one.mode) && isTagged(group, one)) limits.push(tagLimit(one));
  if (isLower(NOTHING_TO_REMOVE.mode) && finding.rules.length === 0 && finding.removedRules === undefined)
    limits.push(NOTHING_TO_REMOVE);
  if (finding.freshness !== 'fresh' && now !== undefined)
    limits.push(...freezeLimits(policy.freezes, now).filter(({ mode }) => isLower(mode)));
  if (finding.limit !== undefined && isLower(finding.limit.mode)) limits.push(finding.limit);
  return limits;
}

/** What the effective mode depends on besides the finding and the group. */
export interface ModeInputs {
  readonly policy: Policy;
  readonly ceiling: Mode;
  /** Milliseconds since the epoch. Absent: no freeze applies. */
  readonly now?: number | undefined;
}

/** The lowest of the control's mode and all limits. */
export function withEffectiveMode(finding: Finding, group: GroupIdentity, rules: ModeInputs): FindingWithMode {
  const asked = rules.policy.controls[finding.control]?.[finding.freshness] ?? 'off';
  const limits = limitsBelow(asked, finding, group, rules);
  return { finding, limits, mode: limits.reduce<Mode>((mode, limit) => lowerMode(mode, limit.mode), asked) };
}

function limitFor(id: string, version: number | undefined): Limit {
  const back = version === undefined ? `the version of ${id} before it` : `version ${version} of ${id}`;
  return {
    mode: 'approve',
    why: 'prefix-list-change',
    reason: `a change to prefix list ${id} added this: going back to ${back} takes it back; revoking every rule that names the list would cut off what else it admits`,
  };
}

/**
 * Limits a finding about a changed prefix list to `approve`. The list has earlier versions to go back to, and
 * a rule that names it may admit other sources as well.
 */
export function limitedByPrefixList(finding: Finding, added: AddedRules): Finding {
  if (added.kind !== 'prefix-list' || finding.freshness !== 'fresh') return finding;
  if (!finding.rules.some(({ source }) => source.kind === 'prefix-list' && source.id === added.id)) return finding;
  return limited(finding, limitFor(added.id, added.version));
}

/** The finding with a limit, unless it has a lower one. */
function limited(finding: Finding, limit: Limit): Finding {
  const { limit: known } = finding;
  return known !== undefined && lowerMode(known.mode, limit.mode) === known.mode ? finding : { ...finding, limit };
}

/** What shows who opened the rules of a group. */
interface Evidence {
  readonly change: Pick<Change, 'added' | 'actor'>;
  readonly episodes: Facts['episodes'];
  readonly policy: Pick<Policy, 'serviceOwned'>;
}

/**
 * The contents that the service which manages the group opened, from the recorded openings and from the
 * change. A change counts only for the rules that it names, because other rules of a group that the service
 * created may be somebody else's.
 */
function openedByService(group: Group, { change, episodes, policy }: Evidence): ReadonlySet<string> {
  const recorded = episodes.filter(
    ({ what, actor }) => what === 'opened' && actingService(actor, group, policy) !== undefined,
  );
  const isServiceChange = change.added.kind === 'rules' && actingService(change.actor, group, policy) !== undefined;
  const fresh = isServiceChange ? [...addedRules(group.rules, change.added)] : [];
  return new Set([...recorded.map(({ content }) => content), ...fresh.map(canonicalKey)]);
}

/** Divides a finding into rules that the service opened, which are limited to `alert`, and other rules. */
function split(finding: Finding, isServices: (rule: Rule) => boolean, limit: Limit): readonly Finding[] {
  const held = finding.rules.filter(isServices);
  if (held.length === 0) return [finding];
  if (held.length === finding.rules.length) return [limited(finding, limit)];
  const others = finding.rules.filter((rule) => !held.includes(rule));
  return [limited({ ...finding, rules: held }, limit), { ...finding, rules: others }];
}

/**
 * Limits findings about rules that the managing AWS service opened itself, because the service would restore
 * them. Names and tags only show which service that may be. Rules that somebody else opened, and rules
 * without a recorded opening, keep the policy's mode.
 */
export function limitedForService(findings: readonly Finding[], group: Group, evidence: Evidence): readonly Finding[] {
  const mayBeServices = evidence.episodes.length > 0 || evidence.change.added.kind === 'rules';
  const service = findings.length === 0 || !mayBeServices ? undefined : serviceOwner(group, evidence.policy);
  if (service === undefined) return findings;
  const contents = openedByService(group, evidence);
  if (contents.size === 0) return findings;
  const limit: Limit = {
    mode: 'alert',
    why: 'service-managed',
    reason: `${service}, which owns the group, opened this rule itself and would restore it`,
  };
  return findings.flatMap((finding) => split(finding, (rule) => contents.has(canonicalKey(rule)), limit));
}

/** Why a decision's mode is below `enforce`. */
export function modeReason({ mode, limits, findings }: Pick<Decision, 'mode' | 'limits' | 'findings'>): ModeReason {
  const limit = limits.find((one) => one.mode === mode);
  if (limit !== undefined) return limit.why;
  return findings.every(({ freshness }) => freshness === 'existing') ? 'existing-rule' : 'control-mode';
}
