import type { Canaries } from '../../../domain/grants.ts';
import type { Command } from '../../../domain/requests/command.ts';
import { invokeLater, type Lambda } from '../lambda/invoke.ts';

/** Has the function of this name put markers, by a command. */
export const canaries = (lambda: Lambda, functionName: string): Canaries => ({
  async put(region) {
    const command: Command = { do: 'canary', region };
    await invokeLater(lambda, functionName, command);
  },
});
