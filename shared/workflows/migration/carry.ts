import { CallFailed } from '../../domain/errors.ts';
import type { MigrationStep } from '../../remediation/remedies/migrate.ts';
import { recordGrant } from '../common/record-grant.ts';
import { admitted, changed, created, takingBack } from './record.ts';
import type { Run } from './run.ts';

type Note = ReturnType<typeof created>;

/** A step that changes one interface, or deletes the replacement. */
type Change = Extract<MigrationStep, { do: 'attach' | 'detach' }>;

/** An interface that is gone needs nothing more. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const GONE = 'InvalidNetworkInterfaceID.NotFound';

/** Sets an interface's groups; where EC2 refuses for good, that interface stays as it is and the others go on. */
const change = async (step: Change, { grants, stuck }: Run): Promise<Note | undefined> => {
  try {
    await grants.attach(step.interfaceId, step.groupIds);
    return changed(step);
  } catch (error) {
    if (!(error instanceof CallFailed) || error.retryable) throw error;
    if (error.code !== GONE) stuck.set(step.interfaceId, error.message);
    return undefined;
  }
};

/** The record names the rules before anybody is asked to remove them: it is what the one who removes goes by, and what restores them. */
const takeBack = async ({ rules }: Extract<MigrationStep, { do: 'take-back' }>, run: Run): Promise<undefined> => {
  await note(takingBack(rules, run.asked), run);
  await run.cell.ports.reexamine.takeBack(run.entry);
};

const admit = async ({ step }: Extract<MigrationStep, { do: 'admit' }>, { grants, cell }: Run): Promise<Note> => {
  const rules = await grants.authorize(step);
  await recordGrant(step.groupId, rules, cell);
  return admitted(step.groupId, rules);
};

const act = async (step: MigrationStep, run: Run): Promise<Note | undefined> => {
  switch (step.do) {
    case 'create':
      return created(await run.grants.createGroup(step.like));
    case 'admit':
      return await admit(step, run);
    case 'attach':
    case 'detach':
      return await change(step, run);
    case 'take-back':
      return await takeBack(step, run);
    case 'delete':
      await run.grants.deleteGroup(step.groupId);
      return changed(step);
    default:
      return step satisfies never;
  }
};

const note = async (done: Note, { cell, entry, progress, steps }: Run): Promise<void> => {
  const { register, clock } = cell.ports;
  const recorded = { ...done, at: clock.now() };
  await register.noteProgress(entry, recorded);
  progress.push(recorded);
  steps.push(done.step);
};

/** Takes one step and records it, before any other begins. Throws CallFailed. */
export const carry = async (step: MigrationStep, run: Run): Promise<void> => {
  const done = await act(step, run);
  if (done !== undefined) await note(done, run);
};
