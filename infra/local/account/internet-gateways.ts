import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DetachInternetGatewayRequest,
} from '@aws-sdk/client-ec2';
import { AwsError, required } from './aws-error.ts';
import { newResourceId } from './ids.ts';
import type { InternetGatewayRecord } from './records.ts';
import type { Region } from './region.ts';
import { specifiedTags, tagsOf } from './tags.ts';
import { requireVpc } from './vpcs.ts';

/** The internet gateway of this id. Throws InvalidInternetGatewayID.NotFound. */
function requireInternetGateway(region: Region, id: string): InternetGatewayRecord {
  const gateway = region.internetGateways.get(id);
  if (gateway) return gateway;
  throw new AwsError('InvalidInternetGatewayID.NotFound', `The internetGateway ID '${id}' does not exist`);
}

/** Stores an internet gateway, attached where a VPC is named. */
export function storeInternetGateway(region: Region, vpcId?: string): InternetGatewayRecord {
  const gateway = { id: newResourceId(region.account.random, 'igw'), ...(vpcId && { vpcId }) };
  region.internetGateways.set(gateway.id, gateway);
  return gateway;
}

/** CreateInternetGateway: attached to nothing. */
export function createInternetGateway(
  region: Region,
  input: CreateInternetGatewayRequest,
): CreateInternetGatewayResult {
  const tags = specifiedTags(input.TagSpecifications, 'internet-gateway');
  const { id } = storeInternetGateway(region);
  region.tags.set(id, tags);
  const InternetGateway = {
    InternetGatewayId: id,
    OwnerId: region.account.id,
    Attachments: [],
    Tags: tagsOf(region, id),
  };
  return { InternetGateway };
}

/** AttachInternetGateway. Throws Resource.AlreadyAssociated, InvalidInternetGatewayID.NotFound, InvalidVpcID.NotFound. */
export function attachInternetGateway(region: Region, input: AttachInternetGatewayRequest): { Return: boolean } {
  const gateway = requireInternetGateway(region, required(input.InternetGatewayId, 'internetGatewayId'));
  const { id: vpcId } = requireVpc(region, required(input.VpcId, 'vpcId'));
  if (gateway.vpcId !== undefined) {
    throw new AwsError('Resource.AlreadyAssociated', `resource ${gateway.id} is already attached to ${gateway.vpcId}`);
  }
  region.internetGateways.set(gateway.id, { ...gateway, vpcId });
  return { Return: true };
}

/** DetachInternetGateway: routes through it are black holes from then on. Throws Gateway.NotAttached, InvalidInternetGatewayID.NotFound. */
export function detachInternetGateway(region: Region, input: DetachInternetGatewayRequest): { Return: boolean } {
  const { id, vpcId } = requireInternetGateway(region, required(input.InternetGatewayId, 'internetGatewayId'));
  if (vpcId === undefined || vpcId !== required(input.VpcId, 'vpcId')) {
    throw new AwsError('Gateway.NotAttached', `resource ${id} is not attached to network ${input.VpcId}`);
  }
  region.internetGateways.set(id, { id });
  return { Return: true };
}
