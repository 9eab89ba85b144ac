import type { AfterExemption } from '../../domain/after-exemption.ts';
import type { Brought } from '../../domain/change.ts';
import { higherMode, type Mode } from '../../domain/controls/mode.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Decision } from '../../domain/decision.ts';
import { RemediatorError } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Group } from '../../domain/group.ts';
import { covers, withoutExempt } from '../../policy/exempt.ts';
import { decide } from '../../remediation/decide/decide.ts';
import type { GrantCell } from './cell.ts';
import { type Present, present } from './present.ts';

/** Whether a decision is about something that only these exemptions keep from a control. */
const isCovered = ({ because }: Decision, group: Group, exemptions: readonly Exemption[]): boolean =>
  because.some(({ control, rules }) => {
    const visible = withoutExempt(group, control, exemptions);
    return visible === undefined || rules.some((rule) => !visible.rules.includes(rule));
  });

const modeOf = (
  brought: Brought,
  exemptions: readonly Exemption[],
  { sighting, exemptions: all }: Present,
  policy: Policy,
): Mode => {
  const ids = new Set(exemptions.map(({ id }) => id));
  const others = all.filter(({ id }) => !ids.has(id));
  const occasion = { trigger: 'rules-added', brought, exemptions: others } as const;
  return decide(sighting, occasion, policy, 'enforce')
    .filter((decision) => isCovered(decision, sighting.group, exemptions))
    .map(({ mode }) => mode)
    .reduce(higherMode, 'off');
};

/**
 * How far the policy goes with what exemptions of one group cover, as the group is now. The runtime switch and freezes do not count: they
 * may be over by then. Pure.
 */
export const afterExemptionsIn = (
  found: Present,
  exemptions: readonly Exemption[],
  policy: Policy,
): AfterExemption => ({
  fresh: modeOf({ kind: 'everything' }, exemptions, found, policy),
  existing: modeOf({ kind: 'unknown' }, exemptions, found, policy),
});

const isNothing = ({ fresh, existing }: AfterExemption): boolean => fresh === 'off' && existing === 'off';

/** Whether one of the exemptions is about a rule that the group has. All others are about rules that may still be added. */
const namesRule = (exemptions: readonly Exemption[], { rules }: Group): boolean =>
  exemptions.some(({ scope }) => scope.content !== undefined && rules.some((rule) => covers(scope, rule)));

/**
 * The same, for the group as it is when it is read. Nothing is known if the exemptions are about no group, the group is gone or cannot be
 * read, or the group has no rule yet that only the exemptions allow. The request is carried out in each case, and the answer says less.
 */
export const afterExemptions = async (
  exemptions: readonly Exemption[],
  cell: GrantCell,
): Promise<{ readonly afterwards?: AfterExemption }> => {
  const [{ scope, place } = { scope: {}, place: undefined }] = exemptions;
  if (scope.groupId === undefined || place === undefined) return {};
  try {
    const found = await present({ groupId: scope.groupId, region: place.region }, cell);
    if (found === undefined) return {};
    const afterwards = afterExemptionsIn(found, exemptions, cell.policy);
    return isNothing(afterwards) && !namesRule(exemptions, found.sighting.group) ? {} : { afterwards };
  } catch (error) {
    if (error instanceof RemediatorError) return {};
    throw error;
  }
};
