import { hash } from 'node:crypto';
import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeRouteTablesCommand,
  DescribeVpcsCommand,
  type RouteTable,
  type Vpc,
} from '@aws-sdk/client-ec2';
import { FactUnread } from '../../../../domain/errors.ts';
import type { Group } from '../../../../domain/group.ts';
import { readInternetRoutes, readVpc } from '../../../../events/describe/network.ts';
import {
  type GroupReferrer,
  type ReferrersByGroup,
  readTemplate,
  referrersByGroup,
} from '../../../../events/describe/references.ts';
import type { InternetRoutes } from '../../../../network/group-facts.ts';
import { ruleSetKey } from '../../../../network/rule-key.ts';
import { call, pages } from '../../call.ts';
import { lazily } from '../../lazily.ts';
import { type Ec2, PAGE_SIZE } from '../describe.ts';
import { type FactsFor, orUnread } from './facts.ts';

/** Reads which functions name which groups. Apart from EC2's calls, as not every role may list functions. */
export type ReadFunctions = () => Promise<ReferrersByGroup>;

/** What is the same for every group of the account and region: each is read when it is first asked for, once for all looks that share it. */
export interface AccountWide {
  readonly routes: () => Promise<InternetRoutes>;
  readonly vpcs: () => Promise<VpcCidrs>;
  readonly templates: () => Promise<ReferrersByGroup>;
  /** Absent where the caller lists no functions: then what names a group is not known. */
  readonly functions?: ReadFunctions;
  /** Where all groups were read anyway. */
  readonly twins?: TwinIndex;
}

/** Nothing read so far. */
export function accountWide(ec2: Ec2, functions?: ReadFunctions): AccountWide {
  return {
    routes: lazily(async () => describeInternetRoutes(ec2)),
    vpcs: lazily(async () => describeVpcCidrs(ec2)),
    templates: lazily(async () => describeTemplates(ec2)),
    ...(functions && { functions: lazily(functions) }),
  };
}

/** The most that EC2 gives in one page of route tables. */
const TABLES_PAGE = 100;

/**
 * Where the account routes to the internet: the route tables that name an internet gateway and no others. Asked for the whole region,
 * so that it needs no other answer first. Throws CallFailed.
 */
async function describeInternetRoutes(ec2: Ec2): Promise<InternetRoutes> {
  const tables = await pages<RouteTable>(async (token) => {
    const command = new DescribeRouteTablesCommand({
      Filters: [{ Name: 'route.gateway-id', Values: ['igw-*'] }],
      MaxResults: TABLES_PAGE,
      ...(token && { NextToken: token }),
    });
    const answer = await call('DescribeRouteTables', ec2.send(command));
    return { items: answer.RouteTables, next: answer.NextToken };
  });
  return readInternetRoutes(tables);
}

/** The most that EC2 gives in one page of launch template versions. */
const VERSIONS_PAGE = 200;

/**
 * Which launch templates of the region name which groups, by their latest and their default version: what new instances get. EC2 knows
 * no filter for groups, so that all templates are read. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html
 */
async function describeTemplates(ec2: Ec2): Promise<ReferrersByGroup> {
  const templates = await pages<GroupReferrer>(async (token) => {
    const command = new DescribeLaunchTemplateVersionsCommand({
      Versions: ['$Latest', '$Default'],
      MaxResults: VERSIONS_PAGE,
      ...(token && { NextToken: token }),
    });
    const answer = await call('DescribeLaunchTemplateVersions', ec2.send(command));
    const versions = answer.LaunchTemplateVersions ?? [];
    return { items: versions.flatMap((version) => readTemplate(version) ?? []), next: answer.NextToken };
  });
  return referrersByGroup(templates);
}

/** CIDR blocks by VPC id. */
type VpcCidrs = ReadonlyMap<string, readonly string[]>;

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
export async function readVpcCidrs(reading: Promise<VpcCidrs>): Promise<FactsFor> {
  const cidrs = await orUnread('CIDR blocks of the VPCs', reading);
  if (cidrs instanceof FactUnread) return () => cidrs;
  return ({ id, vpcId }) => {
    const vpcCidrs = vpcId === undefined ? [] : cidrs.get(vpcId);
    return vpcCidrs === undefined
      ? new FactUnread(`CIDR blocks of ${vpcId}, the VPC of ${id}`, 'DescribeVpcs does not list it')
      : { vpcCidrs };
  };
}

/** Name of the rules of a group in its VPC: 128 bits of SHA-256 as 16 characters of a byte each, in place of all its rules. */
export function ruleSetDigest(group: Group): string {
  return hash('sha256', `${group.vpcId ?? ''}\n${ruleSetKey(group)}`, 'buffer').toString('latin1', 0, 16);
}

/** Groups by what their rules let through, folded group by group. */
export class TwinIndex {
  readonly #ids = new Map<string, string[]>();

  /** Takes in a group, once. */
  add(group: Group): void {
    const digest = ruleSetDigest(group);
    const ids = this.#ids.get(digest);
    if (ids === undefined) this.#ids.set(digest, [group.id]);
    else ids.push(group.id);
  }

  /** Ids of the other groups of its VPC with exactly the same rules. */
  twinsOf(group: Group): readonly string[] {
    return (this.#ids.get(ruleSetDigest(group)) ?? []).filter((id) => id !== group.id);
  }
}
