import {
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  ModifyManagedPrefixListCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RestoreManagedPrefixListVersionCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { textForProtocol } from '../../infra/local/services/sns.ts';
import { openShop } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;

function naming(port: number) {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    PrefixListIds: [{ PrefixListId: shop.prefixListId() }],
  };
}

beforeAll(async () => {
  shop = await openShop({
    estate: {
      prefixLists: [{ name: 'offices', addressFamily: 'IPv4', entries: ['192.0.2.0/24'], maxEntries: 20 }],
      vpcs: [{ name: 'shop', cidr: '10.20.0.0/16', groups: [{ name: 'web' }, { name: 'app' }, { name: 'other' }] }],
    },
  });
  for (const name of ['web', 'app']) await shop.authorize(name, naming(22));
  await shop.delivery.drain();
});
afterAll(async () => await shop.close());
beforeEach(() => {
  shop.local.calls.length = 0;
});

function told(): readonly string[] {
  return shop.local.messages.map((message) => textForProtocol('email', message));
}

async function addWorld(CurrentVersion: number) {
  await shop.ec2.send(
    new ModifyManagedPrefixListCommand({
      PrefixListId: shop.prefixListId(),
      CurrentVersion,
      AddEntries: [{ Cidr: '0.0.0.0/0' }],
    }),
  );
  await shop.delivery.drain();
}

async function goBack(PreviousVersion: number, CurrentVersion: number) {
  const PrefixListId = shop.prefixListId();
  await shop.ec2.send(new RestoreManagedPrefixListVersionCommand({ PrefixListId, PreviousVersion, CurrentVersion }));
  await shop.delivery.drain();
}

function revokes() {
  return shop.local.calls.filter(({ operation }) => operation.startsWith('Revoke'));
}

describe('a prefix list through the real SDK and the bundled function', () => {
  it('with office addresses causes no message', () => {
    expect(told()).toEqual([]);
  });

  it('that becomes the world is reported for both groups with the version to restore, and nothing is revoked', async () => {
    const before = [...(await shop.rules('web')), ...(await shop.rules('app'))];
    await addWorld(1);
    expect(told()).toHaveLength(2);
    for (const name of ['web', 'app']) {
      expect(told()).toContainEqual(
        expect.stringMatching(new RegExp(`^Waiting for approval: .* on sg-\\w+ ${name}\n`)),
      );
    }
    expect(told()[0]).toContain(`going back to version 1 of ${shop.prefixListId()} takes it back`);
    expect([...(await shop.rules('web')), ...(await shop.rules('app'))]).toEqual(before);
    expect(revokes()).toEqual([]);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('that is restored and becomes the world again is reported again', async () => {
    await goBack(1, 2);
    expect(told()).toHaveLength(2);
    expect(shop.local.calls.some(({ operation }) => operation === 'GetManagedPrefixListEntries')).toBe(true);
    await goBack(2, 3);
    expect(told()).toHaveLength(4);
    expect(told()[3]).toContain(`going back to version 3 of ${shop.prefixListId()}`);
  });

  it('that contains the world makes only a new rule with it close', async () => {
    const count = (await shop.rules('web')).length;
    await shop.authorize('web', naming(5432));
    await shop.delivery.drain();
    expect(await shop.rules('web')).toHaveLength(count);
    expect(told().at(-1)).toMatch(/^Closed .* on sg-\w+ web\n/);
    expect(revokes()).toHaveLength(1);
    const before = told().length;
    const AddEntries = [{ Cidr: '198.51.100.0/24' }];
    await shop.ec2.send(
      new ModifyManagedPrefixListCommand({ PrefixListId: shop.prefixListId(), CurrentVersion: 4, AddEntries }),
    );
    await shop.delivery.drain();
    // People were asked about both groups when the list became the world.
    expect(told().slice(before)).toEqual([]);
    await goBack(1, 5);
  });

  it('that is being modified delays the evaluation', async () => {
    let looks = 0;
    const { prefixLists } = shop.local.account.region('eu-west-1');
    const stop = shop.local.beforeCall((_service, operation) => {
      if (operation !== 'DescribeManagedPrefixLists') return;
      looks += 1;
      const list = prefixLists.get(shop.prefixListId());
      const state = looks <= 2 ? 'modify-in-progress' : 'modify-complete';
      if (list !== undefined) prefixLists.set(list.id, { ...list, state });
    });
    const before = told().length;
    await addWorld(6);
    stop();
    expect(looks).toBe(3);
    expect(told()).toHaveLength(before + 2);
    await goBack(1, 7);
  });
});

describe('an attachment', () => {
  const looked = (): readonly string[] =>
    shop.local.calls.filter(({ accessKeyId }) => accessKeyId.startsWith('AKIAPORTCULLIS')).map((one) => one.operation);

  it('of a new interface without groups has the default group evaluated', async () => {
    const { vpcs } = shop.local.account.region('eu-west-1');
    const [VpcId] = [...vpcs.keys()];
    const { Subnet } = await shop.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.20.9.0/24' }));
    await shop.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId }));
    await shop.delivery.drain();
    expect(looked()).toContain('DescribeSecurityGroupRules');
    expect(told().at(-1)).toMatch(/^Found: .*default group.* on sg-\w+ default\n/);
    expect(revokes()).toEqual([]);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('of another group has that group evaluated, and other changes cause nothing', async () => {
    const { interfaces } = shop.local.account.region('eu-west-1');
    const [NetworkInterfaceId] = [...interfaces.keys()];
    await shop.ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Description: { Value: 'x' } }),
    );
    await shop.delivery.drain();
    expect(looked()).toEqual([]);
    const Groups = [shop.groupId('web')];
    await shop.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
    await shop.delivery.drain();
    expect(looked()).toContain('DescribeSecurityGroupRules');
  });
});
