import { contentPermission } from '../../../shared/adapters/aws/ec2/ip-permission.ts';
import type { Change } from '../../../shared/domain/change.ts';
import type { Decision, Outcome, Plan } from '../../../shared/domain/decision.ts';
import type { Snapshot } from '../../../shared/domain/ec2.ts';
import { RemediatorError } from '../../../shared/domain/errors.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { JournalEntry, RemediationPorts } from '../../../shared/domain/ports.ts';
import { type EventReading, readCloudTrail } from '../../../shared/events/cloudtrail/cloudtrail.ts';
import { ignoredText } from '../../../shared/events/ignored.ts';
import { canonicalKey } from '../../../shared/network/rule-key.ts';
import { emailText } from '../../../shared/notifications/channels/email.ts';
import { outcomeMessage } from '../../../shared/notifications/compose/message.ts';
import { withEffectiveMode } from '../../../shared/remediation/decide/effective-mode.ts';
import { remediate } from '../../../shared/remediation/remediate.ts';
import type { GroupFinding } from '../../../shared/reports/report.ts';
import type { Simulation } from '../../../shared/reports/simulation.ts';
import type { PlacedEvent } from '../../input/cloudtrail-events.ts';
import type { AccountState } from './account-state.ts';
import type { InMemoryGroups } from './in-memory-groups.ts';
import { InMemoryGroupRecords, type InMemoryStores, inMemoryStores } from './in-memory-stores.ts';
import { ruleResults } from './verdicts.ts';

/** JSON, quoted as one argument of a shell. */
function shellQuoted(value: unknown): string {
  return `'${JSON.stringify(value).replaceAll("'", "'\\''")}'`;
}

/**
 * The calls to EC2 of plans, as commands of the AWS CLI. Rules are named by content, as the cell does. A plan
 * that waits for a person makes no call.
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

/** What the main flow did with an event. */
interface MainFlowResult {
  readonly snapshot: Snapshot;
  readonly decisions: readonly Decision[];
  readonly plans: readonly Plan[];
  readonly alerts: readonly string[];
}

const NOTHING_SEEN: Snapshot = { groups: [], unread: [] };

/** Records every current rule as existing. The rules that an event added are known from the event. */
async function recordsOf({ groups }: InMemoryGroups, { at }: Change): Promise<InMemoryGroupRecords> {
  const records = new InMemoryGroupRecords({ now: () => at });
  for (const { id, rules } of groups) await records.begin({ groupId: id, contents: rules.map(canonicalKey), since: 0 });
  return records;
}

function portsFor(
  change: Change,
  groups: InMemoryGroups,
  { ledger, budget, exemptions, episodes, records, confirmations }: InMemoryStores,
  published: Outcome[],
  journal: JournalEntry[],
): RemediationPorts {
  return {
    groups,
    ledger,
    notifier: { publish: async (outcome) => void published.push(outcome), notify: async () => {} },
    runtimeSwitch: { ceiling: async () => 'enforce' },
    budget,
    exemptions,
    episodes,
    records,
    // Every one of them is wanted here.
    bursts: { admit: async () => 'alone' },
    // The events are taken for true: there is no account to ask.
    trail: { findChange: async () => ({ ...change, confirmed: true }) },
    confirmations,
    grantQueue: { requestGrants: async () => {} },
    clock: { now: () => change.at, sleep: async () => {} },
    journal: (entry) => void journal.push(entry),
  };
}

/**
 * Runs the main flow on groups in memory. The clock stands still at the time of the event.
 *
 * @throws Unfinished as `remediate` does.
 */
