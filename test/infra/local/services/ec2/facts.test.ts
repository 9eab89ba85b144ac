import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeRouteTablesCommand,
  DetachInternetGatewayCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../../infra/local/start.ts';
import { securityGroups } from '../../../../../shared/adapters/aws/ec2/snapshot.ts';
import type { Need } from '../../../../../shared/domain/control.ts';
import { ec2Client } from '../../local-client.ts';

let local: LocalAccount;
let ec2: EC2Client;
let vpcId: string;

const REGION = 'us-east-1';

beforeEach(async () => {
  local = await startLocalAccount();
  ec2 = ec2Client(local);
  vpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId ?? '';
});
afterEach(async () => {
  ec2.destroy();
  await local.close();
});

async function newGroup(name: string) {
  return (
    (await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: vpcId }))).GroupId ?? ''
  );
}

async function newGateway() {
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  return InternetGateway?.InternetGatewayId ?? '';
}

async function newTable() {
  return (await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }))).RouteTable?.RouteTableId ?? '';
}

async function tablesOut() {
  const Filters = [{ Name: 'route.gateway-id', Values: ['igw-*'] }];
  return (await ec2.send(new DescribeRouteTablesCommand({ Filters, MaxResults: 100 }))).RouteTables ?? [];
}

async function facts(groupId: string, ...needs: readonly Need[]) {
  const scope = { by: 'group-id', ids: [groupId] } as const;
  const { groups: sightings, unread } = await securityGroups(ec2, async () => new Map()).fetchSnapshot(
    scope,
    new Set(needs),
  );
  expect(unread).toEqual([]);
  return sightings[0]?.facts;
}

async function refusal(call: Promise<unknown>) {
  return call.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

describe('route tables of the embedded account', () => {
  it('exist with their VPC; the main table has no route to the internet', async () => {
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({}));
    expect(RouteTables).toMatchObject([
      { VpcId: vpcId, Associations: [{ Main: true }], Routes: [{ GatewayId: 'local', State: 'active' }] },
    ]);
    expect(await tablesOut()).toEqual([]);
  });

  it('lead out through an attached gateway, and to a black hole after it is detached', async () => {
    const [RouteTableId, InternetGatewayId] = [await newTable(), await newGateway()];
    await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId }));
    await ec2.send(
      new CreateRouteCommand({ RouteTableId, GatewayId: InternetGatewayId, DestinationCidrBlock: '0.0.0.0/0' }),
    );
    const states = async () => (await tablesOut())[0]?.Routes?.map(({ State }) => State);
    expect(await states()).toEqual(['active', 'active']);
    const detach = new DetachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId });
    await ec2.send(detach);
    expect(await states()).toEqual(['active', 'blackhole']);
    expect(await refusal(ec2.send(detach))).toBe('Gateway.NotAttached');
  });

  it('can be associated with a subnet once', async () => {
    const RouteTableId = await newTable();
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
    const SubnetId = Subnet?.SubnetId;
    const { AssociationId } = await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
    const Filters = [{ Name: 'association.subnet-id', Values: [SubnetId ?? ''] }];
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
    expect(RouteTables?.[0]?.Associations).toMatchObject([{ RouteTableAssociationId: AssociationId, SubnetId }]);
    expect(await refusal(ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId })))).toBe(
      'Resource.AlreadyAssociated',
    );
  });

  it('refuse invalid calls with EC2’s errors', async () => {
    const [RouteTableId, GatewayId] = [await newTable(), await newGateway()];
    const route = new CreateRouteCommand({ RouteTableId, GatewayId, DestinationIpv6CidrBlock: '::/0' });
    const attach = (id: string) => ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpcId }));
    expect(await refusal(ec2.send(route))).toBe('InvalidParameterValue');
    await attach(GatewayId);
    await ec2.send(route);
    expect(await refusal(ec2.send(route))).toBe('RouteAlreadyExists');
    const nowhere = new CreateRouteCommand({ RouteTableId, GatewayId: 'igw-0', DestinationIpv6CidrBlock: '::/0' });
    expect(await refusal(ec2.send(nowhere))).toBe('InvalidGatewayID.NotFound');
    expect(await refusal(attach(GatewayId))).toBe('Resource.AlreadyAssociated');
    expect(await refusal(attach('igw-0'))).toBe('InvalidInternetGatewayId.Malformed');
    expect(await refusal(attach('igw-0123456789abcdef0'))).toBe('InvalidInternetGatewayID.NotFound');
    const described = (id: string) => refusal(ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] })));
    expect(await described('rtb-0')).toBe('InvalidRouteTableId.Malformed');
    expect(await described('rtb-0123456789abcdef0')).toBe('InvalidRouteTableID.NotFound');
  });

  it('are deleted with their VPC', async () => {
    await ec2.send(new DeleteVpcCommand({ VpcId: vpcId }));
    expect((await ec2.send(new DescribeRouteTablesCommand({}))).RouteTables).toEqual([]);
  });
});

