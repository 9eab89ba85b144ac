import type { Outcome } from '../../domain/decision.ts';
import { RuleKeepsChanging } from '../../domain/errors.ts';
import { fightRemarks } from './fight.ts';

const others = (count: number): string => (count === 1 ? '1 other rule' : `${count === 0 ? 'no' : count} other rules`);

const done = ({ plan, removed }: Outcome): readonly string[] => [
  ...(plan.decision.rules.length > 0 ? [`Left as they were: ${others(plan.decision.others)}.`] : []),
  ...(removed.length > 0 ? ['What was removed is on record, with what it takes to put it back.'] : []),
];

const failure = (fault: Outcome['fault']): string =>
  fault instanceof RuleKeepsChanging
    ? `${fault.message}. It is tried again.`
    : `EC2 refused: ${fault?.message ?? 'unknown'}.`;

const ending = (outcome: Outcome): readonly string[] => {
  switch (outcome.status) {
    case 'done':
      return done(outcome);
    case 'reported':
      return ['Nothing was removed: the mode is alert.'];
    case 'pending':
      return ['Nothing was removed: it waits for a person.'];
    case 'held':
      return [
        'Nothing was removed: as many rules that were there before were removed within the hour as the policy allows. Until a person says so, nothing more of the kind is removed, and nobody is told of each.',
        'What changes bring is closed all the same.',
      ];
    case 'failed':
      return [`${failure(outcome.fault)} The rules are still open.`];
    default:
      return outcome.status satisfies never;
  }
};

/** How it ended, what held it back, and what else there is to know. */
export const remarksOf = (outcome: Outcome): readonly string[] => [
  ...ending(outcome),
  ...fightRemarks(outcome),
  ...outcome.plan.decision.limits.map(({ reason }) => `Held back: ${reason}.`),
];
