import type { KeyRing } from '../../../domain/notifications/delivery.ts';
import type { Clock, Environment } from '../../../domain/ports.ts';
import type { Command, CommandResult } from '../../../domain/requests/command.ts';
import type { Presses } from '../../../domain/requests/press.ts';
import { workOnEvent } from '../../../events/requests/action-event.ts';
import type { LedgerCell } from '../dynamodb/ledger/ledger.ts';
import { lazily, lazyPort } from '../lazily.ts';
import { keyRing, secretsClient } from '../secrets-manager/secrets.ts';

/** What the function that takes presses knows about its cell. */
export interface ActionCell extends LedgerCell {
  readonly secretArn: string;
  /** Name of the function that grants. */
  readonly grantFunction: string;
  /** Its own name. */
  readonly actionFunction: string;
  /** Says where STS is, if not in AWS. */
  readonly environment: Environment;
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

const lazyPresses = (cell: ActionCell): Presses =>
  lazyPort(async () => {
    const [{ tableOf }, { pressesIn }] = await Promise.all([
      import('../dynamodb/ledger/ledger.ts'),
      import('../dynamodb/actions/actions.ts'),
    ]);
    return pressesIn(tableOf(cell));
  }, ['record', 'find', 'claim', 'ended']);

/**
 * The cell as the function that takes presses has it: make these once per container. Only the client for the secret is loaded at start:
 * what is not signed costs no more.
 */
export const actionPorts = (cell: ActionCell): ActionPorts => {
  const { clients, clock, actionFunction, grantFunction } = cell;
  const later = lazily(async () => {
    const { functionsClient, invokeLater } = await import('../lambda/invoke.ts');
    const lambda = functionsClient(clients);
    return async (pressId: string) => await invokeLater(lambda, actionFunction, workOnEvent(pressId));
  });
  const send = lazily(async () => {
    const [{ commandClient }, { signedIn }] = await Promise.all([
      import('../lambda/command-client.ts'),
      import('../sts/proof-sign.ts'),
    ]);
    return commandClient(clients, grantFunction, signedIn(clients, cell).prove);
  });
  return {
    keys: keyRing(secretsClient(clients), cell.secretArn, clock),
    presses: lazyPresses(cell),
    worker: { later: async (pressId) => await (await later())(pressId) },
    grant: { obey: async (command) => await (await send())(command) },
    clock,
  };
};
