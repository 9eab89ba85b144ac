import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import type { Attachment } from '../../../../domain/group.ts';
import { type InterfaceRead, readInterface } from '../../../../events/describe/network-interface.ts';
import { call } from '../../call.ts';
import { pages } from '../../paging.ts';
import { type Ec2, PAGE_SIZE } from '../describe.ts';

const readAll = (items: readonly NetworkInterface[] = []): readonly InterfaceRead[] =>
  items.flatMap((item) => readInterface(item) ?? []);

/**
 * Interfaces of each group, at most 200 groups. For one group the first page that has any (1,000) is enough to tell used from unused;
 * with several it reads on until every group was seen or the pages end, so that a busy neighbour cannot make a group look unused.
 * Throws CallFailed.
 */
export async function readAttachments(
  ec2: Ec2,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Attachment[]>> {
  const found = new Map<string, Attachment[]>(groupIds.map((id) => [id, []]));
  const allSeen = (items: readonly InterfaceRead[]): boolean => {
    const seen = new Set(items.flatMap((item) => item.groupIds));
    return groupIds.every((id) => seen.has(id));
  };
  const interfaces = await pages<InterfaceRead>(async (token) => {
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
