import type { Exemption } from '../../domain/exemption.ts';
import type { GrantPorts } from '../../domain/ports.ts';
import type { Clock } from '../../domain/runtime.ts';

/** Groups of one request: as many as on-change evaluates within its time. */
const AT_ONCE = 100;

/**
 * Pause between two requests, ms. Reading 100 groups takes about six paged calls, and EC2 allows 20 a second.
 */
const PAUSE_MS = 300;

/**
 * Sends requests for many groups one after the other, in batches that on-change can handle. Rejects as
 * `request` does.
 */
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

/** What a new evaluation of a group needs. */
export interface ReexamineCell {
  readonly ports: Pick<GrantPorts, 'ledger' | 'reevaluation'>;
}

/** The region of the group, from the exemption or from the ledger. */
async function placeOf({ place, scope }: Exemption, { ports }: ReexamineCell): Promise<Exemption['place']> {
  if (place !== undefined || scope.groupId === undefined) return place;
  const [entry] = await ports.ledger.entries(scope.groupId);
  return entry?.plan.change;
}

/**
 * Requests a new evaluation of the group of an exemption that is over, so that its rule is removed. An
 * exemption for every group, or for a group without ledger entries, is left to the sweep. Throws CallFailed.
 */
export async function reexamineGroup(exemption: Exemption, cell: ReexamineCell): Promise<void> {
  const { groupId } = exemption.scope;
  const place = await placeOf(exemption, cell);
  if (groupId === undefined || place === undefined) return;
  await cell.ports.reevaluation.requestEvaluation([groupId], place.region);
}
