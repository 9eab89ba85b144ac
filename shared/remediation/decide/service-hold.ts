import type { Change } from '../../domain/change.ts';
import type { Facts } from '../../domain/controls/facts.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import { type Limit, lowerMode } from '../../domain/controls/mode.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Group } from '../../domain/group.ts';
import type { Rule } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';
import { actingService, serviceOwner } from '../../policy/service-owned.ts';
import { freshRules } from './freshness.ts';

/** What tells who opened the rules of a group. */
interface Evidence {
  readonly change: Pick<Change, 'brought' | 'actor'>;
  readonly episodes: Facts['episodes'];
  readonly policy: Pick<Policy, 'serviceOwned'>;
}

/**
 * The contents that the group's service opened: by the recorded openings, and by the change at hand if the service made it. A change
 * counts only for the rules that it names; of a group that the service created, whatever was there may be somebody else's.
 */
const openedByService = (group: Group, { change, episodes, policy }: Evidence): ReadonlySet<string> => {
  const recorded = episodes.filter(
    ({ what, actor }) => what === 'opened' && actingService(actor, group, policy) !== undefined,
  );
  const isServiceChange = change.brought.kind === 'rules' && actingService(change.actor, group, policy) !== undefined;
  const fresh = isServiceChange ? [...freshRules(group.rules, change.brought)] : [];
  return new Set([...recorded.map(({ content }) => content), ...fresh.map(canonicalKey)]);
};

const limited = (finding: Finding, limit: Limit): Finding => {
  const { limit: known } = finding;
  return known !== undefined && lowerMode(known.mode, limit.mode) === known.mode ? finding : { ...finding, limit };
};

/** A finding in two parts: the rules that the service opened, which are limited to `alert`, and the other rules. */
const split = (finding: Finding, isServices: (rule: Rule) => boolean, limit: Limit): readonly Finding[] => {
  const held = finding.rules.filter(isServices);
  if (held.length === 0) return [finding];
  if (held.length === finding.rules.length) return [limited(finding, limit)];
  const others = finding.rules.filter((rule) => !held.includes(rule));
  return [limited({ ...finding, rules: held }, limit), { ...finding, rules: others }];
};

/**
 * Holds back findings about rules that the AWS service which owns the group opened itself: the service would restore them. Names and
 * tags only say which service that may be. Rules that anyone else opened keep the policy's mode, and so does a rule whose opening is
 * not on record.
 */
export const heldForService = (findings: readonly Finding[], group: Group, evidence: Evidence): readonly Finding[] => {
  const mayBeServices = evidence.episodes.length > 0 || evidence.change.brought.kind === 'rules';
  const service = findings.length === 0 || !mayBeServices ? undefined : serviceOwner(group, evidence.policy);
  if (service === undefined) return findings;
  const contents = openedByService(group, evidence);
  if (contents.size === 0) return findings;
  const limit: Limit = {
    mode: 'alert',
    reason: `${service}, which owns the group, opened this rule itself and would restore it`,
  };
  return findings.flatMap((finding) => split(finding, (rule) => contents.has(canonicalKey(rule)), limit));
};