async function runMainFlow(
  change: Change,
  policy: Policy,
  groups: InMemoryGroups,
  memory: InMemoryStores,
): Promise<MainFlowResult> {
  const published: Outcome[] = [];
  const journal: JournalEntry[] = [];
  memory.now = change.at;
  memory.records = await recordsOf(groups, change);
  const ports = portsFor(change, groups, memory, published, journal);
  await remediate(change, { policy, owner: change.id, ports });
  const { account, region, at: now } = change;
  const { partition } = await import('@aws-sdk/core/client');
  const place = { account, region, partition: partition(region).name, now, settings: policy.alerts };
  const fetched = journal.findLast((entry) => entry.what === 'looked');
  return {
    snapshot: fetched?.snapshot ?? NOTHING_SEEN,
    decisions: journal.flatMap((entry) => (entry.what === 'decided' ? entry.decisions : [])),
    plans: journal.flatMap((entry) => (entry.what === 'settled' ? [entry.outcome.plan] : [])),
    alerts: published.map((outcome) => emailText(outcomeMessage(outcome, place))),
  };
}

/**
 * The findings of decisions, each with its own mode. (A decision has the highest mode of its findings.) No
 * runtime switch applies here.
 */
function findingsBehind(decisions: readonly Decision[], policy: Policy): readonly GroupFinding[] {
  const groups = new Map(
    decisions.flatMap(({ group, findings }) => findings.map((finding) => [finding, group] as const)),
  );
  return Array.from(groups, ([finding, group]) => ({
    ...withEffectiveMode(finding, group, { policy, ceiling: 'enforce' }),
    group,
  }));
}

/** The result of a number of events. */
export interface Replay {
  readonly simulations: readonly Simulation[];
  readonly findings: readonly GroupFinding[];
  /** Events that change no group, each with the reason. */
  readonly ignored: readonly string[];
  readonly notes: readonly string[];
  readonly errors: readonly string[];
}

type ReplayStep = Partial<Replay>;

/** An event with its reading, or the error that it caused. */
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

/** The policy and the state that events are replayed against. */
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
  const { snapshot, decisions, plans, alerts } = await runMainFlow(change, policy, state.groups, memory);
  const groups = ruleResults(snapshot, decisions, change, policy, await memory.exemptions.all());
  return {
    simulations: [{ change, groups, calls: callsOf(plans), alerts }],
    findings: findingsBehind(decisions, policy),
    notes: notes.map((note) => `${at}: ${note}`),
    errors: unknown.map((one) => `${at}: ${one}`),
  };
}

async function replayOrExplain({ reading, ...placed }: ReadEvent, world: ReplayContext): Promise<ReplayStep> {
  if (reading instanceof RemediatorError) return { errors: [`${placed.at}: ${reading.message}`] };
  if (reading.kind === 'ignored') return { ignored: [`${placed.at}: ${ignoredText(reading)}`] };
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

const REORDERED = 'the events were not in the order of their eventTime: they are replayed in that order.';

/**
 * Sorts events by time, because log files of CloudTrail are not ordered. Events of the same second keep their
 * order.
 */
function inOrder(events: readonly ReadEvent[]): Pick<Replay, 'notes'> & { readonly ordered: readonly ReadEvent[] } {
  const changes = events.filter((event) => timeOf(event) > Number.NEGATIVE_INFINITY);
  const ordered = changes.toSorted((a, b) => timeOf(a) - timeOf(b));
  const isOrdered = ordered.every((event, index) => event === changes[index]);
  const others = events.filter((event) => !changes.includes(event));
  return { ordered: [...others, ...ordered], notes: isOrdered ? [] : [REORDERED] };
}

/**
 * Replays events in the order of their times. A rule that one event leads to close is gone for the next. An
 * event that cannot be read does not stop the others.
 */
export async function replay(events: readonly PlacedEvent[], policy: Policy, state: AccountState): Promise<Replay> {
  const world = { policy, state, memory: inMemoryStores() };
  const { ordered, notes: orderNotes } = inOrder(events.map(readEvent));
  const steps: ReplayStep[] = [{ notes: orderNotes }];
  for (const event of ordered) steps.push(await replayOrExplain(event, world));
  return {
    simulations: steps.flatMap(({ simulations = [] }) => simulations),
    findings: steps.flatMap(({ findings = [] }) => findings),
    ignored: steps.flatMap(({ ignored = [] }) => ignored),
    notes: [...new Set(steps.flatMap(({ notes = [] }) => notes))],
    errors: steps.flatMap(({ errors = [] }) => errors),
  };
}
