import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Rule, Source } from '../model/rule.ts';

const noted = ({ description }: Rule): { readonly Description?: string } =>
  description === undefined ? {} : { Description: description };

const groupPair = ({ groupId, ownerId, vpcId, peeringId }: Extract<Source, { kind: 'group' }>) => ({
  GroupId: groupId,
  ...(ownerId !== undefined && { UserId: ownerId }),
  ...(vpcId !== undefined && { VpcId: vpcId }),
  ...(peeringId !== undefined && { VpcPeeringConnectionId: peeringId }),
});

const sourceOf = (rule: Rule): IpPermission => {
  const { source } = rule;
  switch (source.kind) {
    case 'ipv4':
      return { IpRanges: [{ CidrIp: source.cidr, ...noted(rule) }] };
    case 'ipv6':
      return { Ipv6Ranges: [{ CidrIpv6: source.cidr, ...noted(rule) }] };
    case 'prefix-list':
      return { PrefixListIds: [{ PrefixListId: source.id, ...noted(rule) }] };
    case 'group':
      return { UserIdGroupPairs: [{ ...groupPair(source), ...noted(rule) }] };
    default:
      return source satisfies never;
  }
};

/**
 * A rule as Authorize takes it: one permission with one source, ports as EC2 stated them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export const permissionOf = (rule: Rule): IpPermission => ({
  IpProtocol: rule.protocol,
  ...(rule.fromPort !== undefined && { FromPort: rule.fromPort }),
  ...(rule.toPort !== undefined && { ToPort: rule.toPort }),
  ...sourceOf(rule),
});
