import type { Deviation } from '../contract/ec2/contract.ts';
import { acrossVpcs } from './deviations-across-vpcs.ts';
import { aroundGroups } from './deviations-around-groups.ts';
import { API, codeInstead, ERRORS, VPC } from './what-decides.ts';

const groups: readonly Deviation[] = [
  {
    clause: 'a new VPC has a default group whose only ingress is everything from itself',
    instead: 'the default group of a new VPC has no ingress rule',
    decides: `${VPC}/default-security-group.html`,
    sign: /^expected \[\] to deeply equal \[ \[ '-1', 'sg-/,
  },
  {
    clause: 'creating a group in an unknown VPC is InvalidVpcID.NotFound',
    instead: 'makes the group',
    decides: ERRORS,
    sign: codeInstead('no error', 'InvalidVpcID.NotFound'),
  },
  {
    clause: 'a malformed group id is InvalidGroupId.Malformed',
    instead: 'InvalidGroup.NotFound',
    decides: ERRORS,
    sign: codeInstead('InvalidGroup.NotFound', 'InvalidGroupId.Malformed'),
  },
  {
    clause: 'creating a group whose name differs from another only in case is InvalidGroup.Duplicate',
    instead: 'creates it',
    decides: `${API}/API_CreateSecurityGroup.html`,
    sign: codeInstead('no error', 'InvalidGroup.Duplicate'),
  },
  {
    clause: 'spaces at the end of the name of a group are dropped',
    instead: 'keeps them',
    decides: `${VPC}/vpc-security-groups.html`,
    sign: /^expected \{ .* to match object/,
  },
  {
    clause: 'deleting a default group is CannotDelete',
    instead: 'deletes it',
    decides: `${VPC}/default-security-group.html`,
    sign: codeInstead('no error', 'CannotDelete'),
  },
  {
    clause: 'deleting a group that another group references is DependencyViolation',
    instead: 'deletes it and leaves the reference',
    decides: `${API}/API_DeleteSecurityGroup.html`,
    sign: codeInstead('no error', 'DependencyViolation'),
  },
  {
    clause: 'deleting a group that an interface uses is DependencyViolation',
    instead: 'deletes it and leaves the interface',
    decides: `${API}/API_DeleteSecurityGroup.html`,
    sign: codeInstead('no error', 'DependencyViolation'),
  },
  {
    clause: 'deleting a VPC that has a group of its own is DependencyViolation',
    instead: 'deletes the VPC',
    decides: `${API}/API_DeleteVpc.html`,
    sign: codeInstead('no error', 'DependencyViolation'),
  },
];

const interfaces: readonly Deviation[] = [
  {
    clause: 'an interface can be under five groups and no more',
    instead: 'takes six',
    decides: `${VPC}/amazon-vpc-limits.html`,
    sign: /^expected 'no error' to be 'Securit/,
  },
  {
    clause: 'putting an interface under an unknown group is InvalidGroup.NotFound',
    instead: 'leaves the interface without the group and says nothing',
    decides: ERRORS,
    sign: codeInstead('no error', 'InvalidGroup.NotFound'),
  },
];

const authorize: readonly Deviation[] = [
  {
    clause: 'authorize answers one rule for each source of all permissions',
    instead: 'answers the rules of the last permission only',
    decides: `${API}/API_AuthorizeSecurityGroupIngress.html`,
    sign: /^expected \[ \[ 80, '::\/0' \] \] to deeply equal/,
  },
  {
    clause: 'authorize adds all permissions or none',
    instead: 'keeps what came before the permission that failed',
    decides: `${API}/API_AuthorizeSecurityGroupIngress.html`,
    sign: /to have a length of 1 but got 2/,
  },
  {
    clause: 'host bits of an IPv4 CIDR are cleared',
    instead: 'stores the CIDR as it was sent',
    decides: `${API}/API_AuthorizeSecurityGroupIngress.html`,
    sign: /^expected \[ '100\.68\.0\.18\/18', '1\.2\.3\.4\/0' \]/,
  },
  {
    clause: 'an IPv6 CIDR is stored in its short lower-case form without host bits',
    instead: 'stores the CIDR as it was sent',
    decides: `${API}/API_AuthorizeSecurityGroupIngress.html`,
    sign: /^expected \[ '2001:DB8:0:0:1:0:0:1\/64' \]/,
  },
  {
    clause: 'the protocol numbers 6, 17, 1 and 58 become names',
    instead: 'leaves 58 a number',
    decides: `${API}/API_IpPermission.html`,
    sign: /^expected \[ 'tcp', 'udp', 'icmp', '58' \]/,
  },
  {
    clause: 'tcp without ports is InvalidParameterValue',
    instead: 'answers with an error that has no code',
    decides: `${API}/API_IpPermission.html`,
    sign: codeInstead('Error', 'InvalidParameterValue'),
  },
  {
    clause: 'a rule with a tag key of AWS’s own is InvalidParameterValue',
    instead: 'sets the tag',
    decides: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html',
    sign: codeInstead('no error', 'InvalidParameterValue'),
  },
  {
    clause: 'IPv4 and IPv6 rules are counted apart',
    instead: 'counts them together',
    decides: `${VPC}/amazon-vpc-limits.html`,
    sign: /^The maximum number of rules per security group has been reached/,
  },
];

const revoke: readonly Deviation[] = [
  {
    clause: 'revoke answers what it removed',
    instead: 'answers no RevokedSecurityGroupRules',
    decides: `${API}/API_RevokeSecurityGroupIngress.html`,
    sign: /^expected undefined to match object/,
  },
  {
    clause: 'an unknown rule id is InvalidSecurityGroupRuleId.NotFound',
    instead: 'InvalidPermission.NotFound',
    decides: ERRORS,
    sign: codeInstead('InvalidPermission.NotFound', 'InvalidSecurityGroupRuleId.NotFound'),
  },
  {
    clause: 'a malformed rule id is InvalidSecurityGroupRuleId.Malformed',
    instead: 'InvalidPermission.NotFound',
    decides: ERRORS,
    sign: codeInstead('InvalidPermission.NotFound', 'InvalidSecurityGroupRuleId.Malformed'),
  },
  {
    clause: 'outside the default VPC, one mismatch revokes nothing',
    instead: 'revokes what came before the mismatch',
    decides: `${API}/API_RevokeSecurityGroupIngress.html`,
    sign: /^expected \[\] to have a length of 1/,
  },
  {
    clause: 'in the default VPC, a mismatch is no error and comes back as unknown',
    instead: 'InvalidPermission.NotFound as in every VPC',
    decides: `${API}/API_RevokeSecurityGroupIngress.html`,
    sign: /^The specified rule does not exist in this security group/,
  },
  {
    clause: 'in the default VPC, revoking only what is not there answers true all the same',
    instead: 'InvalidPermission.NotFound as in every VPC',
    decides: `${API}/API_RevokeSecurityGroupIngress.html`,
    sign: /^The specified rule does not exist in this security group/,
  },
  {
    clause: 'revoking by permission answers what it removed, with its id',
    instead: 'answers no RevokedSecurityGroupRules',
    decides: `${API}/API_RevokeSecurityGroupIngress.html`,
    sign: /^expected undefined to match object/,
  },
  {
    clause: 'revoking by permission clears the host bits of a CIDR as authorizing does',
    instead: 'compares the CIDR as it was sent',
    decides: `${API}/API_AuthorizeSecurityGroupIngress.html`,
    sign: /^The specified rule does not exist in this security group/,
  },
  {
    clause: 'revoking egress ::/0 that is not there is InvalidPermission.NotFound',
    instead: 'succeeds without a word',
    decides: 'a recorded RevokeSecurityGroupEgress event with errorCode Client.InvalidPermission.NotFound',
    sign: codeInstead('no error', 'InvalidPermission.NotFound'),
  },
];

const MODIFY = `${API}/API_ModifySecurityGroupRules.html`;

const modify: readonly Deviation[] = [
  {
    clause: 'an IPv6 rule can be modified',
    instead: 'leaves the CIDR as it was',
    decides: MODIFY,
    sign: /to match object \[ \{ FromPort: 443, CidrIpv6: '::\/0' \} \]/,
  },
  {
    clause: 'a rule is replaced whole: a description that is not sent again is gone',
    instead: 'keeps the old description',
    decides: MODIFY,
    sign: /^expected \[ 'was here' \]/,
  },
  {
    clause: 'modifying a rule into one that is there is InvalidPermission.Duplicate',
    instead: 'makes two rules of the same content',
    decides: MODIFY,
    sign: codeInstead('no error', 'InvalidPermission.Duplicate'),
  },
  {
    clause: 'the kind of source can not be modified',
    instead: 'succeeds',
    decides: MODIFY,
    sign: codeInstead('no error', 'InvalidParameterValue'),
  },
  {
    clause: 'a description is updated by rule id',
    instead: 'succeeds and leaves the description as it was',
    decides: `${API}/API_UpdateSecurityGroupRuleDescriptionsIngress.html`,
    sign: /to match object \[ \{ Description: 'new words' \} \]/,
  },
];

const paging: readonly Deviation[] = [
  {
    clause: 'rules come in pages of the size asked for',
    instead: 'answers all in one page',
    decides: `${API}/API_DescribeSecurityGroupRules.html`,
    sign: /^expected \[ 12 \] to deeply equal \[ 5, 5, 2 \]/,
  },
  {
    clause: 'groups come in pages of the size asked for',
    instead: 'answers all in one page',
    decides: `${API}/API_DescribeSecurityGroups.html`,
    sign: /^expected \[ 7 \] to deeply equal \[ 5, 2 \]/,
  },
  {
    clause: 'a page of rules smaller than 5 is InvalidParameterValue',
    instead: 'answers all in one page',
    decides: `${API}/API_DescribeSecurityGroupRules.html`,
    sign: codeInstead('no error', 'InvalidParameterValue'),
  },
  {
    clause: 'entries come in pages of the size asked for',
    instead: 'answers all in one page',
    decides: `${API}/API_GetManagedPrefixListEntries.html`,
    sign: /^expected \[ 3 \] to deeply equal \[ 2, 1 \]/,
  },
];

/** Where moto 5.2.1 deviates from EC2, and the source that shows it. */
export const motoDeviations: readonly Deviation[] = [
  ...groups,
  ...interfaces,
  ...authorize,
  ...revoke,
  ...modify,
  ...paging,
  ...aroundGroups,
  ...acrossVpcs,
];
