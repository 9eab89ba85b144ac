import type { Change } from '../../shared/domain/change.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import type { Decision, Outcome, Plan } from '../../shared/domain/decision.ts';
import type { JournalEntry, Ports, Sight } from '../../shared/domain/ports.ts';
import { canonicalKey } from '../../shared/network/canonical.ts';
import { messageFor } from '../../shared/notifications/compose/message.ts';
import { emailText } from '../../shared/notifications/render/email.ts';
import { remediate } from '../../shared/remediation/remediate.ts';
import { OfflineGroupRecords } from '../offline/group-records.ts';
import type { OfflineGroups } from '../offline/groups.ts';
import type { Memory } from './memory.ts';

/** What the pipeline did with an event. */
export interface Played {
  readonly sight: Sight;
  readonly decisions: readonly Decision[];
  readonly plans: readonly Plan[];
  readonly alerts: readonly string[];
}

const NOTHING_SEEN: Sight = { sightings: [], unread: [] };

/** Every rule that is there counts as recorded before. What an event added is told by the event. */
const recordsOf = async ({ groups }: OfflineGroups, { at }: Change): Promise<OfflineGroupRecords> => {
  const records = new OfflineGroupRecords({ now: () => at });
  for (const { id, rules } of groups) await records.begin({ groupId: id, contents: rules.map(canonicalKey), since: 0 });
  return records;
};

const portsFor = (
  change: Change,
  groups: OfflineGroups,
  { ledger, budget, exemptions, episodes, confirmations }: Memory,
  records: Ports['records'],
  told: Outcome[],
  journal: JournalEntry[],
): Ports => ({
  groups,
  ledger,
  notices: { publish: async (outcome) => void told.push(outcome), announce: async () => {} },
  switch: { ceiling: async () => 'enforce' },
  budget,
  exemptions,
  episodes,
  records,
  // Every one of them is wanted here.
  storms: { admit: async () => 'alone' },
  // The events are taken for true: there is no account to ask.
  trail: { changeOf: async () => ({ ...change, confirmed: true }) },
  confirmations,
  handover: { follow: async () => {} },
  clock: { now: () => change.at, sleep: async () => {} },
  journal: (entry) => void journal.push(entry),
});

/**
 * Runs the pipeline over groups in memory, without waiting: time stands still at the event's own.
 *
 * @throws Unfinished as `remediate` does.
 */
export const play = async (change: Change, policy: Policy, groups: OfflineGroups, memory: Memory): Promise<Played> => {
  const told: Outcome[] = [];
  const journal: JournalEntry[] = [];
  memory.now = change.at;
  const ports = portsFor(change, groups, memory, await recordsOf(groups, change), told, journal);
  await remediate(change, { policy, owner: change.id, ports });
  const { account, region, at: now } = change;
  const { partition } = await import('@aws-sdk/core/client');
  const place = { account, region, partition: partition(region).name, now, settings: policy.alerts };
  const looked = journal.findLast((entry) => entry.what === 'looked');
  return {
    sight: looked?.sight ?? NOTHING_SEEN,
    decisions: journal.flatMap((entry) => (entry.what === 'decided' ? entry.decisions : [])),
    plans: journal.flatMap((entry) => (entry.what === 'settled' ? [entry.outcome.plan] : [])),
    alerts: told.map((outcome) => emailText(messageFor(outcome, place))),
  };
};
