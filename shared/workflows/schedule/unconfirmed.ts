import type { News } from '../../domain/notifications/news.ts';
import { CONFIRM_WITHIN_MS, type Unconfirmed } from '../../domain/requests/confirmation.ts';
import { confirm } from '../../remediation/confirm.ts';
import type { Done, ScheduleCell } from './cell.ts';

/** Most lookups of one run, and the pause between two, ms: CloudTrail gives two a second for an account and region. */
const MOST_AT_ONCE = 20;
const PAUSE_MS = 600;

const ignoredNews = (one: Extract<Unconfirmed, { what: 'exemption' }>): News => ({
  id: `exemption-ignored ${one.eventId} unconfirmed`,
  what: 'exemption-ignored',
  groupId: one.groupId,
  others: 0,
  because: `CloudTrail has not confirmed within an hour who set the tags (${one.because}): set them again, or use portcullis exempt`,
  asked: one.asked,
});

/** Whoever acts on it asks CloudTrail again: that it was confirmed here is no proof there. */
const handOn = async (one: Unconfirmed, { ports }: ScheduleCell): Promise<void> =>
  one.what === 'exemption'
    ? await ports.reexamine.replay(one.eventId, one.region)
    : await ports.handover.follow(one.groupId, one.planId);

/** on-grant itself refuses what was not confirmed in time, and tells people. */
const giveUp = async (one: Unconfirmed, { ports }: ScheduleCell): Promise<void> =>
  one.what === 'exemption'
    ? await ports.notices.announce(ignoredNews(one))
    : await ports.handover.follow(one.groupId, one.planId);

/** Deleted only after it was handed on: where it breaks off in between, it is handed on twice, which does nothing twice. */
const ending =
  (one: Unconfirmed, what: 'confirmed' | 'unconfirmed', cell: ScheduleCell): (() => Promise<Done>) =>
  async () => {
    await (what === 'confirmed' ? handOn(one, cell) : giveUp(one, cell));
    await cell.ports.confirmations.done(one);
    return { what, id: one.eventId };
  };

/**
 * What waits for CloudTrail: handed on once CloudTrail has the event, and given up after an hour. What is neither waits for the next run.
 */
export const unconfirmed = async (cell: ScheduleCell): Promise<readonly (() => Promise<Done>)[]> => {
  const { clock, confirmations } = cell.ports;
  const due: (() => Promise<Done>)[] = [];
  for (const [index, one] of (await confirmations.waiting()).slice(0, MOST_AT_ONCE).entries()) {
    if (index > 0) await clock.sleep(PAUSE_MS);
    const { eventId: id, region } = one;
    const answer = await confirm({ id, region }, cell.ports);
    if (answer.kind === 'confirmed') due.push(ending(one, 'confirmed', cell));
    else if (clock.now() - one.since >= CONFIRM_WITHIN_MS)
      due.push(ending({ ...one, because: answer.because }, 'unconfirmed', cell));
  }
  return due;
};
