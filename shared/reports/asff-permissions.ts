import type { Rule } from '../domain/rule.ts';

/** A permission as ASFF states it. */
interface AsffPermission {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges?: { CidrIp: string }[];
  readonly Ipv6Ranges?: { CidrIpv6: string }[];
  readonly PrefixListIds?: { PrefixListId: string }[];
  readonly UserIdGroupPairs?: { GroupId: string }[];
}

const sourceOf = ({ source }: Rule): Omit<AsffPermission, 'IpProtocol'> => {
  switch (source.kind) {
    case 'ipv4':
      return { IpRanges: [{ CidrIp: source.cidr }] };
    case 'ipv6':
      return { Ipv6Ranges: [{ CidrIpv6: source.cidr }] };
    case 'prefix-list':
      return { PrefixListIds: [{ PrefixListId: source.id }] };
    case 'group':
      return { UserIdGroupPairs: [{ GroupId: source.groupId }] };
    default:
      return source satisfies never;
  }
};

/** A rule as a permission of its own. */
export const asffPermission = (rule: Rule): AsffPermission => ({
  IpProtocol: rule.protocol,
  ...(rule.fromPort !== undefined && { FromPort: rule.fromPort }),
  ...(rule.toPort !== undefined && { ToPort: rule.toPort }),
  ...sourceOf(rule),
});
