import { DescribeSecurityGroupReferencesCommand } from '@aws-sdk/client-ec2';
import { CallFailed } from '../../../../domain/errors.ts';
import { type NamesByGroup, namesByGroup } from '../../../../events/cloudtrail/names-by-group.ts';
import { readVpcReference } from '../../../../events/describe/vpc-reference.ts';
import { call } from '../../call.ts';
import { chunks } from '../../paging.ts';
import type { Ec2 } from '../describe.ts';

/** Groups asked about in one call. The API's page names no limit, and its answer comes in one piece; 200 is what a sweep looks at. */
const MOST_GROUPS = 200;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const UNKNOWN_GROUP: ReadonlySet<string> = new Set(['InvalidGroup.NotFound', 'InvalidSecurityGroupID.NotFound']);

/**
 * The VPCs that name each group. The call takes ids and no filter, so that one group that is gone fails it for all: then each half is
 * asked about by itself, 15 calls more for one among 200. A group that EC2 does not know here is absent.
 */
async function referencesTo(ec2: Ec2, ids: readonly string[]): Promise<NamesByGroup> {
  try {
    const command = new DescribeSecurityGroupReferencesCommand({ GroupId: [...ids] });
    const answer = await call('DescribeSecurityGroupReferences', ec2.send(command));
    const named = (answer.SecurityGroupReferenceSet ?? []).flatMap((one) => readVpcReference(one) ?? []);
    return new Map([...ids.map((id) => [id, new Set<string>()] as const), ...namesByGroup(named)]);
  } catch (error) {
    if (!(error instanceof CallFailed && UNKNOWN_GROUP.has(error.code))) throw error;
    return ids.length === 1 ? new Map() : inParts(ec2, chunks(ids, Math.ceil(ids.length / 2)));
  }
}

async function inParts(ec2: Ec2, parts: readonly (readonly string[])[]): Promise<NamesByGroup> {
  const read = await Promise.all(parts.map(async (part) => referencesTo(ec2, part)));
  return new Map(read.flatMap((found) => [...found]));
}

/**
 * Which VPCs on the other side of a peering connection or a transit gateway name each group, of whatever account they are: always of
 * this region, as EC2 lets no rule name a group of another one. A group that EC2 does not know here is absent; that is one that is gone,
 * or one that another account shares. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
 */
export const describeVpcReferences = async (ec2: Ec2, ids: readonly string[]): Promise<NamesByGroup> =>
  inParts(ec2, chunks(ids, MOST_GROUPS));
