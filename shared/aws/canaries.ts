import type { Command } from '../model/command.ts';
import type { Canaries } from '../model/grants.ts';
import { invokeLater, type Lambda } from './invoke.ts';

/** Has the function of this name put markers, by a command. */
export const canaries = (lambda: Lambda, functionName: string): Canaries => ({
  async put(region) {
    const command: Command = { do: 'canary', region };
    await invokeLater(lambda, functionName, command);
  },
});
