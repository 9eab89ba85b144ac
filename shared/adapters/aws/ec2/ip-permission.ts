import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Rule, RuleContent, Source } from '../../../domain/group.ts';

type ProtocolAndPorts = Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>;

/**
 * Protocol and ports. For ICMP, the two port fields have type and code, and -1 means all. They are absent for
 * protocols without ports, because EC2 ignores them.
 */
function protocolAndPorts({ protocol, fromPort, toPort }: RuleContent): ProtocolAndPorts {
  switch (protocol) {
    case 'tcp':
    case 'udp':
      return {
        IpProtocol: protocol,
        ...(fromPort !== undefined && { FromPort: fromPort }),
        ...(toPort !== undefined && { ToPort: toPort }),
      };
    case 'icmp':
    case 'icmpv6':
      return { IpProtocol: protocol, FromPort: fromPort ?? -1, ToPort: toPort ?? -1 };
    default:
      return { IpProtocol: protocol };
  }
}

function groupPair({ groupId, ownerId, vpcId, peeringId }: Extract<Source, { kind: 'group' }>) {
  return {
    GroupId: groupId,
    ...(ownerId !== undefined && { UserId: ownerId }),
    ...(vpcId !== undefined && { VpcId: vpcId }),
    ...(peeringId !== undefined && { VpcPeeringConnectionId: peeringId }),
  };
}

function sourceOf(source: Source, noted: { readonly Description?: string }): IpPermission {
  switch (source.kind) {
    case 'ipv4':
      return { IpRanges: [{ CidrIp: source.cidr, ...noted }] };
    case 'ipv6':
      return { Ipv6Ranges: [{ CidrIpv6: source.cidr, ...noted }] };
    case 'prefix-list':
      return { PrefixListIds: [{ PrefixListId: source.id, ...noted }] };
    case 'group':
      return { UserIdGroupPairs: [{ ...groupPair(source), ...noted }] };
    default:
      return source satisfies never;
  }
}

/**
 * The content of a rule without its description, as one permission with one source. A revoke with it removes
 * the rule only if the rule still has exactly this content.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function contentPermission(rule: RuleContent): IpPermission {
  return {
    ...protocolAndPorts(rule),
    ...sourceOf(rule.source, {}),
  };
}

/** The content of a rule with its description, for Authorize calls. */
export function describedPermission(rule: Rule): IpPermission {
  return {
    ...protocolAndPorts(rule),
    ...sourceOf(rule.source, rule.description === undefined ? {} : { Description: rule.description }),
  };
}
