import type { Exemption } from '../../domain/exemption.ts';
import type { GrantPorts } from '../../domain/ports.ts';
import type { Clock } from '../../domain/runtime.ts';

/** Groups of one request: as many as on-change looks at within its time. */
const AT_ONCE = 100;

/** Pause between two requests, ms: the look at 100 groups takes about six paged calls, of which EC2 gives 20 a second. */
const PAUSE_MS = 300;

/** Asks for looks at many groups, in batches that on-change can handle, one after the other. Rejects with what `request` rejects with. */
export async function requestInBatches<T>(
  groups: readonly T[],
  clock: Pick<Clock, 'sleep'>,
  request: (some: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < groups.length; from += AT_ONCE) {
    if (from > 0) await clock.sleep(PAUSE_MS);
    await request(groups.slice(from, from + AT_ONCE));
  }
}

/** What it takes to have a group looked at again. */
export interface ReexamineCell {
  readonly ports: Pick<GrantPorts, 'ledger' | 'reevaluation'>;
}

/** Where a group is, by what is recorded about it. */
async function placeOf({ place, scope }: Exemption, { ports }: ReexamineCell): Promise<Exemption['place']> {
  if (place !== undefined || scope.groupId === undefined) return place;
  const [entry] = await ports.ledger.entries(scope.groupId);
  return entry?.plan.change;
}

/**
 * Has the group of an exemption that is over looked at again, so that its rule is closed. One that is about every group, or about a group
 * that nothing is recorded of, is left to the sweep. Throws CallFailed.
 */
export async function reexamineGroup(exemption: Exemption, cell: ReexamineCell): Promise<void> {
  const { groupId } = exemption.scope;
  const place = await placeOf(exemption, cell);
  if (groupId === undefined || place === undefined) return;
  await cell.ports.reevaluation.requestEvaluation([groupId], place.region);
}
