import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DetachInternetGatewayRequest,
} from '@aws-sdk/client-ec2';
import { AwsError, required } from './aws-error.ts';
import { type FilterTable, filtered } from './filters.ts';
import { newResourceId } from './ids.ts';
import { pageOf } from './paging.ts';
import type { InternetGatewayRecord } from './records.ts';
import type { Region } from './region.ts';
import { INTERNET_GATEWAY, requestedResources, requireResource, VPC } from './resource-kinds.ts';
import { specifiedTags, tagsOf } from './tags.ts';

function requireGateway(region: Region, id: string | undefined): InternetGatewayRecord {
  return requireResource(region, INTERNET_GATEWAY, required(id, 'internetGatewayId'));
}

/** EC2 calls the state of an attachment `available`, which the SDK's type does not have. */
function described(region: Region, { id, vpcId }: InternetGatewayRecord) {
  return {
    InternetGatewayId: id,
    OwnerId: region.account.id,
    Attachments: vpcId === undefined ? [] : [{ VpcId: vpcId, State: 'available' }],
    Tags: tagsOf(region, id),
  };
}

/** Stores an internet gateway, attached where a VPC is named. */
export function storeInternetGateway(region: Region, vpcId?: string): InternetGatewayRecord {
  const gateway = { id: newResourceId(region.account.random, 'igw'), ...(vpcId && { vpcId }) };
  region.internetGateways.set(gateway.id, gateway);
  return gateway;
}

/** CreateInternetGateway: attached to nothing. */
export function createInternetGateway(region: Region, input: CreateInternetGatewayRequest): object {
  const tags = specifiedTags(input.TagSpecifications, 'internet-gateway');
  const gateway = storeInternetGateway(region);
  region.tags.set(gateway.id, tags);
  return { InternetGateway: described(region, gateway) };
}

/** AttachInternetGateway. Throws Resource.AlreadyAssociated, InvalidInternetGatewayID.NotFound, InvalidVpcID.NotFound. */
export function attachInternetGateway(region: Region, input: AttachInternetGatewayRequest): { Return: boolean } {
  const gateway = requireGateway(region, input.InternetGatewayId);
  const { id: vpcId } = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  if (gateway.vpcId !== undefined) {
    throw new AwsError('Resource.AlreadyAssociated', `resource ${gateway.id} is already attached to ${gateway.vpcId}`);
  }
  region.internetGateways.set(gateway.id, { ...gateway, vpcId });
  return { Return: true };
}

/** DetachInternetGateway: routes through it are black holes from then on. Throws Gateway.NotAttached, InvalidInternetGatewayID.NotFound. */
export function detachInternetGateway(region: Region, input: DetachInternetGatewayRequest): { Return: boolean } {
  const { id, vpcId } = requireGateway(region, input.InternetGatewayId);
  if (vpcId === undefined || vpcId !== required(input.VpcId, 'vpcId')) {
    throw new AwsError('Gateway.NotAttached', `resource ${id} is not attached to network ${input.VpcId}`);
  }
  region.internetGateways.set(id, { id });
  return { Return: true };
}

function filtersOn(region: Region): FilterTable<InternetGatewayRecord> {
  return {
    'attachment.state': ({ vpcId }) => (vpcId === undefined ? [] : ['available']),
    'attachment.vpc-id': ({ vpcId }) => (vpcId === undefined ? [] : [vpcId]),
    'internet-gateway-id': ({ id }) => [id],
    'owner-id': () => [region.account.id],
  };
}

/** DescribeInternetGateways. Throws InvalidInternetGatewayID.NotFound, InvalidInternetGatewayId.Malformed, InvalidParameterValue. */
export function describeInternetGateways(region: Region, input: DescribeInternetGatewaysRequest): object {
  const named = requestedResources(region, INTERNET_GATEWAY, input.InternetGatewayIds);
  const found = filtered(named, input.Filters, filtersOn(region), ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { InternetGateways: items.map((gateway) => described(region, gateway)), ...next };
}

/** DeleteInternetGateway. Throws InvalidInternetGatewayID.NotFound, DependencyViolation while it is attached. */
export function deleteInternetGateway(region: Region, input: DeleteInternetGatewayRequest): object {
  const { id, vpcId } = requireGateway(region, input.InternetGatewayId);
  if (vpcId !== undefined) {
    throw new AwsError('DependencyViolation', `The internetGateway '${id}' has dependencies and cannot be deleted.`);
  }
  region.internetGateways.delete(id);
  region.tags.delete(id);
  return {};
}
