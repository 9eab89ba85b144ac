import { contentPermission } from '../../../shared/adapters/aws/ec2/ip-permission.ts';
import type { Change } from '../../../shared/domain/change.ts';
import type { Decision, Outcome, Plan } from '../../../shared/domain/decision.ts';
import { RemediatorError } from '../../../shared/domain/errors.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { JournalEntry, RemediationPorts, Snapshot } from '../../../shared/domain/ports.ts';
import { type EventReading, readCloudTrail } from '../../../shared/events/cloudtrail/cloudtrail.ts';
import { canonicalKey } from '../../../shared/network/rule-key.ts';
import { emailText } from '../../../shared/notifications/channels/email.ts';
import { outcomeMessage } from '../../../shared/notifications/compose/message.ts';
import { remediate } from '../../../shared/remediation/remediate.ts';
import type { GroupFinding } from '../../../shared/reports/report.ts';
import type { Simulation } from '../../../shared/reports/simulation.ts';
import type { PlacedEvent } from '../../input/cloudtrail-events.ts';
import { findingsBehind } from '../scan/judge.ts';
import type { AccountState } from './account-state.ts';
import type { InMemoryGroups } from './in-memory-groups.ts';
import { InMemoryGroupRecords, type InMemoryStores, inMemoryStores } from './in-memory-stores.ts';
import { ruleResults } from './verdicts.ts';

/** JSON as one argument of a shell. */
function shellQuoted(value: unknown): string {
  return `'${JSON.stringify(value).replaceAll("'", "'\\''")}'`;
}

/**
 * The calls to EC2 that carry out plans, as commands of the AWS CLI. Rules go by content, as the cell removes them. A plan that waits for a
 * person makes no call.
 */
function callsOf(plans: readonly Plan[]): readonly string[] {
  return plans
    .filter(({ decision }) => decision.mode === 'enforce')
    .flatMap(({ steps }) =>
      steps.map(({ do: verb, direction, groupId, rules }) => {
        const permissions = shellQuoted(rules.map(contentPermission));
        return `aws ec2 ${verb}-security-group-${direction} --group-id ${groupId} --ip-permissions ${permissions}`;
      }),
    );
}

/** What the pipeline did with an event. */
export interface PlayedEvent {
  readonly sight: Snapshot;
  readonly decisions: readonly Decision[];
  readonly plans: readonly Plan[];
  readonly alerts: readonly string[];
}

const NOTHING_SEEN: Snapshot = { groups: [], unread: [] };

/** Every rule that is there counts as recorded before. What an event added is told by the event. */
async function recordsOf({ groups }: InMemoryGroups, { at }: Change): Promise<InMemoryGroupRecords> {
  const records = new InMemoryGroupRecords({ now: () => at });
  for (const { id, rules } of groups) await records.begin({ groupId: id, contents: rules.map(canonicalKey), since: 0 });
  return records;
}

function portsFor(
  change: Change,
  groups: InMemoryGroups,
  { ledger, budget, exemptions, episodes, records, confirmations }: InMemoryStores,
  told: Outcome[],
  journal: JournalEntry[],
): RemediationPorts {
  return {
    groups,
    ledger,
    notifier: { publish: async (outcome) => void told.push(outcome), notify: async () => {} },
    runtimeSwitch: { ceiling: async () => 'enforce' },
    budget,
    exemptions,
    episodes,
    records,
    // Every one of them is wanted here.
    storms: { admit: async () => 'alone' },
    // The events are taken for true: there is no account to ask.
    trail: { findChange: async () => ({ ...change, confirmed: true }) },
    confirmations,
    handover: { requestGrants: async () => {} },
    clock: { now: () => change.at, sleep: async () => {} },
    journal: (entry) => void journal.push(entry),
  };
}

/**
 * Runs the pipeline over groups in memory, without waiting: time stands still at the event's own.
 *
 * @throws Unfinished as `remediate` does.
 */
