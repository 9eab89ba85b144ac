import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../shared/model/decision.ts';
import { CallFailed } from '../../shared/model/errors.ts';
import { cell, change, group, rule } from './cell.ts';

const opened = () => {
  const ssh = rule('tcp', 22, '0.0.0.0/0');
  return { world: cell([group([ssh])]), event: change([ssh]) };
};

describe('findings of other systems', () => {
  it('are told of an outcome before its entry is closed', async () => {
    const { world, event } = opened();
    const told: Outcome[] = [];
    await world.run(event, { ports: { findings: { publish: async (outcome) => void told.push(outcome) } } });
    expect(told).toMatchObject([{ status: 'done' }]);
    expect(told).toEqual(world.told);
  });

  it('are told again by the next try where they could not be, and the rule is closed all the same', async () => {
    const { world, event } = opened();
    const told: Outcome[] = [];
    const deaf = { publish: async () => Promise.reject(new CallFailed('PutEvents', 'InternalError', true, 'no')) };
    await expect(world.run(event, { ports: { findings: deaf } })).rejects.toThrow('PutEvents');
    expect(world.left()).toEqual([]);
    const again = { publish: async (outcome: Outcome) => void told.push(outcome) };
    await world.run(event, { ports: { findings: again } });
    expect(told).toMatchObject([{ status: 'done', plan: { id: world.told[0]?.plan.id } }]);
    await world.run(event, { ports: { findings: again } });
    expect(told).toHaveLength(1);
  });
});
