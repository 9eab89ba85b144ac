import type { Progress } from '../../domain/requests/follow-up.ts';
import type { Asked, Person } from '../../domain/requests/person.ts';
import type { Rule } from '../../domain/rule.ts';
import type { MigrationStep } from '../../remediation/remedies/migrate.ts';

/** A step as the record has it, but for its time. */
type Note = Pick<Progress, 'step' | 'data'>;

const isText = (value: unknown): value is string => typeof value === 'string';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The record is our own: what it takes is to tell its rules from anything else that may stand there. */
const isRule = (value: unknown): value is Rule =>
  isObject(value) && isText(value['groupId']) && isText(value['direction']) && isObject(value['source']);

const isPerson = (value: unknown): value is Person =>
  isObject(value) && isText(value['name']) && isText(value['through']);

const isAsked = (value: unknown): value is Asked =>
  isObject(value) && isPerson(value['by']) && isText(value['reason']) && typeof value['at'] === 'number';

/** A group that was made. */
export const created = (groupId: string): Note => ({ step: `create ${groupId}`, data: { groupId } });

/** Rules that were added, by id: what they let through is in the group, and a retry finds them there. */
export const admitted = (groupId: string, rules: readonly Rule[]): Note => {
  const ids = rules.flatMap(({ id }) => id ?? []);
  return { step: `admit ${groupId} ${rules[0]?.direction ?? ''} ${ids[0] ?? ''}`, data: { admitted: ids } };
};

/** Rules that the function that removes is asked to take back, whole: that is what restores them. */
export const takingBack = (rules: readonly Rule[], asked: Asked): Note => ({
  step: `take back ${rules[0]?.id ?? ''} and ${rules.length - 1} more, asked at ${asked.at}`,
  data: { takeBack: rules, asked },
});

/** An interface put under a group or taken off it, or a group that was deleted. */
export const changed = (step: Extract<MigrationStep, { do: 'attach' | 'detach' | 'delete' }>): Note => ({
  step: step.do === 'delete' ? `delete ${step.groupId}` : `${step.do} ${step.interfaceId} ${step.groupId}`,
  data: {},
});

/** The group that was made last. */
export const replacementIdIn = (progress: readonly Progress[]): string | undefined =>
  progress.map(({ step, data }) => (step.startsWith('create ') ? data['groupId'] : undefined)).findLast(isText);

/** Interfaces that were put under a group. */
export const putUnder = (progress: readonly Progress[], groupId: string): ReadonlySet<string> =>
  new Set(
    progress.flatMap(({ step }) => {
      const [what, interfaceId = '', group] = step.split(' ');
      return what === 'attach' && group === groupId ? [interfaceId] : [];
    }),
  );

/** Rules that are to be taken back, and at whose request. */
export interface TakeBack {
  readonly rules: readonly Rule[];
  readonly asked: Asked;
}

/** Everything that is to be taken back, oldest first. */
export const takeBacksIn = (progress: readonly Progress[]): readonly TakeBack[] =>
  progress.flatMap(({ data: { takeBack, asked } }) =>
    Array.isArray(takeBack) && isAsked(asked) ? [{ rules: takeBack.filter(isRule), asked }] : [],
  );
