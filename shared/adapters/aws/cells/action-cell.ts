import type { ActionRequests } from '../../../domain/action.ts';
import type { Command, CommandResult } from '../../../domain/command.ts';
import type { SecretStore } from '../../../domain/delivery.ts';
import type { Clock, Environment } from '../../../domain/runtime.ts';
import { workOnEvent } from '../../../events/requests/action-event.ts';
import type { LedgerCell } from '../dynamodb/table.ts';
import { lazyPort } from '../lazily.ts';
import { secretStore, secretsClient } from '../secrets-manager.ts';

/** What on-action knows about its cell. */
export interface ActionCell extends LedgerCell {
  readonly secretArn: string;
  /** Name of the function that grants. */
  readonly grantFunction: string;
  /** Its own name. */
  readonly actionFunction: string;
  /** May name an endpoint for STS. */
  readonly environment: Environment;
}

/** What on-action uses of AWS. */
export interface ActionPorts {
  readonly secrets: SecretStore;
  readonly actions: ActionRequests;
  /** Starts another invocation that carries out a recorded action request. Throws CallFailed. */
  readonly worker: { readonly later: (id: string) => Promise<void> };
  /** Throws CallFailed. */
  readonly grant: { obey(command: Command): Promise<CommandResult> };
  readonly clock: Clock;
}

/**
 * The ports of on-action: make them once per container. Only the client for the secret is loaded at start,
 * because a call without a valid signature needs no other.
 */
export function actionPorts(cell: ActionCell): ActionPorts {
  const { clients, clock, actionFunction, grantFunction } = cell;
  return {
    secrets: secretStore(secretsClient(clients), cell.secretArn, clock),
    actions: lazyPort(async () => {
      const [{ tableOf }, { actionsIn }] = await Promise.all([
        import('../dynamodb/table.ts'),
        import('../dynamodb/actions.ts'),
      ]);
      return actionsIn(tableOf(cell));
    }),
    worker: lazyPort(async () => {
      const { functionsClient, invokeLater } = await import('../lambda.ts');
      const lambda = functionsClient(clients);
      return { later: async (id: string) => await invokeLater(lambda, actionFunction, workOnEvent(id)) };
    }),
    grant: lazyPort(async () => {
      const [{ commandClient }, { signedIn }] = await Promise.all([import('../lambda.ts'), import('../sts.ts')]);
      return { obey: commandClient(clients, grantFunction, signedIn(clients, cell).prove) };
    }),
    clock,
  };
}
