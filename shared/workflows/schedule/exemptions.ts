import type { Exemption } from '../../domain/exemption.ts';
import type { Notification } from '../../domain/notification.ts';
import { isInForce } from '../../policy/exemptions.ts';
import { requestedByPortcullis } from '../../remediation/requested-by.ts';
import { reexamineGroup } from '../common/reexamine.ts';
import type { DutyResult, ScheduleCell } from './cell.ts';

/** Time before the end of an exemption at which people are notified, ms: a day. */
const WARNING_MS = 86_400_000;

/** An exemption that ends within this time counts as ending soon, ms: a week. */
const SOON_MS = 7 * 86_400_000;

const NOT_GRANTED = 'the grant that it belongs to did not succeed';

/**
 * An exemption, and its record in the ledger. For an exemption of the policy file, the record is a marker.
 */
interface Kept {
  readonly exemption: Exemption;
  readonly record: Exemption;
}

/** A marker is never active, because it ends when it begins. It only records that people were notified. */
function markerOf(exemption: Exemption): Exemption {
  return {
    ...exemption,
    id: `${exemption.id} ${exemption.until}`,
    at: exemption.until,
  };
}

async function knownExemptions({ policy, ports }: ScheduleCell): Promise<readonly Kept[]> {
  const all = await ports.exemptions.all();
  const recorded = all.filter(({ at, until }) => at < until).map((exemption) => ({ exemption, record: exemption }));
  const byId = new Map(all.map((one) => [one.id, one]));
  const written = policy.exemptions.map((exemption) => {
    const marker = markerOf(exemption);
    return { exemption, record: byId.get(marker.id) ?? marker };
  });
  return [...recorded, ...written];
}

function newsOf(what: 'expiring' | 'expired', { exemption }: Kept): Notification {
  return {
    id: `${what} ${exemption.id} ${exemption.until}`,
    what,
    exemption,
  };
}

function isOpen({ record }: Kept): boolean {
  return record.ended === undefined;
}

/** Whether a grant that did not succeed left the exemption behind. */
function isProvisional({ record }: Kept): boolean {
  return record.provisional === true;
}

/** Changes the record unless somebody has renewed or ended the exemption meanwhile. */
async function change({ record }: Kept, { ports }: ScheduleCell, more: Partial<Exemption>): Promise<void> {
  const now = (await ports.exemptions.find(record.id)) ?? record;
  if (now.ended === undefined && now.until === record.until) await ports.exemptions.put({ ...now, ...more });
}

/** Exemptions that end within a day: people are notified once for each end. */
export async function expiringExemptions(cell: ScheduleCell): Promise<readonly (() => Promise<DutyResult>)[]> {
  const now = cell.ports.clock.now();
  const isDue = ({ exemption, record }: Kept) =>
    record.warnedAt === undefined && now < exemption.until && exemption.until <= now + WARNING_MS;
  const due = (await knownExemptions(cell)).filter((one) => isOpen(one) && !isProvisional(one) && isDue(one));
  return due.map((one) => async () => {
    await cell.ports.notifier.notify(newsOf('expiring', one));
    await change(one, cell, { warnedAt: now });
    return { what: 'warned', id: one.exemption.id };
  });
}

/** Number of active exemptions, from the policy and the ledger, that end within a week. Throws CallFailed. */
export async function countExpiringSoon(cell: ScheduleCell): Promise<number> {
  const now = cell.ports.clock.now();
  const all = await knownExemptions(cell);
  const lasting = all.filter((one) => !isProvisional(one));
  return lasting.filter(({ exemption }) => isInForce(exemption, now) && exemption.until <= now + SOON_MS).length;
}

/**
 * Exemptions that have ended: notifies people, requests an evaluation of the group, and then closes the
 * record. Nobody is notified of an exemption whose grant did not succeed, because the requester has the
 * answer.
 */
export async function expiredExemptions(cell: ScheduleCell): Promise<readonly (() => Promise<DutyResult>)[]> {
  const { clock, notifier } = cell.ports;
  const now = clock.now();
  const due = (await knownExemptions(cell)).filter((one) => isOpen(one) && one.exemption.until <= now);
  return due.map((one) => async () => {
    if (!isProvisional(one)) await notifier.notify(newsOf('expired', one));
    await reexamineGroup(one.exemption, cell);
    await change(one, cell, {
      ended: requestedByPortcullis(isProvisional(one) ? NOT_GRANTED : 'its time is over', clock),
    });
    return { what: 'expired', id: one.exemption.id };
  });
}
