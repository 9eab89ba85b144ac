import type { Deliveries, KeyRing } from '../model/delivery.ts';
import { deliveriesIn } from './deliveries.ts';
import { type LedgerCell, tableOf } from './ledger.ts';
import { keyRing, secretsClient } from './secrets.ts';

/** What the function that delivers knows about its cell. */
export interface AlertCell extends LedgerCell {
  /** ARN or name of the secret with the keys. */
  readonly alertsSecret: string;
}

/** The record of deliveries and the keys: make these once per container. */
export const alertPorts = (cell: AlertCell): { readonly deliveries: Deliveries; readonly keys: KeyRing } => ({
  deliveries: deliveriesIn(tableOf(cell)),
  keys: keyRing(secretsClient(cell.clients), cell.alertsSecret, cell.clock),
});
