import { worldOpenTogether } from '../../controls/world-open-together.ts';
import type { ControlOptions, PortOptions } from '../../domain/controls/options.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Group } from '../../domain/group.ts';
import type { Rule } from '../../domain/rule.ts';
import { isSubstantial } from '../../network/exposure/together.ts';
import { type Evaluator, evaluatorOf } from './enabled.ts';

const NO_RULES: ReadonlySet<Rule> = new Set();

const isPortOptions = (options: ControlOptions | undefined): options is PortOptions =>
  options !== undefined && 'ports' in options;

const isUnresolved = ({ rules }: Pick<Group, 'rules'>): boolean =>
  rules.some(({ source }) => source.kind === 'prefix-list' && source.cidrs === undefined);

/**
 * Tells, without any call, whether a group can have a finding of world-open-together. Only then are its interfaces and the groups
 * beside it worth reading. Of groups that are the world together, at least one can.
 */
export function mayOpenTogether(
  policy: Policy,
  { exposureOf }: Evaluator = evaluatorOf(policy),
): (group: Pick<Group, 'rules'>, fresh?: ReadonlySet<Rule>) => boolean {
  const options = policy.controls[worldOpenTogether.id];
  if (!isPortOptions(options)) return () => false;
  return (group, fresh = NO_RULES) =>
    isUnresolved(group) || isSubstantial(exposureOf(group.rules, fresh), options.ports);
}
