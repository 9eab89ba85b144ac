import {
  DescribeManagedPrefixListsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Estate } from '../../../../infra/local/estate/estate.ts';
import { loadEstate } from '../../../../infra/local/estate/load-estate.ts';
import { type LocalAccount, startLocalAccount } from '../../../../infra/local/start.ts';
import { Account } from '../../../../infra/local/state/account.ts';
import { VirtualClock } from '../../../../infra/local/time/virtual-clock.ts';
import { ec2Client } from '../local-client.ts';

const estate: Estate = {
  prefixLists: [{ name: 'offices', entries: ['192.0.2.0/24'], maxEntries: 10, addressFamily: 'IPv4' }],
  vpcs: [
    {
      name: 'shop',
      cidr: '10.0.0.0/16',
      groups: [
        {
          name: 'web',
          description: 'web servers',
          tags: { tier: 'web' },
          rules: [
            { direction: 'ingress', protocol: 'tcp', ports: 443, source: '0.0.0.0/0', description: 'the shop' },
            { direction: 'ingress', protocol: 'tcp', ports: 22, source: 'pl:offices' },
          ],
          interfaces: [{ description: 'ELB app/shop/1', requesterId: 'amazon-elb', publicIp: '203.0.113.9' }],
        },
        {
          name: 'db',
          rules: [
            { direction: 'ingress', protocol: 'tcp', ports: [5432, 5433], source: 'sg:web' },
            { direction: 'egress', protocol: '-1', source: '10.0.0.0/16' },
          ],
        },
      ],
      defaultGroup: {
        rules: [{ direction: 'ingress', protocol: '-1', source: '::/0' }],
        interfaces: [{ description: 'RDSNetworkInterface' }],
      },
    },
    { name: 'old', cidr: '172.31.0.0/16', isDefault: true, groups: [] },
  ],
};

function account() {
  return new Account({
    accountId: '111122223333',
    homeRegion: 'us-east-1',
    clock: new VirtualClock(),
    random: Math.random,
  });
}
function withRule(source: string): Estate {
  return {
    vpcs: [
      {
        name: 'a',
        cidr: '10.0.0.0/16',
        groups: [{ name: 'web', rules: [{ direction: 'ingress', protocol: 'tcp', ports: 22, source }] }],
      },
    ],
  };
}

describe('an estate', () => {
  let local: LocalAccount;
  let ec2: EC2Client;

  beforeEach(async () => {
    local = await startLocalAccount({ estate });
    ec2 = ec2Client(local);
  });
  afterEach(() => local.close());

  async function group(name: string, vpc = 'shop') {
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'tag:Name', Values: [vpc] }] }));
    const Filters = [
      { Name: 'vpc-id', Values: [Vpcs?.[0]?.VpcId ?? ''] },
      { Name: 'group-name', Values: [name] },
    ];
    return (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.[0];
  }

  async function rules(name: string, vpc?: string) {
    const Filters = [{ Name: 'group-id', Values: [(await group(name, vpc))?.GroupId ?? ''] }];
    return (await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }))).SecurityGroupRules ?? [];
  }

  test('has its VPCs, one of them the default one', async () => {
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    expect(Vpcs?.map((vpc) => [vpc.Tags?.[0]?.Value, vpc.IsDefault])).toEqual([
      ['shop', false],
      ['old', true],
    ]);
  });

  test('has its groups with descriptions, tags and rules', async () => {
    expect(await group('web')).toMatchObject({ Description: 'web servers', Tags: [{ Key: 'tier', Value: 'web' }] });
    const { PrefixLists } = await ec2.send(
      new DescribeManagedPrefixListsCommand({ Filters: [{ Name: 'owner-id', Values: ['111122223333'] }] }),
    );
    expect(PrefixLists).toMatchObject([{ PrefixListName: 'offices', MaxEntries: 10 }]);
    expect(await rules('web')).toMatchObject([
      { IsEgress: true, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
      { FromPort: 443, CidrIpv4: '0.0.0.0/0', Description: 'the shop' },
      { FromPort: 22, PrefixListId: PrefixLists?.[0]?.PrefixListId },
    ]);
  });

  test('a group references another by its id, and its egress rules replace the default rule', async () => {
    const web = await group('web');
    expect(await rules('db')).toMatchObject([
      { IsEgress: false, FromPort: 5432, ToPort: 5433, ReferencedGroupInfo: { GroupId: web?.GroupId } },
      { IsEgress: true, CidrIpv4: '10.0.0.0/16' },
    ]);
  });

  test('a default group has only the estate’s rules; without rules it has AWS’s', async () => {
    expect(await rules('default')).toMatchObject([{ IpProtocol: '-1', CidrIpv6: '::/0' }]);
    expect(await rules('default', 'old')).toHaveLength(2);
  });

  test('interfaces have their owner and their public address', async () => {
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
    expect(NetworkInterfaces).toMatchObject([
      { Description: 'RDSNetworkInterface', Status: 'in-use', Groups: [{ GroupName: 'default' }] },
      {
        Description: 'ELB app/shop/1',
        RequesterId: 'amazon-elb',
        RequesterManaged: true,
        Association: { PublicIp: '203.0.113.9' },
        Groups: [{ GroupName: 'web' }],
      },
    ]);
  });

  test('emits no events', () => {
    expect(local.events).toEqual([]);
  });
});

describe('an invalid estate', () => {
  test.each([
    ['pl:nowhere', 'The estate references the prefix list nowhere'],
    ['sg:nobody', 'The estate references the group nobody'],
    ['10.0.0.0/40', 'CIDR block 10.0.0.0/40 is malformed'],
  ])('with the source %s is refused', (source, message) => {
    expect(() => loadEstate(account(), withRule(source))).toThrow(message);
  });
});
