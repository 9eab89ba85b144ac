import type { People } from '../domain/controls/policy.ts';
import type { Action } from '../domain/notifications/message.ts';
import type { Command, CommandResult } from '../domain/requests/command.ts';
import type { Person } from '../domain/requests/person.ts';
import { isSessionOf, principalName } from '../domain/requests/principal.ts';
import type { Caller } from '../domain/requests/proof.ts';
import { mayAsk } from '../policy/people.ts';
import { refuse } from '../workflows/common/refuse.ts';

/** Who is let in. */
export interface Gate {
  readonly people: People;
  /** ARN of the role of the function that takes presses; absent: there are no buttons. */
  readonly actionRole: string | undefined;
}

/** A command of somebody: all but what other functions of the cell hand on, and lists. */
type Requested = Extract<Command, { readonly by: Person }>;

/** A command that may be obeyed, in the name of whoever it is proven to be; or why not. */
export type Admitted =
  | { readonly kind: 'admitted'; readonly command: Command }
  | { readonly kind: 'refused'; readonly result: CommandResult };

const refused = (...because: readonly string[]): Admitted => ({ kind: 'refused', result: refuse(...because) });

/** What the policy has to let somebody do, for each command. */
const ACTIONS = {
  restore: ['restore'],
  'roll-back': ['restore'],
  'leave-open': ['exempt'],
  exempt: ['exempt'],
  renew: ['exempt'],
  'end-exemption': ['exempt'],
  release: ['approve'],
  'resume-budget': ['approve'],
  decline: ['decline'],
  acknowledge: ['acknowledge'],
} as const satisfies Readonly<Record<Requested['do'], readonly Action[]>>;

const actionsOf = (command: Requested): readonly Action[] =>
  command.do === 'restore' && command.exempt !== undefined ? ['restore', 'exempt'] : ACTIONS[command.do];

const inNameOf = (command: Requested, by: Person): Admitted => ({ kind: 'admitted', command: { ...command, by } });

/** The function that takes presses has verified them and asked the policy who may; nobody else may say that there was one. */
const fromButton = (command: Requested, caller: Caller, { actionRole }: Gate): Admitted => {
  const { name, through, slackUser } = command.by;
  if (actionRole === undefined) return refused('there are no buttons here, so that nobody can have pressed one');
  if (caller.kind !== 'proven' || !isSessionOf(actionRole, caller.arn))
    return refused('only the function that takes presses may say that somebody pressed a button, and this is not it');
  return inNameOf(command, { name, proven: true, through, ...(slackUser !== undefined && { slackUser }) });
};

const fromPerson = (command: Requested, caller: Caller, { people }: Gate): Admitted => {
  if (caller.kind !== 'proven') {
    if (people.may.length === 0) return { kind: 'admitted', command };
    return refused(
      'the policy says who may ask for what (people.may), and the command came without a proof of who asks: use the portcullis command line of the same version',
    );
  }
  const { arn } = caller;
  const lacking = actionsOf(command).filter((action) => !mayAsk(people, arn, action));
  if (lacking.length > 0) return refused(`the policy does not let ${arn} ${lacking.join(' and ')} (people.may)`);
  return inNameOf(command, { name: principalName(arn), arn, proven: true, through: command.by.through });
};

/**
 * Whether a command is obeyed, by who sent it: what it says itself of who asks counts only where the policy names nobody, and never against
 * a proof.
 */
export const admit = (command: Command, caller: Caller, gate: Gate): Admitted => {
  if (caller.kind === 'false') return refused(`${caller.because}: nothing was done`);
  if (!('by' in command)) return { kind: 'admitted', command };
  return command.by.through === 'button' ? fromButton(command, caller, gate) : fromPerson(command, caller, gate);
};
