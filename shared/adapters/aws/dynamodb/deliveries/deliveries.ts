import type { Deliveries } from '../../../../domain/notifications/delivery.ts';
import type { Table } from '../ledger/item.ts';
import type { Lease } from '../ledger/ledger.ts';
import { claim } from './claim.ts';
import { DELIVERY_LEASE_MS } from './item.ts';
import { delivered, posted } from './note.ts';
import { release } from './release.ts';

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
