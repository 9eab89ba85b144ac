import type { Handover } from '../../../domain/grants.ts';
import type { Command } from '../../../domain/requests/command.ts';
import { invokeLater, type Lambda } from './invoke.ts';

/** Hands removals on to the function of this name, as commands. */
export const handover = (lambda: Lambda, functionName: string): Handover => ({
  async follow(groupId, planId) {
    const command: Command = { do: 'follow', groupId, planId };
    await invokeLater(lambda, functionName, command);
  },
});
