import { RemediatorError } from '../../shared/model/errors.ts';
import type { Policy } from '../../shared/model/policy.ts';
import { type EventReading, readCloudTrail } from '../../shared/readers/cloudtrail.ts';
import type { Judged } from '../../shared/reports/records.ts';
import type { Simulation } from '../../shared/reports/simulation.ts';
import { findingsBehind } from '../judge.ts';
import { OfflineLedger } from '../offline/ledger.ts';
import { callsOf } from './calls.ts';
import type { PlacedEvent } from './events.ts';
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

const step = async (
  reading: EventReading,
  { event, at }: PlacedEvent,
  policy: Policy,
  state: SimulatedState,
  ledger: OfflineLedger,
): Promise<Step> => {
  if (reading.kind === 'ignored') return { ignored: [`${at}: ${reading.reason}`] };
  const { change } = reading;
  const notes = state.carry(change, event);
  const { sight, decisions, plans, alerts } = await play(change, policy, state.groups, ledger);
  const groups = verdictsOn(sight, decisions, change, policy);
  const untold =
    groups.length > 0 ? [] : [`${at}: the event does not tell its groups, or the state lacks them: give --state.`];
  return {
    simulations: [{ change, groups, calls: callsOf(plans), alerts }],
    judged: findingsBehind(decisions, policy),
    notes: [...notes.map((note) => `${at}: ${note}`), ...untold],
  };
};

const tryStep = async (
  placed: PlacedEvent,
  policy: Policy,
  state: SimulatedState,
  ledger: OfflineLedger,
): Promise<Step> => {
  try {
    return await step(readCloudTrail(placed.event), placed, policy, state, ledger);
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    return { errors: [`${placed.at}: ${error.message}`] };
  }
};

/** Plays events against a state, in their order: what one closes is gone for the next. An unreadable event does not stop the others. */
export const replay = async (
  events: readonly PlacedEvent[],
  policy: Policy,
  state: SimulatedState,
): Promise<Replay> => {
  const ledger = new OfflineLedger({ now: () => 0 }, Number.POSITIVE_INFINITY);
  const steps: Step[] = [];
  for (const event of events) steps.push(await tryStep(event, policy, state, ledger));
  return {
    simulations: steps.flatMap(({ simulations = [] }) => simulations),
    judged: steps.flatMap(({ judged = [] }) => judged),
    ignored: steps.flatMap(({ ignored = [] }) => ignored),
    notes: [...new Set(steps.flatMap(({ notes = [] }) => notes))],
    errors: steps.flatMap(({ errors = [] }) => errors),
  };
};
