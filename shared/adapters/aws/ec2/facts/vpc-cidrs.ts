import { DescribeVpcsCommand, type Vpc } from '@aws-sdk/client-ec2';
import { FactUnread } from '../../../../domain/errors.ts';
import { readVpc } from '../../../../events/describe/vpc.ts';
import { call } from '../../call.ts';
import { pages } from '../../paging.ts';
import { type Ec2, PAGE_SIZE } from '../describe.ts';
import { orUnread, type Telling } from './telling.ts';

/** CIDR blocks by VPC id. */
export type VpcCidrs = ReadonlyMap<string, readonly string[]>;

/** CIDR blocks of every VPC of the region, both families: asked for all of them, so that it needs no other answer first. Throws CallFailed. */
export async function describeVpcCidrs(ec2: Ec2): Promise<VpcCidrs> {
  const vpcs = await pages<Vpc>(async (token) => {
    const command = new DescribeVpcsCommand({ MaxResults: PAGE_SIZE, ...(token && { NextToken: token }) });
    const answer = await call('DescribeVpcs', ec2.send(command));
    return { items: answer.Vpcs, next: answer.NextToken };
  });
  return new Map(
    vpcs.flatMap((vpc) => {
      const read = readVpc(vpc);
      return read === undefined ? [] : [[read.id, read.cidrs] as const];
    }),
  );
}

/** Tells each group the CIDR blocks of its VPC. */
export async function tellVpcCidrs(reading: Promise<VpcCidrs>): Promise<Telling> {
  const cidrs = await orUnread('CIDR blocks of the VPCs', reading);
  if (cidrs instanceof FactUnread) return () => cidrs;
  return ({ id, vpcId }) => {
    const vpcCidrs = vpcId === undefined ? [] : cidrs.get(vpcId);
    return vpcCidrs === undefined
      ? new FactUnread(`CIDR blocks of ${vpcId}, the VPC of ${id}`, 'DescribeVpcs does not list it')
      : { vpcCidrs };
  };
}
