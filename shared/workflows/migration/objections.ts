import type { Facts, Peer } from '../../domain/control.ts';
import type { GroupSnapshot, NewGroup } from '../../domain/ec2.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { GroupIdentity, Rule } from '../../domain/group.ts';
import { matchesGlob } from '../../domain/identity.ts';
import type { Policy } from '../../domain/policy.ts';
import { formatRule } from '../../network/format.ts';
import { identityOf } from '../../network/group-facts.ts';
import { contentKey } from '../../network/rule-key.ts';
import { withControls } from '../../policy/queries.ts';
import { serviceOwner } from '../../policy/service-owned.ts';
import { objectionLines, objectionsTo } from '../common/objections.ts';
import { type DefaultGroupState, missingRules, namesGroup, wantedRules } from './replacement.ts';

/** What controls say against a migration. */
export interface ControlObjections {
  /**
   * Rules of the default group, as `contentKey` writes them, that a control would remove from the
   * replacement.
   */
  readonly leftOut: ReadonlySet<string>;
  /** Why the other rules cannot be copied. */
  readonly objections: readonly string[];
}

/** A placeholder for the id of a group that does not exist yet. */
const NOT_MADE = 'sg-replacement';

/** What the evaluation of a replacement depends on. */
interface ReplacementCheck {
  readonly state: DefaultGroupState;
  readonly replacement: GroupIdentity;
  readonly policy: Policy;
  readonly exemptions: readonly Exemption[];
}

function against(rules: readonly Rule[], groupSnapshot: GroupSnapshot, { policy, exemptions }: ReplacementCheck) {
  return objectionsTo(rules, { groupSnapshot, exemptions }, { policy, ceiling: 'enforce', from: 'approve' });
}

function withPeers(facts: Partial<Facts>, { replacement, state }: ReplacementCheck): Partial<Facts> {
  const both = [replacement, identityOf(state.old)].map((one): readonly [string, Peer] => [one.id, one]);
  return { ...facts, peers: new Map([...(facts.peers ?? []), ...both]) };
}

/** The rule of the default group that a rule of the replacement is a copy of. */
function originOf(rule: Rule, { replacement, state }: ReplacementCheck): string {
  return contentKey(
    namesGroup(rule, replacement.id) && rule.source.kind === 'group'
      ? { ...rule, source: { ...rule.source, groupId: state.old.id } }
      : rule,
  );
}

/**
 * Rules that a control would remove from the replacement. Each round leaves out at least one, until no
 * control finds anything.
 */
function violating(check: ReplacementCheck): ReadonlySet<string> {
  const { state, replacement } = check;
  const leftOut = new Set<string>();
  for (;;) {
    const rules = wantedRules(state, replacement.id, leftOut).filter(({ groupId }) => groupId === replacement.id);
    const groupSnapshot = { group: { ...replacement, rules: [] }, facts: withPeers(state.facts, check) };
    const closed = against(rules, groupSnapshot, check).flatMap((decision) => decision.rules);
    const found = closed.map((rule) => originOf(rule, check)).filter((key) => !leftOut.has(key));
    if (found.length === 0) return leftOut;
    for (const key of found) leftOut.add(key);
  }
}

function isAbout({ scope }: Exemption, { id, name }: GroupIdentity): boolean {
  return (
    (scope.groupId !== undefined || scope.groupName !== undefined) &&
    (scope.groupId === undefined || scope.groupId === id) &&
    (scope.groupName === undefined || matchesGlob(scope.groupName, name))
  );
}

/** The exemptions as if those of the default group were about its replacement. */
function exemptionsOfReplacement({ exemptions, state, replacement }: ReplacementCheck): readonly Exemption[] {
  return exemptions.map((one) => {
    if (!isAbout(one, state.old)) return one;
    const { groupName: _, ...scope } = one.scope;
    return { ...one, scope: { ...scope, groupId: replacement.id } };
  });
}

/**
 * Rules that only an exemption for the default group allows: without them in the replacement, somebody would
 * lose exempted access.
 */
function exemptOnly(leftOut: ReadonlySet<string>, check: ReplacementCheck): readonly string[] {
  const still = violating({ ...check, exemptions: exemptionsOfReplacement(check) });
  return check.state.old.rules
    .filter((rule) => leftOut.has(contentKey(rule)) && !still.has(contentKey(rule)))
    .map(
      (rule) =>
        `${formatRule(rule)} is exempt in ${check.state.old.id} alone and would be closed in its replacement: exempt it by its content, or end the exemption`,
    );
}

const ABOUT_DEFAULT_GROUPS: ReadonlySet<string> = new Set(['default-group-rules', 'default-group-in-use']);

/** The policy without the controls that object to every rule of a default group. */
function forOld(policy: Policy): Policy {
  return withControls(policy, (id) => !ABOUT_DEFAULT_GROUPS.has(id));
}

function ofGroup(rules: readonly Rule[], groupSnapshot: GroupSnapshot, check: ReplacementCheck): readonly string[] {
  const ours = rules.filter(({ groupId }) => groupId === groupSnapshot.group.id);
  if (ours.length === 0) return [];
  const owner = serviceOwner(groupSnapshot.group, check.policy);
  const lines = objectionLines(
    ours,
    against(ours, { ...groupSnapshot, facts: withPeers(groupSnapshot.facts, check) }, check),
  );
  return [
    ...lines.map((line) => `${groupSnapshot.group.id} cannot admit the replacement: ${line}`),
    ...(owner === undefined
      ? []
      : [`${groupSnapshot.group.id} belongs to ${owner}, which may take out what is added to it`]),
  ];
}

/**
 * Decides which rules a migration may grant. Every control counts that would remove a rule or ask people.
 * Pure.
 */
export function controlObjections(
  state: DefaultGroupState,
  like: NewGroup,
  policy: Policy,
  exemptions: readonly Exemption[],
): ControlObjections {
  const { ownerId } = state.old;
  const made = { ...like, id: NOT_MADE, ...(ownerId !== undefined && { ownerId }) };
  const replacement = state.replacement === undefined ? made : identityOf(state.replacement.group);
  const check: ReplacementCheck = { state, replacement, policy, exemptions };
  const leftOut = violating(check);
  const missing = missingRules(wantedRules(state, replacement.id, leftOut), state);
  const objections = [
    ...exemptOnly(leftOut, check),
    ...ofGroup(missing, { group: state.old, facts: state.facts }, { ...check, policy: forOld(policy) }),
    ...state.naming.flatMap((groupSnapshot) => ofGroup(missing, groupSnapshot, check)),
  ];
  return { leftOut, objections };
}
