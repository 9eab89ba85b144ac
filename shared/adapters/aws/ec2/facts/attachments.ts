import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import type { Need } from '../../../../domain/control.ts';
import { FactUnread } from '../../../../domain/errors.ts';
import type { Attachment } from '../../../../domain/group.ts';
import { type DescribedInterface, readInterface } from '../../../../events/describe/network.ts';
import { reachabilityOf } from '../../../../network/group-facts.ts';
import { call, chunks, FILTER_VALUES, pages } from '../../call.ts';
import { type Ec2, PAGE_SIZE } from '../describe.ts';
import type { AccountWide } from './account-wide.ts';
import { type FactsFor, orUnread } from './facts.ts';

type AttachmentsOrUnread = readonly Attachment[] | FactUnread;

async function readAttachmentsPart(
  ec2: Ec2,
  ids: readonly string[],
): Promise<readonly (readonly [string, AttachmentsOrUnread])[]> {
  const read = await orUnread(`attachments of ${ids.join(', ')}`, readAttachments(ec2, ids));
  return ids.map((id) => [id, read instanceof FactUnread ? read : (read.get(id) ?? [])]);
}

/** The attachments of each group, or why they are unknown. */
async function readAllAttachments(ec2: Ec2, ids: readonly string[]): Promise<ReadonlyMap<string, AttachmentsOrUnread>> {
  const parts = chunks(ids, FILTER_VALUES).map(async (part) => readAttachmentsPart(ec2, part));
  return new Map((await Promise.all(parts)).flat());
}

/**
 * Reads the attachments of each group, and how far the internet reaches them. Both facts need the interfaces.
 * Interfaces and routes are read in parallel.
 */
export async function readUse(
  ec2: Ec2,
  ids: readonly string[],
  needs: ReadonlySet<Need>,
  wide: AccountWide,
): Promise<readonly FactsFor[]> {
  const routing = needs.has('reachability') ? orUnread('routes to the internet', wide.routes()) : undefined;
  const [attached, routes] = await Promise.all([readAllAttachments(ec2, ids), routing]);
  const tellAttachments: FactsFor = ({ id }) => {
    const use = attached.get(id) ?? [];
    return use instanceof FactUnread ? use : { attachments: use };
  };
  const tellReachability: FactsFor = ({ id }) => {
    const use = attached.get(id) ?? [];
    if (routes === undefined) return {};
    if (use instanceof FactUnread) return use;
    if (routes instanceof FactUnread) return routes;
    return { reachability: reachabilityOf(use, routes) };
  };
  return [tellAttachments, tellReachability];
}

function readAll(items: readonly NetworkInterface[] = []): readonly DescribedInterface[] {
  return items.flatMap((item) => readInterface(item) ?? []);
}

/**
 * Interfaces of each group, at most 200 groups. For one group, the first page with interfaces (1,000) tells
 * used from unused. For several groups it reads on until it has seen each group or the last page, so that a
 * busy group cannot make another one look unused. Throws CallFailed.
 */
async function readAttachments(
  ec2: Ec2,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Attachment[]>> {
  const found = new Map<string, Attachment[]>(groupIds.map((id) => [id, []]));
  const allSeen = (items: readonly DescribedInterface[]): boolean => {
    const seen = new Set(items.flatMap((item) => item.groupIds));
    return groupIds.every((id) => seen.has(id));
  };
  const interfaces = await pages<DescribedInterface>(async (token) => {
    const command = new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: 'group-id', Values: [...groupIds] }],
      MaxResults: PAGE_SIZE,
      ...(token && { NextToken: token }),
    });
    const answer = await call('DescribeNetworkInterfaces', ec2.send(command));
    return { items: readAll(answer.NetworkInterfaces), next: answer.NextToken };
  }, allSeen);
  for (const item of interfaces) for (const id of item.groupIds) found.get(id)?.push(item.attachment);
  return found;
}
