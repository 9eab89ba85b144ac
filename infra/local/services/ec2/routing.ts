import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateRouteRequest,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DetachInternetGatewayRequest,
  Route,
  RouteTable,
  RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { InternetGatewayRecord, RouteTableRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, required } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { canonicalCidr } from './canonical.ts';
import {
  INTERNET_GATEWAY,
  newResourceId,
  ROUTE_TABLE,
  requestedResources,
  requireResource,
  SUBNET,
  VPC,
} from './resources.ts';
import { specifiedTags, tagsOf } from './tags.ts';

function requireGateway(region: Region, id: string | undefined): InternetGatewayRecord {
  return requireResource(region, INTERNET_GATEWAY, required(id, 'internetGatewayId'));
}

/**
 * An internet gateway in EC2's answers. The state of its attachment is `available`, which the SDK's type
 * lacks.
 */
function describedGateway(region: Region, { id, vpcId }: InternetGatewayRecord) {
  return {
    InternetGatewayId: id,
    OwnerId: region.account.id,
    Attachments: vpcId === undefined ? [] : [{ VpcId: vpcId, State: 'available' }],
    Tags: tagsOf(region, id),
  };
}

/** Stores an internet gateway, attached to the VPC if there is one. */
export function storeInternetGateway(region: Region, vpcId?: string): InternetGatewayRecord {
  const gateway = { id: newResourceId(region.account.random, 'igw'), ...(vpcId && { vpcId }) };
  region.internetGateways.set(gateway.id, gateway);
  return gateway;
}

/** CreateInternetGateway. The new gateway is not attached. */
export function createInternetGateway(region: Region, input: CreateInternetGatewayRequest): object {
  const tags = specifiedTags(input.TagSpecifications, 'internet-gateway');
  const gateway = storeInternetGateway(region);
  region.tags.set(gateway.id, tags);
  return { InternetGateway: describedGateway(region, gateway) };
}

/**
 * AttachInternetGateway. Throws Resource.AlreadyAssociated, InvalidInternetGatewayID.NotFound,
 * InvalidVpcID.NotFound.
 */
export function attachInternetGateway(region: Region, input: AttachInternetGatewayRequest): { Return: boolean } {
  const gateway = requireGateway(region, input.InternetGatewayId);
  const { id: vpcId } = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  if (gateway.vpcId !== undefined) {
    throw new AwsError('Resource.AlreadyAssociated', `resource ${gateway.id} is already attached to ${gateway.vpcId}`);
  }
  region.internetGateways.set(gateway.id, { ...gateway, vpcId });
  return { Return: true };
}

/**
 * DetachInternetGateway. Routes through the gateway become black holes. Throws Gateway.NotAttached,
 * InvalidInternetGatewayID.NotFound.
 */
export function detachInternetGateway(region: Region, input: DetachInternetGatewayRequest): { Return: boolean } {
  const { id, vpcId } = requireGateway(region, input.InternetGatewayId);
  if (vpcId === undefined || vpcId !== required(input.VpcId, 'vpcId')) {
    throw new AwsError('Gateway.NotAttached', `resource ${id} is not attached to network ${input.VpcId}`);
  }
  region.internetGateways.set(id, { id });
  return { Return: true };
}

function gatewayFilters(region: Region): FilterTable<InternetGatewayRecord> {
  return {
    'attachment.state': ({ vpcId }) => (vpcId === undefined ? [] : ['available']),
    'attachment.vpc-id': ({ vpcId }) => (vpcId === undefined ? [] : [vpcId]),
    'internet-gateway-id': ({ id }) => [id],
    'owner-id': () => [region.account.id],
  };
}

/** DescribeInternetGateways. Throws the errors of `requestedResources` and `filtered`. */
export function describeInternetGateways(region: Region, input: DescribeInternetGatewaysRequest): object {
  const named = requestedResources(region, INTERNET_GATEWAY, input.InternetGatewayIds);
  const found = filtered(named, input.Filters, gatewayFilters(region), ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { InternetGateways: items.map((gateway) => describedGateway(region, gateway)), ...next };
}

/**
 * DeleteInternetGateway. Throws InvalidInternetGatewayID.NotFound, DependencyViolation while it is attached.
 */
export function deleteInternetGateway(region: Region, input: DeleteInternetGatewayRequest): object {
  const { id, vpcId } = requireGateway(region, input.InternetGatewayId);
  if (vpcId !== undefined) {
    throw new AwsError('DependencyViolation', `The internetGateway '${id}' has dependencies and cannot be deleted.`);
  }
  region.internetGateways.delete(id);
  region.tags.delete(id);
  return {};
}

/** Stores a route table that has only the local route. */
export function storeRouteTable(region: Region, vpcId: string, main: boolean): RouteTableRecord {
  const table = { id: newResourceId(region.account.random, 'rtb'), vpcId, main, routes: [], subnets: new Map() };
  region.routeTables.set(table.id, table);
  return table;
}

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

/**
 * The id of the requested internet gateway, if it is attached to the table's VPC. Throws
 * InvalidGatewayID.NotFound for an unknown gateway, and InvalidParameterValue for a gateway of another VPC.
 */
function gatewayFor(region: Region, { id, vpcId }: RouteTableRecord, stated: string): string {
  const gateway = region.internetGateways.get(stated);
  if (!gateway) throw new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${stated}' does not exist`);
  if (gateway.vpcId === vpcId) return stated;
  throw invalidParameter(`route table ${id} and network gateway ${stated} belong to different networks`);
}

/**
 * CreateRoute, to an internet gateway that is attached to the VPC. Throws RouteAlreadyExists,
 * InvalidParameterValue, and the NotFound error of the table or gateway.
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

/**
 * AssociateRouteTable, with a subnet. Throws Resource.AlreadyAssociated, and the NotFound error of the table
 * or subnet.
 */
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

function routeTableFilters(region: Region): FilterTable<RouteTableRecord> {
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

/** DescribeRouteTables. Throws the errors of `requestedResources` and `filtered`. */
export function describeRouteTables(region: Region, input: DescribeRouteTablesRequest): DescribeRouteTablesResult {
  const named = requestedResources(region, ROUTE_TABLE, input.RouteTableIds);
  const found = filtered(named, input.Filters, routeTableFilters(region), ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 100, defaultSize: 100 });
  return { RouteTables: items.map((table) => describedTable(region, table)), ...next };
}
