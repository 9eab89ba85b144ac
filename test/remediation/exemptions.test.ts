import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exemption, ExemptionScope } from '../../shared/domain/exemption.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { contentKey } from '../../shared/network/rule-key.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';
const DAY = 86_400_000;
const NOW = Date.parse('2026-01-02T03:04:07Z');

let serial = 0;

function leave(scope: ExemptionScope, more: Partial<Exemption> = {}): Exemption {
  serial += 1;
  return {
    id: `exemption-${serial}`,
    scope,
    by: { name: 'ann', through: 'command-line' },
    reason: 'a move',
    owner: 'ann',
    at: NOW - DAY,
    until: NOW + DAY,
    ...more,
  };
}

function withLeave(...exemptions: readonly Exemption[]): Policy {
  return { ...GUARD, exemptions };
}

describe('a rule that is exempt', () => {
  const ssh = rule('tcp', 22, WORLD);
  const rdp = rule('tcp', 3389, WORLD);

  it.each<[string, ExemptionScope]>([
    ['its group', { groupId: GROUP }],
    ['the name of its group', { groupName: 'we*' }],
    ['its content', { groupId: GROUP, content: contentKey(ssh) }],
    ['its ports', { ports: { tcp: [{ from: 20, to: 25 }], udp: [] } }],
    ['its control', { groupId: GROUP, control: 'world-open-admin' }],
  ])('by %s is left alone, by the policy and by the ledger alike', async (_, scope) => {
    const byPolicy = cell([group([ssh])]);
    await byPolicy.run(change([ssh]), { policy: withLeave(leave(scope)) });
    const byLedger = cell([group([ssh])]);
    await byLedger.ports.exemptions.put(leave(scope));
    await byLedger.run(change([ssh]));
    expect([byPolicy.left(), byPolicy.told, byLedger.left(), byLedger.told]).toEqual([[ssh], [], [ssh], []]);
  });

  it.each<[string, ExemptionScope]>([
    ['another group', { groupId: 'sg-00000000000000002' }],
    ['another name', { groupName: 'db-*' }],
    ['another content', { content: contentKey({ ...ssh, source: { kind: 'ipv4', cidr: '10.0.0.0/8' } }) }],
    ['fewer ports', { ports: { tcp: [{ from: 23, to: 25 }], udp: [{ from: 22, to: 22 }] } }],
    ['another control', { groupId: GROUP, control: 'world-open-cache' }],
  ])('by %s is closed', async (_, scope) => {
    const { run, left } = cell([group([ssh])]);
    await run(change([ssh]), { policy: withLeave(leave(scope)) });
    expect(left()).toEqual([]);
  });

  it.each<[string, Partial<Exemption>]>([
    ['has not begun', { at: NOW + 1000 }],
    ['is over', { until: NOW }],
    ['was taken back', { ended: { by: { name: 'eve', through: 'command-line' }, reason: 'no', at: NOW - 1 } }],
  ])('by leave that %s is closed', async (_, more) => {
    const { run, left } = cell([group([ssh])]);
    await run(change([ssh]), { policy: withLeave(leave({ groupId: GROUP }, more)) });
    expect(left()).toEqual([]);
  });

  it('does not shield its neighbours', async () => {
    const { run, left } = cell([group([ssh, rdp])]);
    await run(change([ssh, rdp]), { policy: withLeave(leave({ content: contentKey(ssh) })) });
    expect(left()).toEqual([ssh]);
  });

  it('is closed once it is widened under the same id', async () => {
    const narrow = { ...ssh, source: { kind: 'ipv4', cidr: '198.51.0.0/16' } } as const;
    const { run, left, ec2 } = cell([group([narrow])]);
    const policy = withLeave(leave({ groupId: GROUP, content: contentKey(narrow) }));
    await run(change([narrow]), { policy });
    expect(left()).toEqual([narrow]);
    ec2.put(group([ssh]));
    await run(change([ssh], { id: 'event-2', trigger: 'rules-modified' }), { policy });
    expect(left()).toEqual([]);
  });

  it('does not count for a decoy beside it: what is no violation by itself stays', async () => {
    const office = rule('tcp', 22, '198.51.100.7/32');
    const { run, left, told } = cell([group([ssh, office])]);
    await run(change([office]), { policy: withLeave(leave({ content: contentKey(ssh) })) });
    expect([left(), told]).toEqual([[ssh, office], []]);
  });

  it('does not make two halves of the world harmless either: the other half goes by itself', async () => {
    const [low, high] = [rule('tcp', 22, '0.0.0.0/1'), rule('tcp', 22, '128.0.0.0/1')];
    const { run, left } = cell([group([low, high])]);
    await run(change([low, high]), { policy: withLeave(leave({ content: contentKey(low) })) });
    expect(left()).toEqual([low]);
  });

  it('is the only one that leaves the group, whichever rules are beside it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(22, 23, 3389, 5432, 6379, 9200, 11211), { minLength: 2 }),
        fc.nat(),
        async (ports, index) => {
          const rules = ports.map((port) => rule('tcp', port, WORLD));
          const exempt = rules[index % rules.length]!;
          const { run, left } = cell([group(rules)]);
          await run(change(rules), { policy: withLeave(leave({ groupId: GROUP, content: contentKey(exempt) })) });
          expect(left()).toEqual([exempt]);
        },
      ),
      { numRuns: 40 },
    );
  });
});
