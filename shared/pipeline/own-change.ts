import { canonicalKey } from '../exposure/canonical.ts';
import type { Change } from '../model/change.ts';
import type { Entry } from '../model/ledger.ts';
import type { Ports } from '../model/ports.ts';
import { admittedIn } from './grant/migrate/record.ts';

/** While a removal is under way, all that it may take; once it is over, what it took: another may have been faster with the rest. */
const idsRemoved = ({ plan, outcome }: Entry): readonly (string | undefined)[] =>
  (outcome?.removed ?? plan.steps.flatMap((step) => step.rules)).map(({ id }) => id);

const idsGranted = ({ followUps, progress }: Entry): readonly (string | undefined)[] =>
  [...followUps.flatMap(({ granted }) => granted), ...admittedIn(progress)].map(({ id }) => id);

/** Entries of the groups that the change names. */
const entriesOf = async ({ scope }: Change, ports: Ports): Promise<readonly Entry[]> =>
  scope.by === 'group-id' ? (await Promise.all(scope.ids.map((id) => ports.ledger.entries(id)))).flat() : [];

const isAllOf = async (change: Change, idsOf: typeof idsRemoved, ports: Ports): Promise<boolean> => {
  const { brought } = change;
  if (brought.kind !== 'rules' || brought.ids.length === 0) return false;
  const ours = new Set((await entriesOf(change, ports)).flatMap(idsOf));
  return brought.ids.every((id) => ours.has(id));
};

/** How far an event's time, in whole seconds, may be from the time that our own clock shows: 5 s. */
const TOLERANCE_MS = 5000;

const isUnderWay = ({ plan, outcome }: Entry, at: number): boolean =>
  plan.at - TOLERANCE_MS <= at && (outcome === undefined || at <= outcome.at + TOLERANCE_MS);

/**
 * A revoke by content has rule ids only in its answer, which CloudTrail drops if it is too large. Then the contents decide, of removals
 * that were under way at the time.
 */
const isRemovalByContent = async (change: Change, ports: Ports): Promise<boolean> => {
  const { brought, at } = change;
  if (brought.kind !== 'rules' || brought.ids.length > 0 || brought.contents.length === 0) return false;
  const entries = (await entriesOf(change, ports)).filter((entry) => isUnderWay(entry, at));
  const removed = entries.flatMap(({ plan, outcome }) => outcome?.removed ?? plan.steps.flatMap((step) => step.rules));
  const ours = new Set(removed.map(canonicalKey));
  return brought.contents.every((content) => ours.has(canonicalKey(content)));
};

/** A removal that the ledger has as ours is no news. Told by the ledger, not by the role: a stolen role must not be invisible. */
export const isOwnRemoval = async (change: Change, ports: Ports): Promise<boolean> =>
  change.trigger === 'rules-removed' &&
  ((await isAllOf(change, idsRemoved, ports)) || (await isRemovalByContent(change, ports)));

/** The same for rules that were given back or granted. */
export const isOwnGrant = async (change: Change, ports: Ports): Promise<boolean> =>
  change.trigger === 'rules-added' && (await isAllOf(change, idsGranted, ports));
