import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteRequest,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  Route,
  RouteTable,
  RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import { AwsError, invalidParameter, required } from './aws-error.ts';
import { canonicalCidr } from './cidr.ts';
import { type FilterTable, filtered } from './filters.ts';
import { newResourceId } from './ids.ts';
import { pageOf } from './paging.ts';
import type { RouteTableRecord } from './records.ts';
import type { Region } from './region.ts';
import { ROUTE_TABLE, requestedResources, requireResource, SUBNET, VPC } from './resource-kinds.ts';
import { storeRouteTable } from './route-table-store.ts';
import { specifiedTags, tagsOf } from './tags.ts';

const ASSOCIATED = { AssociationState: { State: 'associated' } } as const;

function associations({ id, main, subnets }: RouteTableRecord): RouteTableAssociation[] {
  const toMain = {
    RouteTableAssociationId: id.replace('rtb-', 'rtbassoc-'),
    RouteTableId: id,
    Main: true,
    ...ASSOCIATED,
  };
  const toSubnets = Array.from(subnets, ([RouteTableAssociationId, SubnetId]) => ({
    RouteTableAssociationId,
    RouteTableId: id,
    SubnetId,
    Main: false,
    ...ASSOCIATED,
  }));
  return [...(main ? [toMain] : []), ...toSubnets];
}

function describedRoutes(region: Region, { vpcId, routes }: RouteTableRecord): Route[] {
  const local = {
    DestinationCidrBlock: region.vpcs.get(vpcId)?.cidr,
    GatewayId: 'local',
    Origin: 'CreateRouteTable',
  } as const;
  const own = routes.map(({ cidr, gatewayId }) => ({
    ...(cidr.includes(':') ? { DestinationIpv6CidrBlock: cidr } : { DestinationCidrBlock: cidr }),
    GatewayId: gatewayId,
    Origin: 'CreateRoute' as const,
    State: region.internetGateways.get(gatewayId)?.vpcId === vpcId ? ('active' as const) : ('blackhole' as const),
  }));
  return [{ ...local, State: 'active' }, ...own];
}

function describedTable(region: Region, table: RouteTableRecord): RouteTable {
  return {
    RouteTableId: table.id,
    VpcId: table.vpcId,
    OwnerId: region.account.id,
    Associations: associations(table),
    Routes: describedRoutes(region, table),
    PropagatingVgws: [],
    Tags: tagsOf(region, table.id),
  };
}

/** CreateRouteTable. Throws InvalidVpcID.NotFound. */
export function createRouteTable(region: Region, input: CreateRouteTableRequest): CreateRouteTableResult {
  const { id: vpcId } = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const tags = specifiedTags(input.TagSpecifications, 'route-table');
  const table = storeRouteTable(region, vpcId, false);
  region.tags.set(table.id, tags);
  return { RouteTable: describedTable(region, table) };
}

/** The id of an internet gateway that is attached to the table's VPC. Throws InvalidGatewayID.NotFound, InvalidParameterValue. */
function gatewayFor(region: Region, { id, vpcId }: RouteTableRecord, stated: string): string {
  const gateway = region.internetGateways.get(stated);
  if (!gateway) throw new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${stated}' does not exist`);
  if (gateway.vpcId === vpcId) return stated;
  throw invalidParameter(`route table ${id} and network gateway ${stated} belong to different networks`);
}

/**
 * CreateRoute, to an internet gateway that is attached to the VPC. Throws RouteAlreadyExists, InvalidParameterValue, and the NotFound of
 * table or gateway.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
 */
export function createRoute(region: Region, input: CreateRouteRequest): { Return: boolean } {
  const table = requireResource(region, ROUTE_TABLE, required(input.RouteTableId, 'routeTableId'));
  const gatewayId = gatewayFor(region, table, required(input.GatewayId, 'gatewayId'));
  const stated = input.DestinationCidrBlock ?? input.DestinationIpv6CidrBlock;
  const { cidr } = canonicalCidr(required(stated, 'destinationCidrBlock'));
  if (table.routes.some((route) => route.cidr === cidr)) {
    throw new AwsError('RouteAlreadyExists', `The route identified by ${cidr} already exists.`);
  }
  region.routeTables.set(table.id, { ...table, routes: [...table.routes, { cidr, gatewayId }] });
  return { Return: true };
}

/** AssociateRouteTable, with a subnet. Throws Resource.AlreadyAssociated, and the NotFound of table or subnet. */
export function associateRouteTable(region: Region, input: AssociateRouteTableRequest): AssociateRouteTableResult {
  const table = requireResource(region, ROUTE_TABLE, required(input.RouteTableId, 'routeTableId'));
  const { id: subnetId } = requireResource(region, SUBNET, required(input.SubnetId, 'subnetId'));
  if ([...region.routeTables.values()].some(({ subnets }) => [...subnets.values()].includes(subnetId))) {
    throw new AwsError('Resource.AlreadyAssociated', `the specified association for subnet ${subnetId} already exists`);
  }
  const AssociationId = newResourceId(region.account.random, 'rtbassoc');
  region.routeTables.set(table.id, { ...table, subnets: new Map([...table.subnets, [AssociationId, subnetId]]) });
  return { AssociationId, ...ASSOCIATED };
}

function filtersOn(region: Region): FilterTable<RouteTableRecord> {
  const routes = (table: RouteTableRecord) => describedRoutes(region, table);
  return {
    'association.main': ({ main }) => (main ? ['true'] : []),
    'association.route-table-association-id': (table) =>
      associations(table).flatMap(({ RouteTableAssociationId: id }) => id ?? []),
    'association.route-table-id': (table) => associations(table).flatMap(({ RouteTableId: id }) => id ?? []),
    'association.subnet-id': ({ subnets }) => [...subnets.values()],
    'owner-id': () => [region.account.id],
    'route-table-id': ({ id }) => [id],
    'route.destination-cidr-block': (table) => routes(table).flatMap((route) => route.DestinationCidrBlock ?? []),
    'route.destination-ipv6-cidr-block': (table) =>
      routes(table).flatMap((route) => route.DestinationIpv6CidrBlock ?? []),
    'route.gateway-id': (table) => routes(table).flatMap((route) => route.GatewayId ?? []),
    'route.origin': (table) => routes(table).flatMap((route) => route.Origin ?? []),
    'route.state': (table) => routes(table).flatMap((route) => route.State ?? []),
    'vpc-id': ({ vpcId }) => [vpcId],
  };
}

/** DescribeRouteTables. Throws InvalidRouteTableID.NotFound, InvalidRouteTableId.Malformed, InvalidParameterValue. */
export function describeRouteTables(region: Region, input: DescribeRouteTablesRequest): DescribeRouteTablesResult {
  const named = requestedResources(region, ROUTE_TABLE, input.RouteTableIds);
  const found = filtered(named, input.Filters, filtersOn(region), ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 100, unstated: 100 });
  return { RouteTables: items.map((table) => describedTable(region, table)), ...next };
}
