import { DescribeVpcsCommand, type Vpc } from '@aws-sdk/client-ec2';
import type { Vpcs } from '../../../domain/grants.ts';
import { call } from '../call.ts';
import { pages } from '../paging.ts';
import { type Ec2, PAGE_SIZE } from './describe.ts';

const idsOf = (some: readonly Vpc[]): readonly string[] => some.flatMap(({ VpcId }) => VpcId ?? []).toSorted();

/** The VPCs of the account and region that the EC2 client stands for. */
export const vpcs = (ec2: Ec2): Vpcs => ({
  async home() {
    const found = await pages<Vpc>(async (token) => {
      const command = new DescribeVpcsCommand({ MaxResults: PAGE_SIZE, ...(token && { NextToken: token }) });
      const answer = await call('DescribeVpcs', ec2.send(command));
      return { items: answer.Vpcs, next: answer.NextToken };
    });
    return idsOf(found.filter(({ IsDefault }) => IsDefault))[0] ?? idsOf(found)[0];
  },
});
