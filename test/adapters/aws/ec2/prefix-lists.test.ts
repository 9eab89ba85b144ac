import { describe, expect, it } from 'vitest';
import { readPrefixLists } from '../../../../shared/adapters/aws/ec2/prefix-lists.ts';
import { CallFailed } from '../../../../shared/domain/errors.ts';
import type { Rule } from '../../../../shared/domain/group.ts';
import { answering, ec2Error } from '../answering.ts';

function naming(id: string): Rule {
  return {
    groupId: 'sg-1',
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'prefix-list', id },
  };
}

const entries = { GetManagedPrefixListEntries: () => ({ Entries: [{ Cidr: '192.0.2.0/24' }] }) };

describe('prefix lists', () => {
  it('are read with their state and version, entries and states side by side', async () => {
    let open = 0;
    let most = 0;
    const slowly = (answer: object) => async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((done) => setTimeout(done, 5));
      open -= 1;
      return answer;
    };
    const { ec2, sent } = answering({
      GetManagedPrefixListEntries: slowly({ Entries: [{ Cidr: '192.0.2.0/24' }] }),
      DescribeManagedPrefixLists: slowly({
        PrefixLists: [
          { PrefixListId: 'pl-1', State: 'modify-in-progress', Version: 4, OwnerId: '111122223333' },
          { PrefixListId: 'pl-2', State: 'create-complete', OwnerId: 'AWS' },
        ],
      }),
    });
    const lists = await readPrefixLists(ec2, [naming('pl-1'), naming('pl-2'), naming('pl-1')]);
    expect(lists).toEqual({
      cidrs: new Map([
        ['pl-1', ['192.0.2.0/24']],
        ['pl-2', ['192.0.2.0/24']],
      ]),
      states: [
        { id: 'pl-1', state: 'modify-in-progress', version: 4 },
        { id: 'pl-2', state: 'create-complete' },
      ],
      unread: [],
    });
    expect(most).toBe(3);
    expect(sent).toHaveLength(3);
  });

  it('that another account shares and does not let be read are unread; the others go on', async () => {
    const { ec2 } = answering({
      GetManagedPrefixListEntries: ({ PrefixListId }) => {
        if (PrefixListId === 'pl-foreign') throw ec2Error('InvalidPrefixListID.NotFound');
        return { Entries: [{ Cidr: '0.0.0.0/0' }] };
      },
      DescribeManagedPrefixLists: () => ({ PrefixLists: [] }),
    });
    const { cidrs, unread } = await readPrefixLists(ec2, [naming('pl-foreign'), naming('pl-1')]);
    expect([...cidrs]).toEqual([['pl-1', ['0.0.0.0/0']]]);
    expect(unread.map(({ fact }) => fact)).toEqual(['entries of prefix list pl-foreign']);
  });

  it('are judged by their entries where their state cannot be read, and that is said', async () => {
    const { ec2 } = answering({
      ...entries,
      DescribeManagedPrefixLists: () => {
        throw ec2Error('RequestLimitExceeded', 503);
      },
    });
    const { cidrs, states, unread } = await readPrefixLists(ec2, [naming('pl-1')]);
    expect([cidrs.size, states]).toEqual([1, []]);
    expect(unread).toMatchObject([{ fact: 'state of prefix lists pl-1', cause: expect.any(CallFailed) }]);
  });

  it('in scope are read at the version before too, and at no other; a version that is gone is not known', async () => {
    const { ec2 } = answering({
      GetManagedPrefixListEntries: ({ PrefixListId, TargetVersion }) => {
        if (TargetVersion === undefined) return { Entries: [{ Cidr: '0.0.0.0/0' }] };
        if (PrefixListId === 'pl-1') return { Entries: [{ Cidr: `192.0.2.${TargetVersion === 3 ? 3 : 0}/32` }] };
        throw ec2Error('InvalidPrefixListVersion');
      },
      DescribeManagedPrefixLists: () => ({
        PrefixLists: ['pl-1', 'pl-2', 'pl-3'].map((PrefixListId) => ({ PrefixListId, State: 'modify-complete' })),
      }),
    });
    const rules = ['pl-1', 'pl-2', 'pl-3'].map(naming);
    const { states, unread } = await readPrefixLists(ec2, rules, {
      by: 'prefix-list',
      ids: ['pl-1', 'pl-2'],
      since: 3,
    });
    expect(states.map(({ previousEntries: before }) => before)).toEqual([['192.0.2.3/32'], undefined, undefined]);
    expect(unread).toEqual([]);
  });

  it('that no rule names cost no call', async () => {
    const { ec2, sent } = answering({});
    const rule = { ...naming('pl-1'), source: { kind: 'ipv4', cidr: '0.0.0.0/0' } } as const;
    expect(await readPrefixLists(ec2, [rule])).toEqual({ cidrs: new Map(), states: [], unread: [] });
    expect(sent).toEqual([]);
  });
});
