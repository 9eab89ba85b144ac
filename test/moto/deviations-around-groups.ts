import type { Deviation } from '../contract/ec2/contract.ts';
import { API, codeInstead, ERRORS, VPC } from './what-decides.ts';

const prefixLists: readonly Deviation[] = [
  {
    clause: 'a stale version number is PrefixListVersionMismatch',
    instead: 'makes the change',
    decides: `${API}/API_ModifyManagedPrefixList.html`,
    sign: codeInstead('no error', 'PrefixListVersionMismatch'),
  },
  {
    clause: 'the entries of an unknown prefix list are InvalidPrefixListID.NotFound',
    instead: 'answers no entries',
    decides: `${API}/API_GetManagedPrefixListEntries.html`,
    sign: codeInstead('no error', 'InvalidPrefixListID.NotFound'),
  },
  {
    clause: 'a prefix list counts against the quota with its max entries',
    instead: 'counts it as one rule',
    decides: `${VPC}/working-with-aws-managed-prefix-lists.html`,
    sign: codeInstead('no error', 'RulesPerSecurityGroupLimitExceeded'),
  },
  {
    clause: 'a deleted prefix list is gone',
    instead: 'goes on listing it as delete-complete',
    decides: `${API}/API_DeleteManagedPrefixList.html`,
    sign: /^expected true to be false/,
  },
];

const RESTORE = `${API}/API_RestoreManagedPrefixListVersion.html`;

const restoring: readonly Deviation[] = [
  {
    clause: 'an old version of a prefix list is restored as a new one',
    instead: 'does not know the call',
    decides: RESTORE,
    sign: /XML parse error/,
  },
  {
    clause: 'restoring with a stale version number is PrefixListVersionMismatch',
    instead: 'does not know the call',
    decides: RESTORE,
    sign: codeInstead('Error', 'PrefixListVersionMismatch'),
  },
  {
    clause: 'restoring an unknown prefix list is InvalidPrefixListID.NotFound',
    instead: 'does not know the call',
    decides: RESTORE,
    sign: codeInstead('Error', 'InvalidPrefixListID.NotFound'),
  },
];

const routing: readonly Deviation[] = [
  {
    clause: 'a route is a black hole once its internet gateway is detached',
    instead: 'the route stays active',
    decides: `${API}/API_Route.html`,
    sign: /^expected \[ 'active', 'active' \] to deeply equal \[ 'active', 'blackhole' \]/,
  },
  {
    clause: 'a route to an internet gateway that is not attached to the VPC is InvalidParameterValue',
    instead: 'makes the route',
    decides: `${API}/API_CreateRoute.html`,
    sign: codeInstead('no error', 'InvalidParameterValue'),
  },
  {
    clause: 'a route to an unknown gateway is InvalidGatewayID.NotFound',
    instead: 'InvalidInternetGatewayID.NotFound',
    decides: ERRORS,
    sign: codeInstead('InvalidInternetGatewayID.NotFound', 'InvalidGatewayID.NotFound'),
  },
  {
    clause: 'a second route table for a subnet is Resource.AlreadyAssociated',
    instead: 'associates it, too',
    decides: ERRORS,
    sign: codeInstead('no error', 'Resource.AlreadyAssociated'),
  },
  {
    clause: 'route tables come in pages of the size asked for',
    instead: 'answers all in one page',
    decides: `${API}/API_DescribeRouteTables.html`,
    sign: /^expected \[ 7 \] to deeply equal \[ 5, 2 \]/,
  },
];

const launchTemplates: readonly Deviation[] = [
  {
    clause: 'versions of a launch template come in pages of the size asked for',
    instead: 'answers one page and leaves the rest out',
    decides: `${API}/API_DescribeLaunchTemplateVersions.html`,
    sign: /^expected \[ 2 \] to deeply equal \[ 2, 1 \]/,
  },
];

const REFERENCES = `${API}/API_DescribeSecurityGroupReferences.html`;

const peering: readonly Deviation[] = [
  {
    clause: 'a second active peering connection between two VPCs is VpcPeeringConnectionAlreadyExists',
    instead: 'makes another',
    decides: 'https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html',
    sign: codeInstead('no error', 'VpcPeeringConnectionAlreadyExists'),
  },
  {
    clause: 'a peering connection between VPCs whose CIDR blocks overlap has failed, and is accepted by nobody',
    instead: 'makes it active',
    decides: `${API}/API_CreateVpcPeeringConnection.html`,
    sign: codeInstead('no error', 'InvalidStateTransition'),
  },
  {
    clause: 'accepting an unknown peering connection is InvalidVpcPeeringConnectionID.NotFound',
    instead: 'InvalidVpcPeeringConnectionId.NotFound',
    decides: ERRORS,
    sign: codeInstead('InvalidVpcPeeringConnectionId.NotFound', 'InvalidVpcPeeringConnectionID.NotFound'),
  },
  {
    clause: 'a group that is named over an active peering connection has a reference with the VPC beyond',
    instead: 'does not know the call',
    decides: REFERENCES,
    sign: /XML parse error/,
  },
  {
    clause: 'a group that its own VPC names has no reference from beyond',
    instead: 'does not know the call',
    decides: REFERENCES,
    sign: /XML parse error/,
  },
  {
    clause: 'references to an unknown group are InvalidGroup.NotFound, whatever groups are asked about beside it',
    instead: 'does not know the call',
    decides: ERRORS,
    sign: codeInstead('Error', 'InvalidGroup.NotFound'),
  },
  {
    clause: 'references to no group are MissingParameter',
    instead: 'does not know the call',
    decides: REFERENCES,
    sign: codeInstead('Error', 'MissingParameter'),
  },
];

/** Deviations in prefix lists, routes, launch templates and peering connections. */
export const aroundGroups: readonly Deviation[] = [
  ...prefixLists,
  ...restoring,
  ...routing,
  ...launchTemplates,
  ...peering,
];
