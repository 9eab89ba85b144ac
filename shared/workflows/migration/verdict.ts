import type { Facts, Peer } from '../../domain/controls/facts.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Exemption } from '../../domain/exemption.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { NewGroup } from '../../domain/grants.ts';
import type { GroupIdentity } from '../../domain/group.ts';
import type { Sighting } from '../../domain/ports.ts';
import type { Rule } from '../../domain/rule.ts';
import { contentKey } from '../../network/rule-key.ts';
import { formatRule } from '../../network/text/format.ts';
import { identityOf } from '../../network/text/peer.ts';
import { serviceOwner } from '../../policy/service-owned.ts';
import { withControls } from '../../policy/with-controls.ts';
import { missingOf, wantedRules } from '../../remediation/remedies/migrate-doubles.ts';
import { names, type Scene } from '../../remediation/remedies/migrate-scene.ts';
import { objectionsTo } from '../common/objections.ts';
import { objectionLines } from '../common/objections-text.ts';

/** What controls say to a migration. */
export interface Verdict {
  /** Rules of the default group, as `contentKey` writes them, that would be closed in its replacement. */
  readonly leftOut: ReadonlySet<string>;
  /** Why the others cannot be doubled. */
  readonly objections: readonly string[];
}

/** Stands for the id of a group that is not made yet. */
const NOT_MADE = 'sg-replacement';

/** What is judged by, and what holds besides. */
interface Bench {
  readonly scene: Scene;
  readonly replacement: GroupIdentity;
  readonly policy: Policy;
  readonly exemptions: readonly Exemption[];
}

const against = (rules: readonly Rule[], sighting: Sighting, { policy, exemptions }: Bench) =>
  objectionsTo(rules, { sighting, exemptions }, { policy, ceiling: 'enforce', from: 'approve' });

const withPeers = (facts: Partial<Facts>, { replacement, scene }: Bench): Partial<Facts> => {
  const both = [replacement, identityOf(scene.old)].map((one): readonly [string, Peer] => [one.id, one]);
  return { ...facts, peers: new Map([...(facts.peers ?? []), ...both]) };
};

/** The rule of the default group that a rule of its replacement comes from. */
const originOf = (rule: Rule, { replacement, scene }: Bench): string =>
  contentKey(
    names(rule, replacement.id) && rule.source.kind === 'group'
      ? { ...rule, source: { ...rule.source, groupId: scene.old.id } }
      : rule,
  );

/** Rules that would be closed in the replacement, until what is left is let stand: each round leaves out at least one. */
const violating = (bench: Bench): ReadonlySet<string> => {
  const { scene, replacement } = bench;
  const leftOut = new Set<string>();
  for (;;) {
    const rules = wantedRules(scene, replacement.id, leftOut).filter(({ groupId }) => groupId === replacement.id);
    const sighting = { group: { ...replacement, rules: [] }, facts: withPeers(scene.facts, bench) };
    const closed = against(rules, sighting, bench).flatMap((decision) => decision.rules);
    const found = closed.map((rule) => originOf(rule, bench)).filter((key) => !leftOut.has(key));
    if (found.length === 0) return leftOut;
    for (const key of found) leftOut.add(key);
  }
};

const isAbout = ({ scope }: Exemption, { id, name }: GroupIdentity): boolean =>
  (scope.groupId !== undefined || scope.groupName !== undefined) &&
  (scope.groupId === undefined || scope.groupId === id) &&
  (scope.groupName === undefined || matchesGlob(scope.groupName, name));

/** The exemptions as they would be if those of the default group were its replacement's. */
const handedOn = ({ exemptions, scene, replacement }: Bench): readonly Exemption[] =>
  exemptions.map((one) => {
    if (!isAbout(one, scene.old)) return one;
    const { groupName: _, ...scope } = one.scope;
    return { ...one, scope: { ...scope, groupId: replacement.id } };
  });

/** Rules that are exempt in the default group alone: leaving them out would take away what somebody has leave for. */
const exemptOnly = (leftOut: ReadonlySet<string>, bench: Bench): readonly string[] => {
  const still = violating({ ...bench, exemptions: handedOn(bench) });
  return bench.scene.old.rules
    .filter((rule) => leftOut.has(contentKey(rule)) && !still.has(contentKey(rule)))
    .map(
      (rule) =>
        `${formatRule(rule)} is exempt in ${bench.scene.old.id} alone and would be closed in its replacement: exempt it by its content, or end the exemption`,
    );
};

const ABOUT_DEFAULT_GROUPS: ReadonlySet<string> = new Set(['default-group-rules', 'default-group-in-use']);

/** The policy without what says of every rule of a default group that it should not be. */
const forOld = (policy: Policy): Policy => withControls(policy, (id) => !ABOUT_DEFAULT_GROUPS.has(id));

const ofGroup = (rules: readonly Rule[], sighting: Sighting, bench: Bench): readonly string[] => {
  const ours = rules.filter(({ groupId }) => groupId === sighting.group.id);
  if (ours.length === 0) return [];
  const owner = serviceOwner(sighting.group, bench.policy);
  const lines = objectionLines(ours, against(ours, { ...sighting, facts: withPeers(sighting.facts, bench) }, bench));
  return [
    ...lines.map((line) => `${sighting.group.id} cannot admit the replacement: ${line}`),
    ...(owner === undefined
      ? []
      : [`${sighting.group.id} belongs to ${owner}, which may take out what is added to it`]),
  ];
};

/** Decides anew what of a migration may be granted, by every control that would close a rule or ask people to. Pure. */
export const verdictOn = (scene: Scene, like: NewGroup, policy: Policy, exemptions: readonly Exemption[]): Verdict => {
  const { ownerId } = scene.old;
  const made = { ...like, id: NOT_MADE, ...(ownerId !== undefined && { ownerId }) };
  const replacement = scene.replacement === undefined ? made : identityOf(scene.replacement.group);
  const bench: Bench = { scene, replacement, policy, exemptions };
  const leftOut = violating(bench);
  const missing = missingOf(wantedRules(scene, replacement.id, leftOut), scene);
  const objections = [
    ...exemptOnly(leftOut, bench),
    ...ofGroup(missing, { group: scene.old, facts: scene.facts }, { ...bench, policy: forOld(policy) }),
    ...scene.naming.flatMap((sighting) => ofGroup(missing, sighting, bench)),
  ];
  return { leftOut, objections };
};
