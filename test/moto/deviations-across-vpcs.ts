import type { Deviation } from '../contract/ec2/contract.ts';
import { API, codeInstead, ERRORS, VPC } from './what-decides.ts';

const UNKNOWN_CALL = /XML parse error/;
const ASSOCIATE = `${API}/API_AssociateSecurityGroupVpc.html`;

/** moto answers an unknown operation with a page that is not XML. */
function unknownCall(decides: string, ...clauses: readonly string[]): readonly Deviation[] {
  return clauses.map((clause) => ({ clause, instead: 'does not know the call', decides, sign: UNKNOWN_CALL }));
}

/** A clause that expects an error of an operation that moto does not have. */
function unknownRefusal(decides: string, clause: string, code: string): Deviation {
  return { clause, instead: 'does not know the call', decides, sign: codeInstead('Error', code) };
}

const peering: readonly Deviation[] = [
  {
    clause: 'a rule that names a group of a VPC without a peering connection is InvalidGroup.NotFound',
    instead: 'adds the rule',
    decides: 'https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html',
    sign: codeInstead('no error', 'InvalidGroup.NotFound'),
  },
  {
    clause: 'a peering connection is described with its status, and found by its VPCs',
    instead: 'ignores the filter',
    decides: `${API}/API_DescribeVpcPeeringConnections.html`,
    sign: /^expected \[ (?:…\(\d+\)|\[)/,
  },
  ...unknownCall(
    `${API}/API_DescribeStaleSecurityGroups.html`,
    'rules that name a group beyond a deleted peering connection are stale, and can be revoked',
    'a group that only a rule beyond a peering connection names can be deleted, and leaves that rule stale',
  ),
];

const associations: readonly Deviation[] = [
  ...unknownCall(
    ASSOCIATE,
    'a group that is associated with another VPC is described as associated and can be used there',
    'a group that is disassociated from a VPC can no longer be used there',
    'the disassociation of a group fails while an interface in the VPC uses the group',
    'a rule can name a group that is associated with its VPC',
  ),
  ...unknownCall(`${API}/API_GetSecurityGroupsForVpc.html`, 'the groups for a VPC are its own'),
  unknownRefusal(ASSOCIATE, 'a default group cannot be associated with another VPC', 'InvalidParameterValue'),
  unknownRefusal(ASSOCIATE, 'a group cannot be associated with the default VPC', 'InvalidParameterValue'),
  unknownRefusal(ASSOCIATE, 'associating an unknown group is InvalidGroup.NotFound', 'InvalidGroup.NotFound'),
  unknownRefusal(
    ASSOCIATE,
    'associating a group with an unknown VPC is InvalidVpcID.NotFound',
    'InvalidVpcID.NotFound',
  ),
];

const DESCRIBE_GROUPS = `${API}/API_DescribeSecurityGroups.html`;

/** The same deviation for the filter on inbound rules and on outbound rules. */
function ruleFilter(name: string, instead: string, sign: RegExp): readonly Deviation[] {
  return ['inbound', 'outbound'].map((direction) => ({
    clause: `groups are found by the ${name} of their ${direction} rules`,
    instead,
    decides: DESCRIBE_GROUPS,
    sign,
  }));
}

const filters: readonly Deviation[] = [
  ...ruleFilter('ipv6-cidr', 'fails', /XML parse error|UnknownError/),
  ...ruleFilter('prefix-list-id', 'fails', /XML parse error|UnknownError/),
  ...ruleFilter('group-name', 'finds no group by the name of one that was named by its id', /^expected \[\] to deeply/),
  ...ruleFilter('user-id', 'finds groups that name no group', /^expected \[ 'sg-/),
  {
    clause: 'a filter that groups do not have is InvalidParameterValue',
    instead: 'answers with an error that has no code',
    decides: DESCRIBE_GROUPS,
    sign: codeInstead('Error', 'InvalidParameterValue'),
  },
];

const account: readonly Deviation[] = [
  {
    clause: 'a VPC that gets an IPv6 block gives ::/0 to the groups whose outbound rules nobody has changed',
    instead: 'leaves the groups as they were',
    decides: `${VPC}/vpc-migrate-ipv6-add.html`,
    sign: /^expected Set\{ '0\.0\.0\.0\/0' \}/,
  },
  {
    clause: 'creating a group in a VPC of a malformed id is InvalidVpcID.Malformed',
    instead: 'makes the group',
    decides: ERRORS,
    sign: codeInstead('no error', 'InvalidVpcID.Malformed'),
  },
  {
    clause: 'the regions of an account are those that it need not opt in to',
    instead: 'lists all regions',
    decides: `${API}/API_DescribeRegions.html`,
    sign: /^expected \[ 'af-south-1'/,
  },
  {
    clause: 'all regions include those that the account has not opted in to',
    instead: 'says that no region needs to be opted in to',
    decides: `${API}/API_DescribeRegions.html`,
    sign: /^expected 'opt-in-not-required' to be 'not-opted-in'/,
  },
  {
    clause: 'an unknown region is InvalidParameterValue',
    instead: 'answers no region',
    decides: `${API}/API_DescribeRegions.html`,
    sign: codeInstead('no error', 'InvalidParameterValue'),
  },
  {
    clause: 'the prefix lists of AWS services are described with their blocks',
    instead: 'answers no blocks',
    decides: `${API}/API_DescribePrefixLists.html`,
    sign: /toMatch\(\) expects to receive a string/,
  },
  {
    clause: 'a rule can name a prefix list of AWS, which counts with the weight that AWS states',
    instead: 'counts it as one rule',
    decides: `${VPC}/working-with-aws-managed-prefix-lists.html`,
    sign: codeInstead('no error', 'RulesPerSecurityGroupLimitExceeded'),
  },
  {
    clause: 'a prefix list of AWS cannot be deleted',
    instead: 'deletes it',
    decides: `${VPC}/working-with-aws-managed-prefix-lists.html`,
    sign: codeInstead('no error', 'OperationNotPermitted'),
  },
  {
    clause: 'a prefix list of a malformed id is InvalidPrefixListId.Malformed',
    instead: 'answers no list',
    decides: ERRORS,
    sign: codeInstead('no error', 'InvalidPrefixListId.Malformed'),
  },
];

/** Deviations in references between VPCs, in filters, and in the defaults of a new account. */
export const acrossVpcs: readonly Deviation[] = [...peering, ...associations, ...filters, ...account];
