import { CallFailed, FactUnread } from '../../domain/errors.ts';
import { recordGrant } from '../common/grant.ts';
import type { MigrationStep, NextSteps } from './plan-migration.ts';
import type { DefaultGroupState } from './replacement.ts';
import { admittedStep, changedStep, createdStep, fetchState, type MigrationRun, takeBackStep } from './run.ts';

type DoneStep = ReturnType<typeof createdStep>;

/** A step that changes one interface. */
type InterfaceStep = Extract<MigrationStep, { do: 'attach' | 'detach' }>;

/**
 * An interface that is gone needs nothing more. @see
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const GONE = 'InvalidNetworkInterfaceID.NotFound';

/**
 * Sets the groups of an interface. If EC2 refuses permanently, that interface stays as it is, and the run
 * continues with the others.
 */
async function setInterfaceGroups(step: InterfaceStep, { grants, stuck }: MigrationRun): Promise<DoneStep | undefined> {
  try {
    await grants.attach(step.interfaceId, step.groupIds);
    return changedStep(step);
  } catch (error) {
    if (!(error instanceof CallFailed) || error.retryable) throw error;
    if (error.code !== GONE) stuck.set(step.interfaceId, error.message);
    return undefined;
  }
}

/**
 * Records the rules before it requests their removal: on-change goes by the record, and the record restores
 * the rules.
 */
async function takeBack({ rules }: Extract<MigrationStep, { do: 'take-back' }>, run: MigrationRun): Promise<undefined> {
  await recordStep(takeBackStep(rules, run.asked), run);
  await run.cell.ports.reevaluation.requestRevokeOfGrants(run.entry);
}

async function admit(
  { step }: Extract<MigrationStep, { do: 'admit' }>,
  { grants, cell }: MigrationRun,
): Promise<DoneStep> {
  const rules = await grants.authorize(step);
  await recordGrant(step.groupId, rules, cell);
  return admittedStep(step.groupId, rules);
}

async function callFor(step: MigrationStep, run: MigrationRun): Promise<DoneStep | undefined> {
  switch (step.do) {
    case 'create':
      return createdStep(await run.grants.createGroup(step.like));
    case 'admit':
      return await admit(step, run);
    case 'attach':
    case 'detach':
      return await setInterfaceGroups(step, run);
    case 'take-back':
      return await takeBack(step, run);
    case 'delete':
      await run.grants.deleteGroup(step.groupId);
      return changedStep(step);
    default:
      return step satisfies never;
  }
}

async function recordStep(done: DoneStep, { cell, entry, progress, steps }: MigrationRun): Promise<void> {
  const { ledger, clock } = cell.ports;
  const recorded = { ...done, at: clock.now() };
  await ledger.recordStep(entry, recorded);
  progress.push(recorded);
  steps.push(done.step);
}

/** Executes one step and records it before the next one begins. Throws CallFailed. */
async function executeStep(step: MigrationStep, run: MigrationRun): Promise<void> {
  const done = await callFor(step, run);
  if (done !== undefined) await recordStep(done, run);
}

/** How a run ended. `stopped`: EC2 refused a step. */
export type RunEnd =
  | Exclude<NextSteps, { kind: 'next' }>
  | { readonly kind: 'stopped'; readonly because: string }
  | { readonly kind: 'gone' };

/** Plans the next steps from one state. Throws CallFailed. */
export type StepPlanner = (state: DefaultGroupState, run: MigrationRun) => Promise<NextSteps> | NextSteps;

/**
 * Pauses before a step is repeated that the state does not show yet, 15.75 s in all, ms. In this time
 * on-change starts, and EC2 becomes consistent.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const PAUSES = [250, 500, 1000, 2000, 4000, 8000];

/**
 * Maximum number of states that one run reads. 1,000 interfaces, attached and detached 10 at a time, need
 * 200.
 */
const MOST_LOOKS = 300;

function textOf(step: MigrationStep): string {
  switch (step.do) {
    case 'create':
      return `make ${step.like.name}`;
    case 'admit':
      return `admit in ${step.step.groupId} ${step.step.direction}`;
    case 'attach':
    case 'detach':
      return `${step.do} ${step.interfaceId} ${step.groupId}`;
    case 'take-back':
      return `take back ${step.rules.map(({ id }) => id).join(' ')}`;
    case 'delete':
      return `delete ${step.groupId}`;
    default:
      return step satisfies never;
  }
}

async function executeSteps(steps: readonly MigrationStep[], run: MigrationRun): Promise<RunEnd | undefined> {
  for (const step of steps) {
    try {
      await executeStep(step, run);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.retryable) throw error;
      return { kind: 'stopped', because: error.message };
    }
  }
  return undefined;
}

/**
 * Whether another function carries out the step; repeating the request while that function works is useless.
 */
function isAsked({ do: kind }: MigrationStep): boolean {
  return kind === 'take-back';
}

/**
 * Reads the state and executes the next steps until there are none. A step counts as done only when the state
 * shows it.
 *
 * @throws CallFailed. FactUnread if the state does not show a step that EC2 accepted, or if there is no end:
 * ask again.
 */
export async function runUntilConverged(way: StepPlanner, run: MigrationRun): Promise<RunEnd> {
  const { clock } = run.cell.ports;
  let before = '';
  let again = 0;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const state = await fetchState(run);
    if (state === undefined) return { kind: 'gone' };
    const course = await way(state, run);
    if (course.kind !== 'next') return course;
    const text = course.steps.map(textOf).join('; ');
    again = text === before ? again + 1 : 0;
    before = text;
    if (again > 0) {
      const pause = PAUSES[again - 1];
      if (pause === undefined) throw new FactUnread(text, 'it was done, and a look does not show it yet');
      await clock.sleep(pause);
    }
    const stopped = await executeSteps(again > 0 ? course.steps.filter((step) => !isAsked(step)) : course.steps, run);
    if (stopped !== undefined) return stopped;
  }
  throw new FactUnread('whether all interfaces are moved', `after ${MOST_LOOKS} looks there are still new ones`);
}
