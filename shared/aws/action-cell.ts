import type { Command, CommandResult } from '../model/command.ts';
import type { KeyRing } from '../model/delivery.ts';
import type { Clock } from '../model/ports.ts';
import type { Presses } from '../model/press.ts';
import { workOnEvent } from '../readers/action-event.ts';
import { lazily } from './lazily.ts';
import { keyRing, secretsClient } from './secrets.ts';

/** What the function that takes presses knows about its cell. */
export interface ActionCell {
  readonly ledgerTable: string;
  readonly secretArn: string;
  /** Name of the function that grants. */
  readonly grantFunction: string;
  /** Its own name. */
  readonly actionFunction: string;
  readonly clock: Clock;
}

/** What it reaches in AWS. */
export interface ActionPorts {
  readonly keys: KeyRing;
  readonly presses: Presses;
  /** Has a press on the record carried out by another invocation. Throws CallFailed. */
  readonly worker: { readonly later: (pressId: string) => Promise<void> };
  /** Throws CallFailed. */
  readonly grant: { obey(command: Command): Promise<CommandResult> };
  readonly clock: Clock;
}

const lazyPresses = ({ ledgerTable, clock }: ActionCell): Presses => {
  const presses = lazily(async () => {
    const [{ ledgerClient }, { pressesIn }] = await Promise.all([import('./ledger.ts'), import('./presses.ts')]);
    return pressesIn({ dynamoDb: ledgerClient(), name: ledgerTable, clock });
  });
  return {
    record: async (press) => (await presses()).record(press),
    find: async (id) => (await presses()).find(id),
    claim: async (press) => (await presses()).claim(press),
    ended: async (press, result, again) => (await presses()).ended(press, result, again),
  };
};

/**
 * The cell as the function that takes presses has it: make these once per container. Only the client for the secret is loaded at start:
 * what is not signed costs no more.
 */
export const actionPorts = (cell: ActionCell): ActionPorts => {
  const { clock, actionFunction, grantFunction: functionName } = cell;
  const later = lazily(async () => {
    const { functionsClient, invokeLater } = await import('./invoke.ts');
    const lambda = functionsClient();
    return async (pressId: string) => await invokeLater(lambda, actionFunction, workOnEvent(pressId));
  });
  const send = lazily(async () => {
    const [{ commandClient }, { signedIn }] = await Promise.all([
      import('./command-client.ts'),
      import('./proof-sign.ts'),
    ]);
    const own = { profile: undefined, region: undefined };
    return await commandClient({ ...own, functionName }, signedIn(own).prove);
  });
  return {
    keys: keyRing(secretsClient(), cell.secretArn, clock),
    presses: lazyPresses(cell),
    worker: { later: async (pressId) => await (await later())(pressId) },
    grant: { obey: async (command) => await (await send())(command) },
    clock,
  };
};
