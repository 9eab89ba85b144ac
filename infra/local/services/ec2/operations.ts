import type { Region } from '../../state/account.ts';
import type { Operations } from '../../state/operation.ts';
import { describeSecurityGroupRules } from './describe-rules.ts';
import {
  associateSecurityGroupVpc,
  describeSecurityGroupVpcAssociations,
  disassociateSecurityGroupVpc,
  getSecurityGroupsForVpc,
} from './group-associations.ts';
import { describeSecurityGroupReferences, describeStaleSecurityGroups } from './group-references.ts';
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  describeLaunchTemplateVersions,
} from './launch-templates.ts';
import { modifyManagedPrefixList, restoreManagedPrefixListVersion } from './modify-prefix-lists.ts';
import { modifySecurityGroupRules, type UpdateDescriptionsInput, updateDescriptions } from './modify-rules.ts';
import {
  createNetworkInterface,
  deleteNetworkInterface,
  describeNetworkInterfaces,
  modifyNetworkInterfaceAttribute,
} from './network-interfaces.ts';
import {
  acceptVpcPeeringConnection,
  createVpcPeeringConnection,
  deleteVpcPeeringConnection,
  describeVpcPeeringConnections,
  rejectVpcPeeringConnection,
} from './peerings.ts';
import {
  createManagedPrefixList,
  deleteManagedPrefixList,
  describeManagedPrefixLists,
  describePrefixLists,
  getManagedPrefixListEntries,
} from './prefix-lists.ts';
import { describeAvailabilityZones, describeRegions } from './regions.ts';
import {
  associateRouteTable,
  attachInternetGateway,
  createInternetGateway,
  createRoute,
  createRouteTable,
  deleteInternetGateway,
  describeInternetGateways,
  describeRouteTables,
  detachInternetGateway,
} from './routing.ts';
import { type AuthorizeInput, authorize, type RevokeInput, revoke } from './rules.ts';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-groups.ts';
import { createSubnet, deleteSubnet, describeSubnets } from './subnets.ts';
import { createTags, deleteTags, describeTags } from './tags.ts';
import {
  associateVpcCidrBlock,
  createDefaultVpc,
  createVpc,
  deleteVpc,
  describeVpcAttribute,
  describeVpcs,
  modifyVpcAttribute,
} from './vpcs.ts';

/**
 * The EC2 operations that the account implements, by their name in the API. One entry is all that an
 * operation needs. The SDK's schema of that name decodes the parameters and encodes the answer, and
 * CloudTrail records the call unless the name begins with Describe, Get or List.
 */
export const ec2Operations = {
  DescribeRegions: describeRegions,
  DescribeAvailabilityZones: describeAvailabilityZones,
  CreateVpc: createVpc,
  CreateDefaultVpc: createDefaultVpc,
  DescribeVpcs: describeVpcs,
  DescribeVpcAttribute: describeVpcAttribute,
  ModifyVpcAttribute: modifyVpcAttribute,
  AssociateVpcCidrBlock: associateVpcCidrBlock,
  DeleteVpc: deleteVpc,
  CreateSubnet: createSubnet,
  DescribeSubnets: describeSubnets,
  DeleteSubnet: deleteSubnet,
  CreateVpcPeeringConnection: createVpcPeeringConnection,
  AcceptVpcPeeringConnection: acceptVpcPeeringConnection,
  RejectVpcPeeringConnection: rejectVpcPeeringConnection,
  DeleteVpcPeeringConnection: deleteVpcPeeringConnection,
  DescribeVpcPeeringConnections: describeVpcPeeringConnections,
  CreateInternetGateway: createInternetGateway,
  AttachInternetGateway: attachInternetGateway,
  DetachInternetGateway: detachInternetGateway,
  DescribeInternetGateways: describeInternetGateways,
  DeleteInternetGateway: deleteInternetGateway,
  CreateRouteTable: createRouteTable,
  CreateRoute: createRoute,
  AssociateRouteTable: associateRouteTable,
  DescribeRouteTables: describeRouteTables,
  CreateLaunchTemplate: createLaunchTemplate,
  CreateLaunchTemplateVersion: createLaunchTemplateVersion,
  DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
  CreateSecurityGroup: createSecurityGroup,
  DeleteSecurityGroup: deleteSecurityGroup,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroupReferences: describeSecurityGroupReferences,
  DescribeStaleSecurityGroups: describeStaleSecurityGroups,
  AssociateSecurityGroupVpc: associateSecurityGroupVpc,
  DisassociateSecurityGroupVpc: disassociateSecurityGroupVpc,
  DescribeSecurityGroupVpcAssociations: describeSecurityGroupVpcAssociations,
  GetSecurityGroupsForVpc: getSecurityGroupsForVpc,
  AuthorizeSecurityGroupIngress: (region: Region, input: AuthorizeInput) => authorize(region, 'ingress', input),
  AuthorizeSecurityGroupEgress: (region: Region, input: AuthorizeInput) => authorize(region, 'egress', input),
  RevokeSecurityGroupIngress: (region: Region, input: RevokeInput) => revoke(region, 'ingress', input),
  RevokeSecurityGroupEgress: (region: Region, input: RevokeInput) => revoke(region, 'egress', input),
  ModifySecurityGroupRules: modifySecurityGroupRules,
  UpdateSecurityGroupRuleDescriptionsIngress: (region: Region, input: UpdateDescriptionsInput) =>
    updateDescriptions(region, 'ingress', input),
  UpdateSecurityGroupRuleDescriptionsEgress: (region: Region, input: UpdateDescriptionsInput) =>
    updateDescriptions(region, 'egress', input),
  CreateTags: createTags,
  DeleteTags: deleteTags,
  DescribeTags: describeTags,
  CreateManagedPrefixList: createManagedPrefixList,
  ModifyManagedPrefixList: modifyManagedPrefixList,
  RestoreManagedPrefixListVersion: restoreManagedPrefixListVersion,
  DescribeManagedPrefixLists: describeManagedPrefixLists,
  DescribePrefixLists: describePrefixLists,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
  DeleteManagedPrefixList: deleteManagedPrefixList,
  CreateNetworkInterface: createNetworkInterface,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute,
  DeleteNetworkInterface: deleteNetworkInterface,
} satisfies Operations;

/** Name of an EC2 operation that the account implements. */
export type Ec2Operation = keyof typeof ec2Operations;
