import type { AfterExemption } from '../../model/after-exemption.ts';
import type { Brought } from '../../model/change.ts';
import type { Decision } from '../../model/decision.ts';
import { RemediatorError } from '../../model/errors.ts';
import type { Exemption } from '../../model/exemption.ts';
import type { Group } from '../../model/group.ts';
import { higherMode, type Mode } from '../../model/mode.ts';
import type { Policy } from '../../model/policy.ts';
import { withoutExempt } from '../../policy/exempt.ts';
import { decide } from '../decide.ts';
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

/**
 * The same by a look at their group. Nothing is known where they are about no group, it is gone, or could not be read: the request is
 * done all the same, and the answer says less.
 */
export const afterExemptions = async (
  exemptions: readonly Exemption[],
  cell: GrantCell,
): Promise<{ readonly afterwards?: AfterExemption }> => {
  const [{ scope, place } = { scope: {}, place: undefined }] = exemptions;
  if (scope.groupId === undefined || place === undefined) return {};
  try {
    const found = await present({ groupId: scope.groupId, region: place.region }, cell);
    return found === undefined ? {} : { afterwards: afterExemptionsIn(found, exemptions, cell.policy) };
  } catch (error) {
    if (error instanceof RemediatorError) return {};
    throw error;
  }
};
