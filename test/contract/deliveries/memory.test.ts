import { describe } from 'vitest';
import { memoryDeliveries } from '../../notifications/dispatch/memory-deliveries.ts';
import { START } from '../../notifications/dispatch/samples.ts';
import { LEASE_MS } from './clause.ts';
import { deliveriesContract } from './contract.ts';

describe('in memory', () => {
  deliveriesContract(async () => {
    const clock = { time: START };
    const deliveries = memoryDeliveries({ now: () => clock.time }, LEASE_MS);
    return { open: () => deliveries, clock };
  });
});
