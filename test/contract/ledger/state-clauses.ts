import { expect } from 'vitest';
import type { Clause } from './clause.ts';
import { askedAt, DAY, exemptionOf, GROUP, OTHER_GROUP, outcomeOf, planOf, START } from './samples.ts';

/** The present state of groups, which the main flow reads with every change. */
export const stateClauses: readonly Clause[] = [
  {
    says: 'the state of a group has its open entries, exemptions and record',
    async check({ open }) {
      const { register, exemptions, records } = open();
      const plan = planOf('a');
      await register.reserve(plan, 'one');
      await exemptions.put(exemptionOf('x-1'));
      await records.begin({ groupId: GROUP, contents: ['ingress tcp 22 22 10.0.0.0/8'], since: START });
      const state = await open().register.stateOf([GROUP]);
      expect(state.entries).toMatchObject([{ plan, owner: 'one' }]);
      expect(state.exemptions).toEqual([exemptionOf('x-1')]);
      expect(state.records).toEqual(await records.get([GROUP]));
      expect(state.records.get(GROUP)?.contents).toEqual(new Set(['ingress tcp 22 22 10.0.0.0/8']));
    },
  },
  {
    says: 'the state of several groups tells them apart, and has the exemptions of every group once',
    async check({ open }) {
      const everywhere = exemptionOf('x-1', { scope: { control: 'world-open-admin' } });
      await open().exemptions.put(everywhere);
      await open().register.reserve(planOf('a'), 'one');
      await open().register.reserve(planOf('b', { groupId: OTHER_GROUP, at: START + 1 }), 'one');
      const both = await open().register.stateOf([GROUP, OTHER_GROUP]);
      expect(both.entries.map(({ plan }) => plan.decision.group.id).toSorted()).toEqual(
        [GROUP, OTHER_GROUP].toSorted(),
      );
      expect(both.exemptions).toEqual([everywhere]);
      expect((await open().register.stateOf([OTHER_GROUP])).entries).toHaveLength(1);
      expect((await open().register.stateOf([])).exemptions).toEqual([everywhere]);
    },
  },
  {
    says: 'what is over is not part of the state: settled entries, ended and expired exemptions',
    async check({ open, clock }) {
      const { register, exemptions } = open();
      await register.reserve(planOf('a'), 'one');
      await register.settle(outcomeOf(planOf('a')));
      await exemptions.put(exemptionOf('x-1', { until: START + DAY }));
      await exemptions.put(exemptionOf('x-2'));
      await exemptions.put(exemptionOf('x-2', { ended: askedAt(START) }));
      expect((await register.stateOf([GROUP])).exemptions.map(({ id }) => id)).toEqual(['x-1']);
      clock.time += DAY;
      expect(await register.stateOf([GROUP])).toEqual({
        entries: [],
        exemptions: [],
        records: new Map(),
      });
    },
  },
];
