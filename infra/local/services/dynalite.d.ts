/** The part of dynalite's API that is used. dynalite publishes no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An HTTP server that answers DynamoDB's API from memory. It does not have to listen. */
  export default function dynalite(options: {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
}
