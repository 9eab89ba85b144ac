import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  VpcPeeringConnection,
  VpcPeeringConnectionStateReasonCode,
  VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import { parseCidr } from '../../../shared/exposure/cidr.ts';
import { sizeOfCommon } from '../../../shared/exposure/intervals.ts';
import { AwsError, required } from './aws-error.ts';
import { newResourceId } from './ids.ts';
import type { PeeringRecord, PeeringSide } from './records.ts';
import type { Region } from './region.ts';
import { specifiedTags, tagsOf } from './tags.ts';
import { requireVpc } from './vpcs.ts';

function describedSide(region: Region, { vpcId, ownerId }: PeeringSide): VpcPeeringConnectionVpcInfo {
  const cidr = region.vpcs.get(vpcId)?.cidr;
  return { VpcId: vpcId, OwnerId: ownerId, Region: region.name, ...(cidr && { CidrBlock: cidr }) };
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
    Status: { Code: code, Message: code },
    Tags: tagsOf(region, id),
  };
}

/** Stores a peering connection. */
export function storePeering(region: Region, peering: Omit<PeeringRecord, 'id'>): PeeringRecord {
  const record = { ...peering, id: newResourceId(region.account.random, 'pcx') };
  region.peerings.set(record.id, record);
  return record;
}

/** The other side of a connection, for one of its VPCs; undefined where the VPC has no part in it. */
export function otherSide({ requester, accepter }: PeeringRecord, vpcId: string): PeeringSide | undefined {
  if (requester.vpcId === vpcId) return accepter;
  return accepter.vpcId === vpcId ? requester : undefined;
}

function overlap(region: Region, a: string, b: string): boolean {
  const [first, second] = [region.vpcs.get(a)?.cidr, region.vpcs.get(b)?.cidr];
  if (first === undefined || second === undefined) return false;
  return sizeOfCommon([parseCidr(first)], [parseCidr(second)]) > 0n;
}

/**
 * CreateVpcPeeringConnection, within the region: failed where the CIDR blocks overlap. One with another account's VPC stays pending, as
 * nobody there accepts it. Throws InvalidVpcID.NotFound, VpcPeeringConnectionAlreadyExists, MissingParameter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcPeeringConnection.html
 */
export function createVpcPeeringConnection(
  region: Region,
  input: CreateVpcPeeringConnectionRequest,
): CreateVpcPeeringConnectionResult {
  const { id: own } = requireVpc(region, required(input.VpcId, 'vpcId'));
  const [peer, ownerId] = [required(input.PeerVpcId, 'peerVpcId'), input.PeerOwnerId ?? region.account.id];
  if (ownerId === region.account.id) requireVpc(region, peer);
  const known = [...region.peerings.values()].find(
    (peering) => peering.status !== 'failed' && otherSide(peering, own)?.vpcId === peer,
  );
  if (known) throw new AwsError('VpcPeeringConnectionAlreadyExists', `${own} and ${peer} are peered by ${known.id}`);
  const tags = specifiedTags(input.TagSpecifications, 'vpc-peering-connection');
  const peering = storePeering(region, {
    requester: { vpcId: own, ownerId: region.account.id },
    accepter: { vpcId: peer, ownerId },
    status: overlap(region, own, peer) ? 'failed' : 'pending-acceptance',
    namedFromBeyond: [],
  });
  region.tags.set(peering.id, tags);
  return { VpcPeeringConnection: describedPeering(region, peering, 'initiating-request') };
}

/**
 * AcceptVpcPeeringConnection. Throws InvalidVpcPeeringConnectionID.NotFound, InvalidStateTransition where it is not pending,
 * OperationNotPermitted where the accepting VPC is another account's.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html
 */
export function acceptVpcPeeringConnection(
  region: Region,
  input: AcceptVpcPeeringConnectionRequest,
): AcceptVpcPeeringConnectionResult {
  const id = required(input.VpcPeeringConnectionId, 'vpcPeeringConnectionId');
  const peering = region.peerings.get(id);
  if (!peering) {
    throw new AwsError('InvalidVpcPeeringConnectionID.NotFound', `The vpcPeeringConnection ID '${id}' does not exist`);
  }
  if (peering.accepter.ownerId !== region.account.id) {
    throw new AwsError('OperationNotPermitted', `User ${region.account.id} cannot accept peering ${id}`);
  }
  if (peering.status !== 'pending-acceptance') {
    throw new AwsError(
      'InvalidStateTransition',
      `Invalid state transition for ${id}, attempt to go from ${peering.status}`,
    );
  }
  region.peerings.set(id, { ...peering, status: 'active' });
  return { VpcPeeringConnection: describedPeering(region, peering, 'provisioning') };
}
