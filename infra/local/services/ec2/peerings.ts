import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult,
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  RejectVpcPeeringConnectionRequest,
  RejectVpcPeeringConnectionResult,
  VpcPeeringConnection,
  VpcPeeringConnectionStateReasonCode,
  VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import { parseCidr, sizeOfCommon } from '../../../../shared/network/cidr.ts';
import type { Region } from '../../state/account.ts';
import type { PeeringRecord, PeeringSide } from '../../state/ec2-records.ts';
import { AwsError, required } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { newResourceId, PEERING, requestedResources, requireResource, VPC } from './resources.ts';
import { specifiedTags, tagsOf } from './tags.ts';

function describedSide(region: Region, { vpcId, ownerId }: PeeringSide): VpcPeeringConnectionVpcInfo {
  const cidr = region.vpcs.get(vpcId)?.cidr;
  return { VpcId: vpcId, OwnerId: ownerId, Region: region.name, ...(cidr && { CidrBlock: cidr }) };
}

/** EC2's message for a status. */
function statusMessage({ ownerId }: PeeringSide, code: VpcPeeringConnectionStateReasonCode): string {
  const texts: Partial<Record<VpcPeeringConnectionStateReasonCode, string>> = {
    'initiating-request': `Initiating Request to ${ownerId}`,
    'pending-acceptance': `Pending Acceptance by ${ownerId}`,
    failed: 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range',
  };
  return texts[code] ?? `${code.charAt(0).toUpperCase()}${code.slice(1)}`;
}

function describedPeering(
  region: Region,
  { id, requester, accepter }: PeeringRecord,
  code: VpcPeeringConnectionStateReasonCode,
): VpcPeeringConnection {
  return {
    VpcPeeringConnectionId: id,
    RequesterVpcInfo: describedSide(region, requester),
    AccepterVpcInfo: describedSide(region, accepter),
    Status: { Code: code, Message: statusMessage(accepter, code) },
    Tags: tagsOf(region, id),
  };
}

export function storePeering(region: Region, peering: Omit<PeeringRecord, 'id'>): PeeringRecord {
  const record = { ...peering, id: newResourceId(region.account.random, 'pcx') };
  region.peerings.set(record.id, record);
  return record;
}

/** The other side of a peering connection. Undefined if the VPC is on neither side. */
export function otherSide({ requester, accepter }: PeeringRecord, vpcId: string): PeeringSide | undefined {
  if (requester.vpcId === vpcId) return accepter;
  return accepter.vpcId === vpcId ? requester : undefined;
}

/** Whether the connection is active or can become active. */
function isAlive({ status }: PeeringRecord): boolean {
  return status === 'active' || status === 'pending-acceptance';
}

function overlap(region: Region, a: string, b: string): boolean {
  const [first, second] = [region.vpcs.get(a)?.cidr, region.vpcs.get(b)?.cidr];
  if (first === undefined || second === undefined) return false;
  return sizeOfCommon([parseCidr(first)], [parseCidr(second)]) > 0n;
}

/**
 * CreateVpcPeeringConnection, within the region. The connection fails if the CIDR blocks overlap. A
 * connection with another account's VPC stays pending because nobody accepts it. Throws
 * InvalidVpcID.NotFound, VpcPeeringConnectionAlreadyExists, MissingParameter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcPeeringConnection.html
 */
export function createVpcPeeringConnection(
  region: Region,
  input: CreateVpcPeeringConnectionRequest,
): CreateVpcPeeringConnectionResult {
  const { id: own } = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const [peer, ownerId] = [required(input.PeerVpcId, 'peerVpcId'), input.PeerOwnerId ?? region.account.id];
  if (ownerId === region.account.id) requireResource(region, VPC, peer);
  const known = [...region.peerings.values()].find(
    (peering) => isAlive(peering) && otherSide(peering, own)?.vpcId === peer,
  );
  if (known) throw new AwsError('VpcPeeringConnectionAlreadyExists', `${own} and ${peer} are peered by ${known.id}`);
  const tags = specifiedTags(input.TagSpecifications, 'vpc-peering-connection');
  const peering = storePeering(region, {
    requester: { vpcId: own, ownerId: region.account.id },
    accepter: { vpcId: peer, ownerId },
    status: overlap(region, own, peer) ? 'failed' : 'pending-acceptance',
    referencedByPeer: [],
  });
  region.tags.set(peering.id, tags);
  return { VpcPeeringConnection: describedPeering(region, peering, 'initiating-request') };
}

