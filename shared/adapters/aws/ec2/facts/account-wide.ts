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

/**
 * Reads which functions name which groups. Separate from EC2's calls, because not every role may list
 * functions.
 */
export type ReadFunctions = () => Promise<ReferrersByGroup>;

/**
 * Facts that are the same for every group of the account and region. Each is read at the first call, once for
 * all snapshots that share it.
 */
export interface AccountWide {
  readonly routes: () => Promise<InternetRoutes>;
  readonly vpcs: () => Promise<VpcCidrs>;
  readonly templates: () => Promise<ReferrersByGroup>;
  /** Absent if the caller may not list functions. Then the references to a group are unread. */
  readonly functions?: ReadFunctions;
  /** Present if all groups were read anyway. */
  readonly twins?: TwinIndex;
}

/** Account-wide facts of which none is read yet. */
export function accountWide(ec2: Ec2, functions?: ReadFunctions): AccountWide {
  return {
    routes: lazily(async () => describeInternetRoutes(ec2)),
    vpcs: lazily(async () => describeVpcCidrs(ec2)),
    templates: lazily(async () => describeTemplates(ec2)),
    ...(functions && { functions: lazily(functions) }),
  };
}

/** Largest page of route tables that EC2 returns. */
const TABLES_PAGE = 100;

/**
 * The routes of the account to the internet: the route tables that name an internet gateway. Read for the
 * whole region, so that the call does not have to wait for another answer. Throws CallFailed.
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

/** Largest page of launch template versions that EC2 returns. */
const VERSIONS_PAGE = 200;

/**
 * Which launch templates of the region name which groups in their latest and their default version, which new
 * instances get. EC2 has no filter for groups, so all templates are read. Throws CallFailed.
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

/**
 * CIDR blocks of every VPC of the region, IPv4 and IPv6. Read for all VPCs, so that the call does not have to
 * wait for another answer. Throws CallFailed.
 */
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

/** Reads the CIDR blocks of each group's VPC. */
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

/**
 * Digest of the rules of a group in its VPC: 128 bits of SHA-256 as 16 characters of one byte each. Takes
 * less memory than the rules.
 */
export function ruleSetDigest(group: Group): string {
  return hash('sha256', `${group.vpcId ?? ''}\n${ruleSetKey(group)}`, 'buffer').toString('latin1', 0, 16);
}

/** Groups by the digest of their rules. */
export class TwinIndex {
  readonly #ids = new Map<string, string[]>();

  /** Adds a group. Each group may be added once. */
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