describe('launch templates of the embedded account', () => {
  it('are described by their latest and default versions, each once', async () => {
    const create = (LaunchTemplateName: string) =>
      ec2.send(
        new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: { SecurityGroupIds: ['sg-1'] } }),
      );
    const { LaunchTemplate } = await create('web');
    await create('app');
    expect(await refusal(create('web'))).toBe('InvalidLaunchTemplateName.AlreadyExistsException');
    const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId;
    const LaunchTemplateData = { NetworkInterfaces: [{ DeviceIndex: 0, Groups: ['sg-2'] }] };
    await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData }));
    const { LaunchTemplateVersions = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ Versions: ['$Latest', '$Default'] }),
    );
    expect(
      LaunchTemplateVersions.map((one) => [one.LaunchTemplateName, one.VersionNumber, one.DefaultVersion]),
    ).toEqual([
      ['web', 2, false],
      ['web', 1, true],
      ['app', 1, true],
    ]);
    expect(await refusal(ec2.send(new DescribeLaunchTemplateVersionsCommand({})))).toBe('MissingParameter');
  });
});

describe('facts read from the embedded account', () => {
  it('tell a public group from an internal one', async () => {
    const estate = {
      vpcs: [
        {
          name: 'shop',
          cidr: '10.20.0.0/16',
          groups: [
            { name: 'bastion', interfaces: [{ description: 'bastion', publicIp: '203.0.113.20' }] },
            {
              name: 'front',
              interfaces: [{ description: 'ELB app/shop/1', requesterId: 'amazon-elb', publicIp: '203.0.113.10' }],
            },
            { name: 'app', interfaces: [{ description: 'app-1' }] },
            { name: 'spare' },
          ],
        },
      ],
    };
    const shop = await startLocalAccount({ estate, region: REGION });
    const other = ec2Client(shop);
    const scope = { by: 'group-name', names: ['bastion', 'front', 'app', 'spare'] } as const;
    const { groups: sightings, unread } = await securityGroups(other).fetchSnapshot(
      scope,
      new Set(['reachability', 'vpcCidrs']),
    );
    other.destroy();
    await shop.close();
    expect(unread).toEqual([]);
    const told = sightings.map((one) => [one.group.name, one.facts.reachability, one.facts.vpcCidrs?.join()]);
    expect(told.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))).toEqual([
      ['app', 'internal', '10.20.0.0/16'],
      ['bastion', 'internet', '10.20.0.0/16'],
      ['front', 'load-balancer', '10.20.0.0/16'],
      ['spare', 'unattached', '10.20.0.0/16'],
    ]);
  });

  it('tell which groups reference a group, which it references, and which have the same rules', async () => {
    const [web, app, copy] = [await newGroup('web'), await newGroup('app'), await newGroup('copy')];
    const UserIdGroupPairs = [{ GroupId: web }];
    for (const GroupId of [app, copy]) {
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 9000, ToPort: 9000, UserIdGroupPairs }];
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    }
    await ec2.send(
      new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: { SecurityGroupIds: [web] } }),
    );
    const referenced = await facts(web, 'referencedBy');
    expect(referenced?.referencedBy?.map(({ kind }) => kind)).toEqual(['group', 'group', 'launch-template']);
    const told = await facts(app, 'peers', 'twins');
    expect(told?.peers?.get(web)).toMatchObject({ id: web, name: 'web' });
    expect(told?.twins).toEqual([copy]);
  });

  it('tell that an interface uses a group', async () => {
    const group = await newGroup('web');
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
    await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: Subnet?.SubnetId,
        Groups: [group],
        Description: 'RDSNetworkInterface',
      }),
    );
    expect(await facts(group, 'attachments', 'reachability')).toMatchObject({
      attachments: [{ owner: 'rds', subnetId: Subnet?.SubnetId, vpcId }],
      reachability: 'internal',
    });
  });
});
