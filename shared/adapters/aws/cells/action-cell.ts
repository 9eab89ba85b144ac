import type { ActionRequests } from '../../../domain/action.ts';
import type { Command, CommandResult } from '../../../domain/command.ts';
import type { SecretStore } from '../../../domain/delivery.ts';
import type { Clock, Environment } from '../../../domain/runtime.ts';
import { workOnEvent } from '../../../events/requests/action-event.ts';
import type { LedgerCell } from '../dynamodb/ledger/ledger.ts';
import { lazily, lazyPort } from '../lazily.ts';
import { keyRing, secretsClient } from '../secrets-manager.ts';

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
  readonly keys: SecretStore;
  readonly presses: ActionRequests;
  /** Has a press on the record carried out by another invocation. Throws CallFailed. */
  readonly worker: { readonly later: (pressId: string) => Promise<void> };
  /** Throws CallFailed. */
  readonly grant: { obey(command: Command): Promise<CommandResult> };
  readonly clock: Clock;
}

function lazyPresses(cell: ActionCell): ActionRequests {
  return lazyPort(async () => {
    const [{ tableOf }, { actionsIn: pressesIn }] = await Promise.all([
      import('../dynamodb/ledger/ledger.ts'),
      import('../dynamodb/actions.ts'),
    ]);
    return pressesIn(tableOf(cell));
  }, ['record', 'find', 'claim', 'complete']);
}

/**
 * The cell as the function that takes presses has it: make these once per container. Only the client for the secret is loaded at start:
 * what is not signed costs no more.
 */
export function actionPorts(cell: ActionCell): ActionPorts {
  const { clients, clock, actionFunction, grantFunction } = cell;
  const later = lazily(async () => {
    const { functionsClient, invokeLater } = await import('../lambda.ts');
    const lambda = functionsClient(clients);
    return async (pressId: string) => await invokeLater(lambda, actionFunction, workOnEvent(pressId));
  });
  const send = lazily(async () => {
    const [{ commandClient }, { signedIn }] = await Promise.all([import('../lambda.ts'), import('../sts.ts')]);
    return commandClient(clients, grantFunction, signedIn(clients, cell).prove);
  });
  return {
    keys: keyRing(secretsClient(clients), cell.secretArn, clock),
    presses: lazyPresses(cell),
    worker: { later: async (pressId) => await (await later())(pressId) },
    grant: { obey: async (command) => await (await send())(command) },
    clock,
  };
}
