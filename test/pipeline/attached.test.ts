import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../shared/model/group.ts';
import type { Ports, Sight } from '../../shared/model/ports.ts';
import { cell, change, group, rule } from './cell.ts';

const GROUP = 'sg-00000000000000001';
const ENI: Attachment = { interfaceId: 'eni-00000000000000001', description: '', type: 'interface', owner: 'rds' };

const attached = (scope = change([]).scope) =>
  change([], { call: 'CreateDBInstance', trigger: 'attached', scope, brought: { kind: 'unknown' } });

describe('an attachment', () => {
  it('to a default group is told, and nothing is removed', async () => {
    const rules = [rule('-1', -1, GROUP)];
    const { run, told, left } = cell([group(rules, { name: 'default' })], { attachments: { [GROUP]: [ENI] } });
    await run(attached());
    expect(left()).toEqual(rules);
    expect(told).toMatchObject([
      { status: 'reported', plan: { decision: { because: [{ control: 'default-group-in-use', severity: 'high' }] } } },
    ]);
  });

  it('brings no rule: a world-open one of the group was there before, and is told as such', async () => {
    const open = rule('tcp', 22, '0.0.0.0/0');
    const { run, told, left } = cell([group([open])], { attachments: { [GROUP]: [ENI] } });
    await run(attached());
    expect(left()).toEqual([open]);
    expect(told.map(({ status, plan }) => [status, plan.decision.because[0]?.freshness])).toContainEqual([
      'reported',
      'existing',
    ]);
  });

  it('told by the interface alone leads to its groups', async () => {
    const { run, journal } = cell([group([]), group([], { id: 'sg-00000000000000002' })], {
      attachments: { [GROUP]: [ENI] },
    });
    await run(attached({ by: 'interface', ids: [ENI.interfaceId] }));
    const seen = journal.flatMap((entry) => (entry.what === 'looked' ? entry.sight.sightings : []));
    expect(seen.map(({ group: { id } }) => id)).toEqual([GROUP]);
  });

  it('whose interface does not show yet is looked for again, and not for ever', async () => {
    const { run, ports, clock, told } = cell([group([], { name: 'default' })], { attachments: { [GROUP]: [ENI] } });
    let looks = 0;
    const look: Ports['groups']['look'] = async (...args): Promise<Sight> => {
      looks += 1;
      const sight = await ports.groups.look(...args);
      if (looks > 2) return sight;
      return {
        ...sight,
        sightings: sight.sightings.map((one) => ({ ...one, facts: { ...one.facts, attachments: [] } })),
      };
    };
    await run(attached(), { ports: { groups: { ...ports.groups, look } } });
    expect([clock.slept, told.length]).toEqual([[250, 500], 1]);
    const never = cell([group([], { name: 'default' })]);
    await never.run(attached());
    expect([never.clock.slept, never.told]).toEqual([[250, 500, 1000, 2000], []]);
  });

  it('of an interface that is gone again is over', async () => {
    const { run, clock } = cell([]);
    expect(await run(attached({ by: 'interface', ids: ['eni-00000000000000009'] }))).toEqual([]);
    expect(clock.slept).toEqual([]);
  });
});
