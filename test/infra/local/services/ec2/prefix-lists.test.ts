import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
  RestoreManagedPrefixListVersionCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../../infra/local/start.ts';
import { ec2Client, vpcWithGroup } from '../../local-client.ts';

let local: LocalAccount;
let ec2: EC2Client;
let PrefixListId = '';

beforeEach(async () => {
  local = await startLocalAccount();
  ec2 = ec2Client(local);
  const { PrefixList } = await ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: 'offices',
      AddressFamily: 'IPv4',
      MaxEntries: 5,
      Entries: [{ Cidr: '192.0.2.0/24' }],
    }),
  );
  PrefixListId = PrefixList?.PrefixListId ?? '';
});
afterEach(async () => {
  ec2.destroy();
  await local.close();
});

async function restore(PreviousVersion: number, CurrentVersion: number) {
  return await ec2.send(new RestoreManagedPrefixListVersionCommand({ PrefixListId, PreviousVersion, CurrentVersion }));
}

describe('RestoreManagedPrefixListVersion', () => {
  beforeEach(async () => {
    const AddEntries = [{ Cidr: '0.0.0.0/0' }];
    await ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries }));
  });

  it('creates a new version with the old entries, and answers restore-in-progress', async () => {
    const { PrefixList } = await restore(1, 2);
    expect(PrefixList).toMatchObject({ State: 'restore-in-progress', Version: 2 });
    const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [PrefixListId] }));
    expect(PrefixLists).toMatchObject([{ State: 'restore-complete', Version: 3 }]);
    const { Entries } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
    expect(Entries).toEqual([{ Cidr: '192.0.2.0/24' }]);
  });

  it('refuses a wrong current version, and a version that never existed', async () => {
    await expect(restore(1, 1)).rejects.toThrow('incorrect version');
    await expect(restore(7, 2)).rejects.toThrow('has no version 7');
  });

  it('is recorded in the wrapper form', async () => {
    await restore(1, 2);
    expect(local.events.at(-1)?.detail).toMatchObject({
      eventName: 'RestoreManagedPrefixListVersion',
      requestParameters: {
        RestoreManagedPrefixListVersionRequest: { PrefixListId, PreviousVersion: 1, CurrentVersion: 2 },
      },
    });
  });
});

describe('groups that reference a list', () => {
  const found = async (name: string) => {
    const Filters = [{ Name: name, Values: [PrefixListId] }];
    return ((await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups ?? []).map(
      ({ GroupId }) => GroupId,
    );
  };

  it('are found by direction', async () => {
    const [one, two] = [await vpcWithGroup(ec2), await vpcWithGroup(ec2)];
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: one.groupId, IpPermissions }));
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: two.groupId, IpPermissions }));
    expect(await found('ip-permission.prefix-list-id')).toEqual([one.groupId]);
    expect(await found('egress.ip-permission.prefix-list-id')).toEqual([two.groupId]);
  });
});
