import type { Change } from '../model/change.ts';
import type { Entry } from '../model/ledger.ts';
import type { Ports } from '../model/ports.ts';
import { admittedIn } from './grant/migrate/record.ts';

/** While a removal is under way, all that it may take; once it is over, what it took: another may have been faster with the rest. */
const idsRemoved = ({ plan, outcome }: Entry): readonly (string | undefined)[] =>
  (outcome?.removed ?? plan.steps.flatMap((step) => step.rules)).map(({ id }) => id);

const idsGranted = ({ followUps, progress }: Entry): readonly (string | undefined)[] =>
  [...followUps.flatMap(({ granted }) => granted), ...admittedIn(progress)].map(({ id }) => id);

const isAllOf = async (change: Change, idsOf: typeof idsRemoved, ports: Ports): Promise<boolean> => {
  const { brought, scope } = change;
  if (brought.kind !== 'rules' || brought.ids.length === 0 || scope.by !== 'group-id') return false;
  const entries = (await Promise.all(scope.ids.map((id) => ports.ledger.entries(id)))).flat();
  const ours = new Set(entries.flatMap(idsOf));
  return brought.ids.every((id) => ours.has(id));
};

/** A removal that the ledger has as ours is no news. Told by the ledger, not by the role: a stolen role must not be invisible. */
export const isOwnRemoval = async (change: Change, ports: Ports): Promise<boolean> =>
  change.trigger === 'rules-removed' && (await isAllOf(change, idsRemoved, ports));

/** The same for rules that were given back or granted. */
export const isOwnGrant = async (change: Change, ports: Ports): Promise<boolean> =>
  change.trigger === 'rules-added' && (await isAllOf(change, idsGranted, ports));
