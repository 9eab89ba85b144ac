import type { Change } from '../../shared/domain/change.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import { RemediatorError } from '../../shared/domain/errors.ts';
import { type EventReading, readCloudTrail } from '../../shared/events/cloudtrail/cloudtrail.ts';
import type { Judged } from '../../shared/reports/records.ts';
import type { Simulation } from '../../shared/reports/simulation.ts';
import { findingsBehind } from '../judge.ts';
import { callsOf } from './calls.ts';
import type { PlacedEvent } from './events.ts';
import { type Memory, newMemory } from './memory.ts';
import { play } from './play.ts';
import type { SimulatedState } from './state.ts';
import { verdictsOn } from './verdicts.ts';

/** What came of a number of events. */
export interface Replay {
  readonly simulations: readonly Simulation[];
  readonly judged: readonly Judged[];
  /** Events that change no group, each with the reason. */
  readonly ignored: readonly string[];
  readonly notes: readonly string[];
  readonly errors: readonly string[];
}

type Step = Partial<Replay>;

/** An event that was read, or the reason why it could not be. */
interface ReadEvent extends PlacedEvent {
  readonly reading: EventReading | RemediatorError;
}

const read = (placed: PlacedEvent): ReadEvent => {
  try {
    return { ...placed, reading: readCloudTrail(placed.event) };
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    return { ...placed, reading: error };
  }
};

/** The world that events are played in. */
interface World {
  readonly policy: Policy;
  readonly state: SimulatedState;
  readonly memory: Memory;
}

const step = async (change: Change, { event, at }: PlacedEvent, { policy, state, memory }: World): Promise<Step> => {
  const { notes, unknown } = state.apply(change, event);
  const { sight, decisions, plans, alerts } = await play(change, policy, state.groups, memory);
  const groups = verdictsOn(sight, decisions, change, policy, await memory.exemptions.all());
  return {
    simulations: [{ change, groups, calls: callsOf(plans), alerts }],
    judged: findingsBehind(decisions, policy),
    notes: notes.map((note) => `${at}: ${note}`),
    errors: unknown.map((one) => `${at}: ${one}`),
  };
};

const tryStep = async ({ reading, ...placed }: ReadEvent, world: World): Promise<Step> => {
  if (reading instanceof RemediatorError) return { errors: [`${placed.at}: ${reading.message}`] };
  if (reading.kind === 'ignored') return { ignored: [`${placed.at}: ${reading.reason}`] };
  try {
    return await step(reading.change, placed, world);
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    return { errors: [`${placed.at}: ${error.message}`] };
  }
};

const timeOf = ({ reading }: ReadEvent): number =>
  !(reading instanceof RemediatorError) && reading.kind === 'change' ? reading.change.at : Number.NEGATIVE_INFINITY;

const REORDERED = 'the events were not in the order of their eventTime: they are played in that order.';

/** Log files of CloudTrail are not ordered. Events of the same second stay in the order of the input. */
const inOrder = (events: readonly ReadEvent[]): Pick<Replay, 'notes'> & { readonly ordered: readonly ReadEvent[] } => {
  const changes = events.filter((event) => timeOf(event) > Number.NEGATIVE_INFINITY);
  const ordered = changes.toSorted((a, b) => timeOf(a) - timeOf(b));
  const isOrdered = ordered.every((event, index) => event === changes[index]);
  const others = events.filter((event) => !changes.includes(event));
  return { ordered: [...others, ...ordered], notes: isOrdered ? [] : [REORDERED] };
};

/**
 * Plays events against a state, in the order of their times. What one closes is gone for the next. An unreadable event does not stop the
 * others.
 */
export const replay = async (
  events: readonly PlacedEvent[],
  policy: Policy,
  state: SimulatedState,
): Promise<Replay> => {
  const world = { policy, state, memory: newMemory() };
  const { ordered, notes: orderNotes } = inOrder(events.map(read));
  const steps: Step[] = [{ notes: orderNotes }];
  for (const event of ordered) steps.push(await tryStep(event, world));
  return {
    simulations: steps.flatMap(({ simulations = [] }) => simulations),
    judged: steps.flatMap(({ judged = [] }) => judged),
    ignored: steps.flatMap(({ ignored = [] }) => ignored),
    notes: [...new Set(steps.flatMap(({ notes = [] }) => notes))],
    errors: steps.flatMap(({ errors = [] }) => errors),
  };
};
