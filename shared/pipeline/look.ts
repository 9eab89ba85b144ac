import type { Change } from '../model/change.ts';
import type { Need } from '../model/control.ts';
import type { Entry, Ports, Sight } from '../model/ports.ts';
import { unseen } from './fresh.ts';

/**
 * Pauses before looking again, in milliseconds. EC2 is eventually consistent, and an event may overtake the state it speaks of.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const PAUSES = [250, 500, 1000, 2000];

/** Ids of rules that the ledger knows to be removed by us: waiting for them to appear would be in vain. */
const removedByUs = (entries: readonly Entry[]): ReadonlySet<string> =>
  new Set(entries.flatMap(({ plan }) => plan.steps.flatMap(({ rules }) => rules.map(({ id }) => id ?? ''))));

const missing = (sight: Sight, change: Change, entries: readonly Entry[]): readonly string[] => {
  if (change.trigger === 'rules-removed' || change.trigger === 'sweep') return [];
  const expectsGroup =
    sight.sightings.length === 0 && change.trigger !== 'rules-added' && change.trigger !== 'rules-modified';
  if (expectsGroup) return [change.trigger];
  const known = removedByUs(entries);
  return unseen(
    sight.sightings.flatMap(({ group }) => group.rules),
    change.brought,
  ).filter((key) => !known.has(key));
};

/** What was seen, with the ledger's entries of the same groups. */
export interface Seen {
  readonly sight: Sight;
  readonly entries: readonly Entry[];
}

const entriesOf = async (ports: Ports, groupIds: readonly string[]): Promise<readonly Entry[]> =>
  (await Promise.all(groupIds.map((id) => ports.ledger.entries(id)))).flat();

const lookOnce = async (change: Change, needs: ReadonlySet<Need>, ports: Ports): Promise<Seen> => {
  const { scope } = change;
  if (scope.by === 'group-id') {
    const [sight, entries] = await Promise.all([ports.groups.look(scope, needs), entriesOf(ports, scope.ids)]);
    return { sight, entries };
  }
  const sight = await ports.groups.look(scope, needs);
  const ids = sight.sightings.map(({ group }) => group.id);
  return { sight, entries: await entriesOf(ports, ids) };
};

/** Reads the present state, again with growing pauses while the rules that the event speaks of are not there yet. */
export const look = async (change: Change, needs: ReadonlySet<Need>, ports: Ports): Promise<Seen> => {
  for (const pause of [...PAUSES, undefined]) {
    const seen = await lookOnce(change, needs, ports);
    const absent = missing(seen.sight, change, seen.entries);
    ports.journal({ what: 'looked', sight: seen.sight, missing: absent });
    if (absent.length === 0 || pause === undefined) return seen;
    await ports.clock.sleep(pause);
  }
  throw new TypeError('unreachable: the last pause is undefined');
};
