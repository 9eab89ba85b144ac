import {
  AcceptVpcPeeringConnectionCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeSecurityGroupReferencesCommand,
  DescribeStaleSecurityGroupsCommand,
  DescribeVpcPeeringConnectionsCommand,
  type EC2Client,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupReference,
  type StaleSecurityGroup,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { authorizeIngress, type Clause, expectRefusal, newGroup, newVpc } from './clause.ts';

async function otherVpc(ec2: EC2Client): Promise<string> {
  return (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }))).Vpc?.VpcId ?? '';
}

async function peer(ec2: EC2Client, VpcId: string, PeerVpcId: string): Promise<string> {
  const { VpcPeeringConnection } = await ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId }));
  return VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
}

async function accept(ec2: EC2Client, VpcPeeringConnectionId: string): Promise<void> {
  await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
}

async function stale(ec2: EC2Client, VpcId: string): Promise<readonly StaleSecurityGroup[]> {
  return (await ec2.send(new DescribeStaleSecurityGroupsCommand({ VpcId }))).StaleSecurityGroupSet ?? [];
}

async function references(ec2: EC2Client, ...GroupId: readonly string[]): Promise<readonly SecurityGroupReference[]> {
  const command = new DescribeSecurityGroupReferencesCommand({ GroupId: [...GroupId] });
  return (await ec2.send(command)).SecurityGroupReferenceSet ?? [];
}

