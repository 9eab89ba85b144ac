import type { Command, CommandResult } from '../../model/command.ts';
import type { People } from '../../model/policy.ts';
import type { Clock } from '../../model/ports.ts';
import type { Answers, Presses, UserGroups } from '../../model/press.ts';

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
