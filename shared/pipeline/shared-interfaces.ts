import { worldOpenTogether } from '../controls/world-open-together.ts';
import { exposureOf } from '../exposure/rule-exposure.ts';
import { isSubstantial } from '../exposure/together.ts';
import type { Group } from '../model/group.ts';
import type { ControlOptions, PortOptions } from '../model/options.ts';
import type { Policy } from '../model/policy.ts';
import { worldOf } from '../policy/world.ts';

const isPortOptions = (options: ControlOptions | undefined): options is PortOptions =>
  options !== undefined && 'ports' in options;

const isUnresolved = ({ rules }: Pick<Group, 'rules'>): boolean =>
  rules.some(({ source }) => source.kind === 'prefix-list' && source.cidrs === undefined);

/**
 * Tells, without any call, whether a group can have a finding of world-open-together. Only then are its interfaces and the groups
 * beside it worth reading. Of groups that are the world together, at least one can.
 */
export const mayOpenTogether = (policy: Policy): ((group: Pick<Group, 'rules'>) => boolean) => {
  const options = policy.controls[worldOpenTogether.id];
  if (!isPortOptions(options)) return () => false;
  const exposure = exposureOf([], new Set(), worldOf(policy));
  return (group) => isUnresolved(group) || isSubstantial(group.rules, options.ports, exposure);
};
