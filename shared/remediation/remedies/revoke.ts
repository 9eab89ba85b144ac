import type { Decision, Step } from '../../domain/decision.ts';
import type { Direction, Rule } from '../../domain/rule.ts';

const DIRECTIONS = ['ingress', 'egress'] as const satisfies readonly Direction[];

const steps = (kind: Step['do'], groupId: string, rules: readonly Rule[]): readonly Step[] =>
  DIRECTIONS.flatMap((direction) => {
    const ours = rules.filter((rule) => rule.direction === direction);
    return ours.length === 0 ? [] : [{ do: kind, groupId, direction, rules: ours }];
  });

/**
 * Remove the rules: one call for each direction, by content. To strip a group is to revoke every rule it has.
 * The undo authorises the same rules again, with their descriptions and tags; they get new ids.
 */
export const revoke = ({
  group,
  rules,
}: Decision): { readonly steps: readonly Step[]; readonly undo: readonly Step[] } => ({
  steps: steps('revoke', group.id, rules),
  undo: steps('authorize', group.id, rules),
});
