import type { Exemption } from '../../domain/exemption.ts';
import type { GrantPorts } from '../../domain/grants.ts';

/** What it takes to have a group looked at again. */
export interface LookCell {
  readonly ports: Pick<GrantPorts, 'register' | 'reexamine'>;
}

/** Where a group is, by what is recorded about it. */
const placeOf = async ({ place, scope }: Exemption, { ports }: LookCell): Promise<Exemption['place']> => {
  if (place !== undefined || scope.groupId === undefined) return place;
  const [entry] = await ports.register.entries(scope.groupId);
  return entry?.plan.change;
};

/**
 * Has the group of an exemption that is over looked at again, so that its rule is closed. One that is about every group, or about a group
 * that nothing is recorded of, is left to the sweep. Throws CallFailed.
 */
export const lookAgain = async (exemption: Exemption, cell: LookCell): Promise<void> => {
  const { groupId } = exemption.scope;
  const place = await placeOf(exemption, cell);
  if (groupId === undefined || place === undefined) return;
  await cell.ports.reexamine.look([groupId], place.region);
};
