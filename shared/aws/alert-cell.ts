import type { Deliveries, KeyRing } from '../model/delivery.ts';
import type { Clock } from '../model/ports.ts';
import { deliveriesIn } from './deliveries.ts';
import { ledgerClient } from './ledger.ts';
import { keyRing, secretsClient } from './secrets.ts';

/** What the function that delivers knows about its cell. */
export interface AlertCell {
  readonly ledgerTable: string;
  /** ARN or name of the secret with the keys. */
  readonly alertsSecret: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** The record of deliveries and the keys: make these once per container. */
export const alertPorts = ({
  ledgerTable,
  alertsSecret,
  clock,
}: AlertCell): { readonly deliveries: Deliveries; readonly keys: KeyRing } => ({
  deliveries: deliveriesIn({ dynamoDb: ledgerClient(), name: ledgerTable, clock }),
  keys: keyRing(secretsClient(), alertsSecret, clock),
});
