import {
  DeleteManagedPrefixListCommand,
  DescribeManagedPrefixListsCommand,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
  paginateGetManagedPrefixListEntries,
  RestoreManagedPrefixListVersionCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { authorizeIngress, type Clause, expectRefusal, ingressOf, newGroup, newList, tcp } from './clause.ts';

async function entriesOf(ec2: EC2Client, PrefixListId: string): Promise<readonly (string | undefined)[]> {
  const { Entries } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
  return (Entries ?? []).map(({ Cidr }) => Cidr);
}

/** What EC2 does with managed prefix lists. */
export const prefixListClauses: readonly Clause[] = [
  {
    says: 'a prefix list has version 1, its size and its entries',
    async check(ec2) {
      const id = await newList(ec2, ['10.0.0.0/8', '192.0.2.0/24'], 5);
      const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [id] }));
      expect(PrefixLists).toMatchObject([
        { Version: 1, MaxEntries: 5, AddressFamily: 'IPv4', State: 'create-complete' },
      ]);
      expect(await entriesOf(ec2, id)).toEqual(['10.0.0.0/8', '192.0.2.0/24']);
    },
  },
  {
    says: 'changing the entries makes a new version',
    async check(ec2) {
      const id = await newList(ec2, ['10.0.0.0/8'], 5);
      const change = { AddEntries: [{ Cidr: '0.0.0.0/0' }], RemoveEntries: [{ Cidr: '10.0.0.0/8' }] };
      await ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId: id, CurrentVersion: 1, ...change }));
      const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [id] }));
      expect(PrefixLists).toMatchObject([{ Version: 2 }]);
      expect(await entriesOf(ec2, id)).toEqual(['0.0.0.0/0']);
    },
  },
  {
    says: 'the entries of an old version can be read',
    async check(ec2) {
      const id = await newList(ec2, ['10.0.0.0/8'], 5);
      const change = { PrefixListId: id, CurrentVersion: 1, AddEntries: [{ Cidr: '0.0.0.0/0' }] };
      await ec2.send(new ModifyManagedPrefixListCommand(change));
      const { Entries } = await ec2.send(
        new GetManagedPrefixListEntriesCommand({ PrefixListId: id, TargetVersion: 1 }),
      );
      expect(Entries?.map(({ Cidr }) => Cidr)).toEqual(['10.0.0.0/8']);
    },
  },
  {
    says: 'a stale version number is PrefixListVersionMismatch',
    async check(ec2) {
      const id = await newList(ec2, ['10.0.0.0/8'], 5);
      const change = { PrefixListId: id, CurrentVersion: 7, AddEntries: [{ Cidr: '0.0.0.0/0' }] };
      await expectRefusal(ec2.send(new ModifyManagedPrefixListCommand(change)), 'PrefixListVersionMismatch');
    },
  },
  {
    says: 'an old version of a prefix list is restored as a new one',
    async check(ec2) {
      const PrefixListId = await newList(ec2, ['10.0.0.0/8'], 5);
      const change = { AddEntries: [{ Cidr: '0.0.0.0/0' }], RemoveEntries: [{ Cidr: '10.0.0.0/8' }] };
      await ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, ...change }));
      const restore = { PrefixListId, CurrentVersion: 2, PreviousVersion: 1 };
      await ec2.send(new RestoreManagedPrefixListVersionCommand(restore));
      const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [PrefixListId] }));
      expect(PrefixLists).toMatchObject([{ Version: 3, State: 'restore-complete' }]);
      expect(await entriesOf(ec2, PrefixListId)).toEqual(['10.0.0.0/8']);
    },
  },
  {
    says: 'restoring with a stale version number is PrefixListVersionMismatch',
    async check(ec2) {
      const restore = { PrefixListId: await newList(ec2, ['10.0.0.0/8']), CurrentVersion: 7, PreviousVersion: 1 };
      const call = ec2.send(new RestoreManagedPrefixListVersionCommand(restore));
      await expectRefusal(call, 'PrefixListVersionMismatch');
    },
  },
  {
    says: 'restoring an unknown prefix list is InvalidPrefixListID.NotFound',
    async check(ec2) {
      const restore = { PrefixListId: 'pl-0123456789abcdef0', CurrentVersion: 2, PreviousVersion: 1 };
      const call = ec2.send(new RestoreManagedPrefixListVersionCommand(restore));
      await expectRefusal(call, 'InvalidPrefixListID.NotFound');
    },
  },
  {
    says: 'the entries of an unknown prefix list are InvalidPrefixListID.NotFound',
    async check(ec2) {
      await expectRefusal(entriesOf(ec2, 'pl-0123456789abcdef0'), 'InvalidPrefixListID.NotFound');
    },
  },
  {
    says: 'entries come in pages of the size asked for',
    async check(ec2) {
      const PrefixListId = await newList(ec2, ['10.0.0.0/8', '192.0.2.0/24', '198.51.100.0/24']);
      const sizes: number[] = [];
      for await (const page of paginateGetManagedPrefixListEntries({ client: ec2, pageSize: 2 }, { PrefixListId })) {
        sizes.push(page.Entries?.length ?? 0);
      }
      expect(sizes).toEqual([2, 1]);
    },
  },
  {
    says: 'a rule can name a prefix list',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const PrefixListId = await newList(ec2, ['10.0.0.0/8']);
      await authorizeIngress(ec2, GroupId, { ...tcp(22), PrefixListIds: [{ PrefixListId }] });
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ PrefixListId }]);
    },
  },
  {
    says: 'a prefix list counts against the quota with its max entries',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const PrefixListId = await newList(ec2, ['10.0.0.0/8'], 60);
      await authorizeIngress(ec2, GroupId, { ...tcp(22), PrefixListIds: [{ PrefixListId }] });
      const more = authorizeIngress(ec2, GroupId, tcp(22, '192.0.2.0/24'));
      await expectRefusal(more, 'RulesPerSecurityGroupLimitExceeded');
    },
  },
  {
    says: 'a deleted prefix list is gone',
    async check(ec2) {
      const PrefixListId = await newList(ec2, ['10.0.0.0/8']);
      await ec2.send(new DeleteManagedPrefixListCommand({ PrefixListId }));
      const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({}));
      expect(PrefixLists?.some((list) => list.PrefixListId === PrefixListId)).toBe(false);
    },
  },
];
