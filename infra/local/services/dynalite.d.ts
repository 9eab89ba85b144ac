/** The part of dynalite that is used: it publishes no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An http server that answers DynamoDB's API from memory; it need not listen. */
  export default function dynalite(options: {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
}
