import type { People } from '../domain/controls/policy.ts';
import type { Clock } from '../domain/ports.ts';
import type { Command, CommandResult } from '../domain/requests/command.ts';
import type { Answers, Presses, UserGroups } from '../domain/requests/press.ts';

/** Everything that a press takes to be carried out. */
export interface PressCell {
  readonly people: People;
  readonly ports: {
    readonly presses: Presses;
    readonly userGroups: UserGroups;
    readonly answers: Answers;
    /** The function that grants. Throws CallFailed. */
    readonly grant: { obey(command: Command): Promise<CommandResult> };
    readonly clock: Pick<Clock, 'now'>;
  };
}