function invalidTransition({ id, status }: PeeringRecord, wanted: PeeringRecord['status']): AwsError {
  return new AwsError(
    'InvalidStateTransition',
    `Invalid state transition for ${id}, attempted to transition from ${status} to ${wanted}`,
  );
}

/**
 * The connection with this id, if this account can accept or reject it. Throws the errors of
 * AcceptVpcPeeringConnection.
 */
function pendingPeering(region: Region, id: string | undefined, wanted: PeeringRecord['status']): PeeringRecord {
  const peering = requireResource(region, PEERING, required(id, 'vpcPeeringConnectionId'));
  if (peering.accepter.ownerId !== region.account.id) {
    throw new AwsError('OperationNotPermitted', `User ${region.account.id} cannot answer peering ${peering.id}`);
  }
  if (peering.status !== 'pending-acceptance') throw invalidTransition(peering, wanted);
  return peering;
}

/**
 * AcceptVpcPeeringConnection. Throws InvalidVpcPeeringConnectionID.NotFound, InvalidStateTransition if the
 * connection is not pending, and OperationNotPermitted if another account owns the accepting VPC.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html
 */
export function acceptVpcPeeringConnection(
  region: Region,
  input: AcceptVpcPeeringConnectionRequest,
): AcceptVpcPeeringConnectionResult {
  const peering = pendingPeering(region, input.VpcPeeringConnectionId, 'active');
  region.peerings.set(peering.id, { ...peering, status: 'active' });
  return { VpcPeeringConnection: describedPeering(region, peering, 'provisioning') };
}

/** RejectVpcPeeringConnection. Throws the errors of AcceptVpcPeeringConnection. */
export function rejectVpcPeeringConnection(
  region: Region,
  input: RejectVpcPeeringConnectionRequest,
): RejectVpcPeeringConnectionResult {
  const peering = pendingPeering(region, input.VpcPeeringConnectionId, 'rejected');
  region.peerings.set(peering.id, { ...peering, status: 'rejected' });
  return { Return: true };
}

/**
 * DeleteVpcPeeringConnection. The connection stays visible as `deleted`, and rules with a source beyond it
 * become stale. Throws InvalidVpcPeeringConnectionID.NotFound, and InvalidStateTransition if the connection
 * is neither active nor pending.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcPeeringConnection.html
 */
export function deleteVpcPeeringConnection(
  region: Region,
  input: DeleteVpcPeeringConnectionRequest,
): DeleteVpcPeeringConnectionResult {
  const peering = requireResource(region, PEERING, required(input.VpcPeeringConnectionId, 'vpcPeeringConnectionId'));
  if (!isAlive(peering)) throw invalidTransition(peering, 'deleted');
  region.peerings.set(peering.id, { ...peering, status: 'deleted' });
  return { Return: true };
}

function filtersOn(region: Region): FilterTable<PeeringRecord> {
  const cidr = ({ vpcId }: PeeringSide) => {
    const vpc = region.vpcs.get(vpcId);
    return vpc ? [vpc.cidr] : [];
  };
  return {
    'accepter-vpc-info.cidr-block': ({ accepter }) => cidr(accepter),
    'accepter-vpc-info.owner-id': ({ accepter }) => [accepter.ownerId],
    'accepter-vpc-info.vpc-id': ({ accepter }) => [accepter.vpcId],
    'expiration-time': () => [],
    'requester-vpc-info.cidr-block': ({ requester }) => cidr(requester),
    'requester-vpc-info.owner-id': ({ requester }) => [requester.ownerId],
    'requester-vpc-info.vpc-id': ({ requester }) => [requester.vpcId],
    'status-code': ({ status }) => [status],
    'status-message': ({ accepter, status }) => [statusMessage(accepter, status)],
    'vpc-peering-connection-id': ({ id }) => [id],
  };
}

/** DescribeVpcPeeringConnections. Throws the errors of `requestedResources` and `filtered`. */
export function describeVpcPeeringConnections(
  region: Region,
  input: DescribeVpcPeeringConnectionsRequest,
): DescribeVpcPeeringConnectionsResult {
  const named = requestedResources(region, PEERING, input.VpcPeeringConnectionIds);
  const found = filtered(named, input.Filters, filtersOn(region), ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return {
    VpcPeeringConnections: items.map((peering) => describedPeering(region, peering, peering.status)),
    ...next,
  };
}
