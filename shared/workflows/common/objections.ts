import { higherMode, type Mode } from '../../domain/controls/mode.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Rule } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';
import { decide } from '../../remediation/decide/decide.ts';
import type { Occasion } from '../../remediation/decide/occasion.ts';
import type { Present } from './present.ts';

/** How rules are to be judged before they are granted. */
export interface Standard {
  readonly policy: Policy;
  readonly ceiling: Mode;
  /** The lowest mode that counts. */
  readonly from: Mode;
}

const NEW: Pick<Occasion, 'trigger' | 'brought'> = { trigger: 'rules-added', brought: { kind: 'unknown' } };

/** Whether a mode is at least another one. */
export const isAtLeast = (mode: Mode, least: Mode): boolean => higherMode(mode, least) === mode;

/**
 * What would be decided on rules if the group had them: as brought by this change, and as they are looked at from then on, when they
 * were there before. Decisions on other rules of the group are left out. Pure.
 */
export const objectionsTo = (
  rules: readonly Rule[],
  { sighting, exemptions }: Present,
  standard: Standard,
): readonly Decision[] => {
  const { policy, ceiling, from } = standard;
  const keys = new Set(rules.map(canonicalKey));
  const others = sighting.group.rules.filter((rule) => !keys.has(canonicalKey(rule)));
  const after = { ...sighting, group: { ...sighting.group, rules: [...others, ...rules] } };
  const occasions = [
    { ...NEW, exemptions, unfinished: rules },
    { ...NEW, exemptions },
  ];
  return occasions
    .flatMap((occasion) => decide(after, occasion, policy, ceiling))
    .filter((decision) => isAtLeast(decision.mode, from) && decision.rules.some((rule) => rules.includes(rule)));
};
