import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import type { Attachment } from '../model/group.ts';
import { call } from './call.ts';
import { type Ec2, PAGE_SIZE } from './describe.ts';
import { pages } from './paging.ts';

const groupsOf = (item: NetworkInterface): readonly string[] =>
  (item.Groups ?? []).flatMap((group) => group.GroupId ?? []);

const toAttachment = (item: NetworkInterface): Attachment => ({
  interfaceId: item.NetworkInterfaceId ?? '',
  description: item.Description ?? '',
  type: item.InterfaceType ?? '',
  ...(item.RequesterId !== undefined && { requesterId: item.RequesterId }),
  ...(item.Attachment?.InstanceId !== undefined && { instanceId: item.Attachment.InstanceId }),
  ...(item.Association?.PublicIp !== undefined && { publicIp: item.Association.PublicIp }),
});

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
  const allSeen = (items: readonly NetworkInterface[]): boolean => {
    const seen = new Set(items.flatMap(groupsOf));
    return groupIds.every((id) => seen.has(id));
  };
  const interfaces = await pages<NetworkInterface>(async (token) => {
    const command = new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: 'group-id', Values: [...groupIds] }],
      MaxResults: PAGE_SIZE,
      ...(token && { NextToken: token }),
    });
    const answer = await call('DescribeNetworkInterfaces', ec2.send(command));
    return { items: answer.NetworkInterfaces, next: answer.NextToken };
  }, allSeen);
  for (const item of interfaces) for (const id of groupsOf(item)) found.get(id)?.push(toAttachment(item));
  return found;
}
