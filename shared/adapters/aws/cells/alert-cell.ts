import type { Deliveries, SecretStore, UndeliveredAlerts } from '../../../domain/delivery.ts';
import { deliveriesIn } from '../dynamodb/deliveries.ts';
import { type LedgerCell, tableOf } from '../dynamodb/table.ts';
import { lazyPort } from '../lazily.ts';
import { secretStore, secretsClient } from '../secrets-manager.ts';

/** What on-alert knows about its cell. */
export interface AlertCell extends LedgerCell {
  /** ARN or name of the secret with the keys of the channels. */
  readonly alertsSecret: string;
  /** URL of the queue of messages that no channel accepted. */
  readonly undeliveredUrl: string;
}

/**
 * The ports of on-alert: make them once per container. Few invocations need the queue, so its client loads
 * late.
 */
export function alertPorts(cell: AlertCell): {
  readonly deliveries: Deliveries;
  readonly secrets: SecretStore;
  readonly undelivered: UndeliveredAlerts;
} {
  return {
    undelivered: lazyPort(async () => {
      const { queueClient, undeliveredAlerts } = await import('../sqs/undelivered-alerts.ts');
      return undeliveredAlerts(queueClient(cell.clients), cell.undeliveredUrl);
    }),
    deliveries: deliveriesIn(tableOf(cell)),
    secrets: secretStore(secretsClient(cell.clients), cell.alertsSecret, cell.clock),
  };
}
