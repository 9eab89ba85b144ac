import type { Deliveries } from '../model/delivery.ts';
import { claim } from './deliveries-claim.ts';
import { DELIVERY_LEASE_MS } from './deliveries-item.ts';
import { delivered, posted } from './deliveries-note.ts';
import { release } from './deliveries-release.ts';
import type { Lease } from './ledger.ts';
import type { Table } from './ledger-item.ts';

/** What went where, in the ledger's table, under the threads of the messages. */
export const deliveriesIn = ({ leaseMs = DELIVERY_LEASE_MS, ...rest }: Table & Lease): Deliveries => {
  const table = { ...rest, leaseMs };
  return {
    claim: async (channel, message, owner) => await claim(table, channel, message, owner),
    posted: async (channel, message, owner, thread) => await posted(table, channel, message, owner, thread),
    delivered: async (channel, message, owner, thread) => await delivered(table, channel, message, owner, thread),
    release: async (channel, message, owner) => await release(table, channel, message, owner),
  };
};
