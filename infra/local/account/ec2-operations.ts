import { type AuthorizeInput, authorize } from './authorize.ts';
import { createSecurityGroup, deleteSecurityGroup } from './create-group.ts';
import { createDefaultVpc } from './default-vpc.ts';
import { describeAvailabilityZones, describeRegions } from './describe-geography.ts';
import { describeSecurityGroups } from './describe-groups.ts';
import { describeSecurityGroupRules } from './describe-rules.ts';
import {
  associateSecurityGroupVpc,
  describeSecurityGroupVpcAssociations,
  disassociateSecurityGroupVpc,
  getSecurityGroupsForVpc,
} from './group-associations.ts';
import { describeSecurityGroupReferences } from './group-references.ts';
import {
  createNetworkInterface,
  deleteNetworkInterface,
  describeNetworkInterfaces,
  modifyNetworkInterfaceAttribute,
} from './interfaces.ts';
import {
  attachInternetGateway,
  createInternetGateway,
  deleteInternetGateway,
  describeInternetGateways,
  detachInternetGateway,
} from './internet-gateways.ts';
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  describeLaunchTemplateVersions,
} from './launch-templates.ts';
import { modifyManagedPrefixList } from './modify-prefix-list.ts';
import { modifySecurityGroupRules } from './modify-rules.ts';
import type { Operations } from './operation.ts';
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
import type { Region } from './region.ts';
import { restoreManagedPrefixListVersion } from './restore-prefix-list.ts';
import { type RevokeInput, revoke } from './revoke.ts';
import { associateRouteTable, createRoute, createRouteTable, describeRouteTables } from './route-tables.ts';
import { describeStaleSecurityGroups } from './stale-groups.ts';
import { createSubnet, deleteSubnet, describeSubnets } from './subnets.ts';
import { createTags, deleteTags, describeTags } from './tags.ts';
import { type UpdateDescriptionsInput, updateDescriptions } from './update-descriptions.ts';
import { describeVpcAttribute, modifyVpcAttribute } from './vpc-attributes.ts';
import { associateVpcCidrBlock } from './vpc-ipv6.ts';
import { createVpc, deleteVpc, describeVpcs } from './vpcs.ts';

/**
 * The EC2 calls that the account implements, by their name in the API. One entry is all that a call needs: the SDK's schema of that name
 * decodes its parameters and encodes its answer, and CloudTrail records it unless its name begins with Describe, Get or List.
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
