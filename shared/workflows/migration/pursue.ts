import { CallFailed, FactUnread } from '../../domain/errors.ts';
import type { Course, MigrationStep } from '../../remediation/remedies/migrate.ts';
import type { Scene } from '../../remediation/remedies/migrate-scene.ts';
import { carry } from './carry.ts';
import { type Run, sceneOf } from './run.ts';

/** Where a pursuit ended. `stopped`: EC2 would not go on. */
export type End =
  | Exclude<Course, { kind: 'next' }>
  | { readonly kind: 'stopped'; readonly because: string }
  | { readonly kind: 'gone' };

/** What the next stretch is, as one look tells. Throws CallFailed. */
export type Way = (scene: Scene, run: Run) => Promise<Course> | Course;

/**
 * Pauses, ms, before a step is tried again that a look does not show yet: 15.75 s in all, in which the function that removes starts and
 * EC2 agrees with itself.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const PAUSES = [250, 500, 1000, 2000, 4000, 8000];

/** Most looks of one invocation: 1,000 interfaces, 10 at a time on and off, take 200; new ones that turn up without end must not. */
const MOST_LOOKS = 300;

const textOf = (step: MigrationStep): string => {
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
};

const carryAll = async (steps: readonly MigrationStep[], run: Run): Promise<End | undefined> => {
  for (const step of steps) {
    try {
      await carry(step, run);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.retryable) throw error;
      return { kind: 'stopped', because: error.message };
    }
  }
  return undefined;
};

/** Steps whose effect is asked of another function: asking again while it works is in vain. */
const isAsked = ({ do: kind }: MigrationStep): boolean => kind === 'take-back';

/**
 * Looks, takes the steps that the look is good for, and looks again, until there are none. What a look does not show is not taken for
 * done.
 *
 * @throws CallFailed; FactUnread where a step does not show though EC2 has taken it, or there is no end: ask again.
 */
export const pursue = async (way: Way, run: Run): Promise<End> => {
  const { clock } = run.cell.ports;
  let before = '';
  let again = 0;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const scene = await sceneOf(run);
    if (scene === undefined) return { kind: 'gone' };
    const course = await way(scene, run);
    if (course.kind !== 'next') return course;
    const text = course.steps.map(textOf).join('; ');
    again = text === before ? again + 1 : 0;
    before = text;
    if (again > 0) {
      const pause = PAUSES[again - 1];
      if (pause === undefined) throw new FactUnread(text, 'it was done, and a look does not show it yet');
      await clock.sleep(pause);
    }
    const stopped = await carryAll(again > 0 ? course.steps.filter((step) => !isAsked(step)) : course.steps, run);
    if (stopped !== undefined) return stopped;
  }
  throw new FactUnread('whether all interfaces are moved', `after ${MOST_LOOKS} looks there are still new ones`);
};
