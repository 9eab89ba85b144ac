import { higherMode, type Mode } from '../domain/controls/mode.ts';
import type { Policy } from '../domain/controls/policy.ts';
import type { Sighting } from '../domain/ports.ts';
import type { Rule } from '../domain/rule.ts';
import { decide } from './decide/decide.ts';
import type { Occasion } from './decide/occasion.ts';

const modes = (sighting: Sighting, occasion: Occasion, policy: Policy, ceiling: Mode): ReadonlyMap<Rule, Mode> =>
  new Map(
    decide(sighting, occasion, policy, ceiling).flatMap(({ rules, mode }) =>
      rules.map((rule) => [rule, mode] as const),
    ),
  );

/**
 * Rules that stay only because of a protection that ends: an exemption hides them from a control, or the runtime switch holds their mode
 * down. They do not enter the group's record, so that they count as new when the protection ends; rules that were in the record before the
 * protection began count as existing. Pure.
 *
 * @param ceiling the runtime switch's.
 */
export const protectedRules = (
  sighting: Sighting,
  occasion: Occasion,
  policy: Policy,
  ceiling: Mode,
): ReadonlySet<Rule> => {
  if (ceiling === 'enforce' && (occasion.exemptions ?? []).length === 0) return new Set();
  const now = modes(sighting, occasion, policy, ceiling);
  const otherwise = modes(sighting, { ...occasion, exemptions: [] }, policy, 'enforce');
  const isHeld = (mode: Mode, rule: Rule) => higherMode(now.get(rule) ?? 'off', mode) !== (now.get(rule) ?? 'off');
  return new Set([...otherwise].flatMap(([rule, mode]) => (isHeld(mode, rule) ? [rule] : [])));
};