/** What EC2 does with references to groups over VPC peering connections. */
export const peeringClauses: readonly Clause[] = [
  {
    says: 'a new peering connection has an id and the two VPCs, the accepting one as the accepter',
    async check(ec2) {
      const [VpcId, PeerVpcId] = [await newVpc(ec2), await otherVpc(ec2)];
      const { VpcPeeringConnection } = await ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId }));
      expect(VpcPeeringConnection?.VpcPeeringConnectionId).toMatch(/^pcx-/);
      expect(VpcPeeringConnection).toMatchObject({
        RequesterVpcInfo: { VpcId },
        AccepterVpcInfo: { VpcId: PeerVpcId },
      });
    },
  },
  {
    // The pages do not say which of the two calls is refused.
    says: 'a second active peering connection between two VPCs is VpcPeeringConnectionAlreadyExists',
    async check(ec2) {
      const [own, other] = [await newVpc(ec2), await otherVpc(ec2)];
      const connect = async () => accept(ec2, await peer(ec2, own, other));
      await connect();
      await expectRefusal(connect(), 'VpcPeeringConnectionAlreadyExists');
    },
  },
  {
    says: 'accepting a peering connection twice is InvalidStateTransition',
    async check(ec2) {
      const id = await peer(ec2, await newVpc(ec2), await otherVpc(ec2));
      await accept(ec2, id);
      await expectRefusal(accept(ec2, id), 'InvalidStateTransition');
    },
  },
  {
    says: 'a peering connection between VPCs whose CIDR blocks overlap has failed, and is accepted by nobody',
    async check(ec2) {
      const id = await peer(ec2, await newVpc(ec2), await newVpc(ec2));
      await expectRefusal(accept(ec2, id), 'InvalidStateTransition');
    },
  },
  {
    says: 'accepting an unknown peering connection is InvalidVpcPeeringConnectionID.NotFound',
    async check(ec2) {
      await expectRefusal(accept(ec2, 'pcx-0123456789abcdef0'), 'InvalidVpcPeeringConnectionID.NotFound');
    },
  },
  {
    says: 'a group that is named over an active peering connection has a reference with the VPC beyond',
    async check(ec2) {
      const [own, other] = [await newVpc(ec2), await otherVpc(ec2)];
      const [named, unnamed, naming] = [await newGroup(ec2, own), await newGroup(ec2, own), await newGroup(ec2, other)];
      const id = await peer(ec2, own, other);
      await accept(ec2, id);
      const UserIdGroupPairs = [{ GroupId: named }];
      await authorizeIngress(ec2, naming, { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs });
      expect(await references(ec2, named, unnamed)).toEqual([
        { GroupId: named, ReferencingVpcId: other, VpcPeeringConnectionId: id },
      ]);
    },
  },
  {
    says: 'a group that its own VPC names has no reference from beyond',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [named, naming] = [await newGroup(ec2, vpcId), await newGroup(ec2, vpcId)];
      const UserIdGroupPairs = [{ GroupId: named }];
      await authorizeIngress(ec2, naming, { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs });
      expect(await references(ec2, named)).toEqual([]);
    },
  },
  {
    says: 'references to an unknown group are InvalidGroup.NotFound, whatever groups are asked about beside it',
    async check(ec2) {
      const known = await newGroup(ec2);
      await expectRefusal(references(ec2, known, 'sg-0123456789abcdef0'), 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'references to no group are MissingParameter',
    async check(ec2) {
      await expectRefusal(references(ec2), 'MissingParameter');
    },
  },
  {
    says: 'a rule that names a group of a VPC without a peering connection is InvalidGroup.NotFound',
    async check(ec2) {
      const [named, naming] = [await newGroup(ec2), await newGroup(ec2, await otherVpc(ec2))];
      const UserIdGroupPairs = [{ GroupId: named }];
      await expectRefusal(
        authorizeIngress(ec2, naming, { IpProtocol: '-1', UserIdGroupPairs }),
        'InvalidGroup.NotFound',
      );
    },
  },
  {
    says: 'a peering connection is described with its status, and found by its VPCs',
    async check(ec2) {
      const [own, other] = [await newVpc(ec2), await otherVpc(ec2)];
      const id = await peer(ec2, own, other);
      const Filters = [{ Name: 'accepter-vpc-info.vpc-id', Values: [other] }];
      const status = async () => {
        const answer = await ec2.send(new DescribeVpcPeeringConnectionsCommand({ Filters }));
        return answer.VpcPeeringConnections?.map((found) => [found.VpcPeeringConnectionId, found.Status?.Code]);
      };
      expect(await status()).toEqual([[id, 'pending-acceptance']]);
      await accept(ec2, id);
      expect(await status()).toEqual([[id, 'active']]);
    },
  },
  {
    says: 'rules that name a group beyond a deleted peering connection are stale, and can be revoked',
    async check(ec2) {
      const [own, other] = [await newVpc(ec2), await otherVpc(ec2)];
      const [named, naming] = [await newGroup(ec2, own), await newGroup(ec2, other)];
      const VpcPeeringConnectionId = await peer(ec2, own, other);
      await accept(ec2, VpcPeeringConnectionId);
      const permission = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: named }] };
      await authorizeIngress(ec2, naming, permission);
      expect(await stale(ec2, other)).toEqual([]);
      await ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
      expect(await stale(ec2, other)).toMatchObject([
        {
          GroupId: naming,
          VpcId: other,
          StaleIpPermissions: [
            {
              FromPort: 5432,
              UserIdGroupPairs: [{ GroupId: named, VpcPeeringConnectionId, PeeringStatus: 'deleted' }],
            },
          ],
        },
      ]);
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: naming, IpPermissions: [permission] }));
      expect(await stale(ec2, other)).toEqual([]);
    },
  },
  {
    says: 'a group that only a rule beyond a peering connection names can be deleted, and leaves that rule stale',
    async check(ec2) {
      const [own, other] = [await newVpc(ec2), await otherVpc(ec2)];
      const [named, naming] = [await newGroup(ec2, own), await newGroup(ec2, other)];
      await accept(ec2, await peer(ec2, own, other));
      await authorizeIngress(ec2, naming, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: named }] });
      await ec2.send(new DeleteSecurityGroupCommand({ GroupId: named }));
      expect(await stale(ec2, other)).toMatchObject([{ GroupId: naming }]);
    },
  },
];