async function playEvent(
  change: Change,
  policy: Policy,
  groups: InMemoryGroups,
  memory: InMemoryStores,
): Promise<PlayedEvent> {
  const told: Outcome[] = [];
  const journal: JournalEntry[] = [];
  memory.now = change.at;
  memory.records = await recordsOf(groups, change);
  const ports = portsFor(change, groups, memory, told, journal);
  await remediate(change, { policy, owner: change.id, ports });
  const { account, region, at: now } = change;
  const { partition } = await import('@aws-sdk/core/client');
  const place = { account, region, partition: partition(region).name, now, settings: policy.alerts };
  const looked = journal.findLast((entry) => entry.what === 'looked');
  return {
    sight: looked?.snapshot ?? NOTHING_SEEN,
    decisions: journal.flatMap((entry) => (entry.what === 'decided' ? entry.decisions : [])),
    plans: journal.flatMap((entry) => (entry.what === 'settled' ? [entry.outcome.plan] : [])),
    alerts: told.map((outcome) => emailText(outcomeMessage(outcome, place))),
  };
}

/** What came of a number of events. */
export interface Replay {
  readonly simulations: readonly Simulation[];
  readonly judged: readonly GroupFinding[];
  /** Events that change no group, each with the reason. */
  readonly ignored: readonly string[];
  readonly notes: readonly string[];
  readonly errors: readonly string[];
}

type ReplayStep = Partial<Replay>;

/** An event that was read, or the reason why it could not be. */
interface ReadEvent extends PlacedEvent {
  readonly reading: EventReading | RemediatorError;
}

function readEvent(placed: PlacedEvent): ReadEvent {
  try {
    return { ...placed, reading: readCloudTrail(placed.event) };
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    return { ...placed, reading: error };
  }
}

/** The world that events are played in. */
interface ReplayContext {
  readonly policy: Policy;
  readonly state: AccountState;
  readonly memory: InMemoryStores;
}

async function replayEvent(
  change: Change,
  { event, at }: PlacedEvent,
  { policy, state, memory }: ReplayContext,
): Promise<ReplayStep> {
  const { notes, unknown } = state.apply(change, event);
  const { sight, decisions, plans, alerts } = await playEvent(change, policy, state.groups, memory);
  const groups = ruleResults(sight, decisions, change, policy, await memory.exemptions.all());
  return {
    simulations: [{ change, groups, calls: callsOf(plans), alerts }],
    judged: findingsBehind(decisions, policy),
    notes: notes.map((note) => `${at}: ${note}`),
    errors: unknown.map((one) => `${at}: ${one}`),
  };
}

async function replayOrExplain({ reading, ...placed }: ReadEvent, world: ReplayContext): Promise<ReplayStep> {
  if (reading instanceof RemediatorError) return { errors: [`${placed.at}: ${reading.message}`] };
  if (reading.kind === 'ignored') return { ignored: [`${placed.at}: ${reading.reason}`] };
  try {
    return await replayEvent(reading.change, placed, world);
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    return { errors: [`${placed.at}: ${error.message}`] };
  }
}

function timeOf({ reading }: ReadEvent): number {
  return !(reading instanceof RemediatorError) && reading.kind === 'change'
    ? reading.change.at
    : Number.NEGATIVE_INFINITY;
}

const REORDERED = 'the events were not in the order of their eventTime: they are played in that order.';

/** Log files of CloudTrail are not ordered. Events of the same second stay in the order of the input. */
function inOrder(events: readonly ReadEvent[]): Pick<Replay, 'notes'> & { readonly ordered: readonly ReadEvent[] } {
  const changes = events.filter((event) => timeOf(event) > Number.NEGATIVE_INFINITY);
  const ordered = changes.toSorted((a, b) => timeOf(a) - timeOf(b));
  const isOrdered = ordered.every((event, index) => event === changes[index]);
  const others = events.filter((event) => !changes.includes(event));
  return { ordered: [...others, ...ordered], notes: isOrdered ? [] : [REORDERED] };
}

/**
 * Plays events against a state, in the order of their times. What one closes is gone for the next. An unreadable event does not stop the
 * others.
 */
export async function replay(events: readonly PlacedEvent[], policy: Policy, state: AccountState): Promise<Replay> {
  const world = { policy, state, memory: inMemoryStores() };
  const { ordered, notes: orderNotes } = inOrder(events.map(readEvent));
  const steps: ReplayStep[] = [{ notes: orderNotes }];
  for (const event of ordered) steps.push(await replayOrExplain(event, world));
  return {
    simulations: steps.flatMap(({ simulations = [] }) => simulations),
    judged: steps.flatMap(({ judged = [] }) => judged),
    ignored: steps.flatMap(({ ignored = [] }) => ignored),
    notes: [...new Set(steps.flatMap(({ notes = [] }) => notes))],
    errors: steps.flatMap(({ errors = [] }) => errors),
  };
}
