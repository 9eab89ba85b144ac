import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../shared/controls/parts/documentation.ts';
import type { Group, Rule } from '../../shared/domain/group.ts';
import { groupsNamedBy, identityOf, peersOf } from '../../shared/network/group-facts.ts';
import { ruleSetKey } from '../../shared/network/rule-key.ts';

const SSH = ingress('tcp', 22, '10.0.0.0/8');
const WEB = ingress('tcp', 443, '0.0.0.0/0');

function within(id: string, rules: readonly Rule[]) {
  return rules.map((rule) => ({ ...rule, groupId: id }));
}

describe('the key of a set of rules', () => {
  it.each<[string, readonly Rule[], readonly Rule[], boolean]>([
    ['in another order', [SSH, WEB], [WEB, SSH], true],
    ['with other descriptions and ids', [SSH], [{ ...SSH, description: 'ops', id: 'sgr-1' }], true],
    ['with host bits', [SSH], [ingress('tcp', 22, '10.1.2.3/8')], true],
    [
      'each naming its own group',
      within('sg-1', [ingress('-1', 'all', 'sg-1')]),
      within('sg-2', [ingress('-1', 'all', 'sg-2')]),
      true,
    ],
    [
      'one naming the other',
      within('sg-1', [ingress('-1', 'all', 'sg-1')]),
      within('sg-2', [ingress('-1', 'all', 'sg-1')]),
      false,
    ],
    ['in another direction', [WEB], [egress('tcp', 443, '0.0.0.0/0')], false],
    ['with one more', [SSH], [SSH, WEB], false],
  ])('is the same for rules %s: %#', (_what, one, other, same) => {
    expect(ruleSetKey({ rules: one }) === ruleSetKey({ rules: other })).toBe(same);
  });
});

describe('the key of a set of rules', () => {
  it('has one line for each distinct rule, sorted', () => {
    const rules = within('sg-1', [WEB, SSH, SSH, ingress('-1', 'all', 'sg-1')]);
    expect(ruleSetKey({ rules })).toBe(
      ['ingress -1 -1 -1 itself', 'ingress tcp 22 22 10.0.0.0/8', 'ingress tcp 443 443 0.0.0.0/0'].join('\n'),
    );
  });
});

describe('the groups that rules name', () => {
  const group: Group = {
    id: 'sg-1',
    name: 'web',
    ownerId: '111122223333',
    tags: {},
    rules: [
      ingress('tcp', 80, 'sg-1'),
      ingress('tcp', 81, 'sg-gone'),
      { ...SSH, source: { kind: 'group', groupId: 'sg-other', ownerId: '444455556666' } },
      SSH,
    ],
  };

  it('are known, deleted, or of another account', () => {
    const self = { id: 'sg-1', name: 'web', tags: {} };
    const peers = peersOf(groupsNamedBy(group), (id) => (id === 'sg-1' ? self : undefined));
    expect(Object.fromEntries(peers)).toEqual({ 'sg-1': self, 'sg-gone': 'gone', 'sg-other': 'foreign' });
  });

  it.each([
    ['111122223333', '111122223333', 'gone'],
    ['111122223333', undefined, 'gone'],
    [undefined, '111122223333', 'gone'],
    ['444455556666', '111122223333', 'foreign'],
  ] as const)('are of the account unless both owners are stated and differ: %s, %s', (theirs, ours, expected) => {
    const source = { kind: 'group' as const, groupId: 'sg-2', ...(theirs !== undefined && { ownerId: theirs }) };
    const { ownerId: _ownerId, ...anybodys } = group;
    const named = groupsNamedBy({
      ...anybodys,
      ...(ours !== undefined && { ownerId: ours }),
      rules: [{ ...SSH, source }],
    });
    expect(Object.fromEntries(peersOf(named, () => undefined))).toEqual({ 'sg-2': expected });
  });

  it('do not include the rules of the group itself', () => {
    expect(identityOf(group)).toEqual({ id: 'sg-1', name: 'web', ownerId: '111122223333', tags: {} });
  });
});
