import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DescribeRouteTablesCommand,
  DetachInternetGatewayCommand,
  type EC2Client,
  type Filter,
  paginateDescribeRouteTables,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { type Clause, expectRefusal, newSubnet, newVpc } from './clause.ts';

const UNKNOWN_TABLE = 'rtb-0123456789abcdef0';
const UNKNOWN_GATEWAY = 'igw-0123456789abcdef0';

async function newTable(ec2: EC2Client, VpcId: string): Promise<string> {
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  return RouteTable?.RouteTableId ?? '';
}

async function newGateway(ec2: EC2Client): Promise<string> {
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  return InternetGateway?.InternetGatewayId ?? '';
}

async function attachedGateway(ec2: EC2Client, VpcId: string): Promise<string> {
  const InternetGatewayId = await newGateway(ec2);
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  return InternetGatewayId;
}

async function routeOut(ec2: EC2Client, RouteTableId: string, GatewayId: string): Promise<void> {
  await ec2.send(new CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock: '0.0.0.0/0' }));
}

async function tablesOf(ec2: EC2Client, vpcId: string, ...more: readonly Filter[]): Promise<readonly RouteTable[]> {
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }, ...more];
  return (await ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables ?? [];
}

const OUT = { Name: 'route.gateway-id', Values: ['igw-*'] };

/** What EC2 does with route tables and internet gateways. */
export const routingClauses: readonly Clause[] = [
  {
    says: 'a new VPC has one route table, its main one, with the local route alone',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      expect(await tablesOf(ec2, vpcId)).toMatchObject([
        {
          VpcId: vpcId,
          Associations: [{ Main: true }],
          Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }],
        },
      ]);
    },
  },
  {
    says: 'a new internet gateway is attached to nothing',
    async check(ec2) {
      const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
      expect(InternetGateway?.InternetGatewayId).toMatch(/^igw-/);
      expect(InternetGateway?.Attachments ?? []).toEqual([]);
    },
  },
  {
    says: 'attaching an internet gateway to a second VPC is Resource.AlreadyAssociated',
    async check(ec2) {
      const InternetGatewayId = await attachedGateway(ec2, await newVpc(ec2));
      const again = new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: await newVpc(ec2) });
      await expectRefusal(ec2.send(again), 'Resource.AlreadyAssociated');
    },
  },
  {
    says: 'attaching an unknown internet gateway is InvalidInternetGatewayID.NotFound',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const call = ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: UNKNOWN_GATEWAY, VpcId }));
      await expectRefusal(call, 'InvalidInternetGatewayID.NotFound');
    },
  },
  {
    says: 'detaching an internet gateway from a VPC that it is not attached to is Gateway.NotAttached',
    async check(ec2) {
      const [InternetGatewayId, VpcId] = [await newGateway(ec2), await newVpc(ec2)];
      const call = ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
      await expectRefusal(call, 'Gateway.NotAttached');
    },
  },
  {
    says: 'route tables that lead to an internet gateway are found by it, and no others',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [out, gatewayId] = [await newTable(ec2, vpcId), await attachedGateway(ec2, vpcId)];
      await newTable(ec2, vpcId);
      await routeOut(ec2, out, gatewayId);
      const found = await tablesOf(ec2, vpcId, OUT);
      expect(found.map((table) => table.RouteTableId)).toEqual([out]);
      expect(found[0]?.Routes).toMatchObject([
        { GatewayId: 'local' },
        { DestinationCidrBlock: '0.0.0.0/0', GatewayId: gatewayId, State: 'active' },
      ]);
    },
  },
  {
    says: 'a route is a black hole once its internet gateway is detached',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const [out, InternetGatewayId] = [await newTable(ec2, VpcId), await attachedGateway(ec2, VpcId)];
      await routeOut(ec2, out, InternetGatewayId);
      await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
      const [table] = await tablesOf(ec2, VpcId, OUT);
      expect(table?.Routes?.map(({ State }) => State)).toEqual(['active', 'blackhole']);
    },
  },
  {
    says: 'a route to an internet gateway that is not attached to the VPC is InvalidParameterValue',
    async check(ec2) {
      const [out, gatewayId] = [await newTable(ec2, await newVpc(ec2)), await newGateway(ec2)];
      await expectRefusal(routeOut(ec2, out, gatewayId), 'InvalidParameterValue');
    },
  },
  {
    says: 'a route to an unknown gateway is InvalidGatewayID.NotFound',
    async check(ec2) {
      const out = await newTable(ec2, await newVpc(ec2));
      await expectRefusal(routeOut(ec2, out, UNKNOWN_GATEWAY), 'InvalidGatewayID.NotFound');
    },
  },
  {
    says: 'a second route to the same addresses is RouteAlreadyExists',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [out, gatewayId] = [await newTable(ec2, vpcId), await attachedGateway(ec2, vpcId)];
      await routeOut(ec2, out, gatewayId);
      await expectRefusal(routeOut(ec2, out, gatewayId), 'RouteAlreadyExists');
    },
  },
  {
    says: 'the route table of a subnet is found by the subnet',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [RouteTableId, SubnetId] = [await newTable(ec2, vpcId), await newSubnet(ec2, vpcId)];
      const { AssociationId } = await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
      const found = await tablesOf(ec2, vpcId, { Name: 'association.subnet-id', Values: [SubnetId] });
      expect(found).toMatchObject([
        { RouteTableId, Associations: [{ RouteTableAssociationId: AssociationId, SubnetId, Main: false }] },
      ]);
    },
  },
  {
    says: 'a second route table for a subnet is Resource.AlreadyAssociated',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const SubnetId = await newSubnet(ec2, vpcId);
      const associate = async () =>
        ec2.send(new AssociateRouteTableCommand({ RouteTableId: await newTable(ec2, vpcId), SubnetId }));
      await associate();
      await expectRefusal(associate(), 'Resource.AlreadyAssociated');
    },
  },
  {
    says: 'an unknown route table is InvalidRouteTableID.NotFound',
    async check(ec2) {
      const call = ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [UNKNOWN_TABLE] }));
      await expectRefusal(call, 'InvalidRouteTableID.NotFound');
    },
  },
  {
    says: 'route tables come in pages of the size asked for',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      for (let made = 0; made < 6; made++) await newTable(ec2, vpcId);
      const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
      const sizes: number[] = [];
      for await (const page of paginateDescribeRouteTables({ client: ec2, pageSize: 5 }, { Filters })) {
        sizes.push(page.RouteTables?.length ?? 0);
      }
      expect(sizes).toEqual([5, 2]);
    },
  },
];
