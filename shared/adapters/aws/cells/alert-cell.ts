import type { Deliveries, SecretStore, UndeliveredAlerts } from '../../../domain/delivery.ts';
import { deliveriesIn } from '../dynamodb/deliveries.ts';
import { type LedgerCell, tableOf } from '../dynamodb/ledger/ledger.ts';
import { lazyPort } from '../lazily.ts';
import { keyRing, secretsClient } from '../secrets-manager.ts';

/** What the function that delivers knows about its cell. */
export interface AlertCell extends LedgerCell {
  /** ARN or name of the secret with the keys. */
  readonly alertsSecret: string;
  /** URL of the queue in which messages lie that no channel took. */
  readonly undeliveredUrl: string;
}

/** The record of deliveries, the keys and what was given up: make these once per container. Few invocations ask for the last. */
export function alertPorts(cell: AlertCell): {
  readonly deliveries: Deliveries;
  readonly keys: SecretStore;
  readonly undelivered: UndeliveredAlerts;
} {
  return {
    undelivered: lazyPort(async () => {
      const { queueClient, undeliveredAlerts } = await import('../sqs/undelivered-alerts.ts');
      return undeliveredAlerts(queueClient(cell.clients), cell.undeliveredUrl);
    }, ['take', 'done']),
    deliveries: deliveriesIn(tableOf(cell)),
    keys: keyRing(secretsClient(cell.clients), cell.alertsSecret, cell.clock),
  };
}
