import { type AuthorizeInput, authorize } from './authorize.ts';
import { createSecurityGroup, deleteSecurityGroup } from './create-group.ts';
import { describeSecurityGroups } from './describe-groups.ts';
import { describeSecurityGroupRules } from './describe-rules.ts';
import { describeSecurityGroupReferences } from './group-references.ts';
import {
  createNetworkInterface,
  deleteNetworkInterface,
  describeNetworkInterfaces,
  modifyNetworkInterfaceAttribute,
} from './interfaces.ts';
import { attachInternetGateway, createInternetGateway, detachInternetGateway } from './internet-gateways.ts';
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  describeLaunchTemplateVersions,
} from './launch-templates.ts';
import { modifyManagedPrefixList } from './modify-prefix-list.ts';
import { modifySecurityGroupRules } from './modify-rules.ts';
import type { Operations } from './operation.ts';
import { acceptVpcPeeringConnection, createVpcPeeringConnection } from './peerings.ts';
import {
  createManagedPrefixList,
  deleteManagedPrefixList,
  describeManagedPrefixLists,
  getManagedPrefixListEntries,
} from './prefix-lists.ts';
import type { Region } from './region.ts';
import { restoreManagedPrefixListVersion } from './restore-prefix-list.ts';
import { type RevokeInput, revoke } from './revoke.ts';
import { associateRouteTable, createRoute, createRouteTable, describeRouteTables } from './route-tables.ts';
import { createSubnet, describeSubnets } from './subnets.ts';
import { createTags, deleteTags } from './tags.ts';
import { type UpdateDescriptionsInput, updateDescriptions } from './update-descriptions.ts';
import { createDefaultVpc, createVpc, deleteVpc, describeVpcs } from './vpcs.ts';

/** The EC2 calls that the account knows, by their name in the API. */
export const ec2Operations = {
  CreateVpc: createVpc,
  CreateDefaultVpc: createDefaultVpc,
  DescribeVpcs: describeVpcs,
  DeleteVpc: deleteVpc,
  CreateSubnet: createSubnet,
  DescribeSubnets: describeSubnets,
  CreateVpcPeeringConnection: createVpcPeeringConnection,
  AcceptVpcPeeringConnection: acceptVpcPeeringConnection,
  CreateInternetGateway: createInternetGateway,
  AttachInternetGateway: attachInternetGateway,
  DetachInternetGateway: detachInternetGateway,
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
  CreateManagedPrefixList: createManagedPrefixList,
  ModifyManagedPrefixList: modifyManagedPrefixList,
  RestoreManagedPrefixListVersion: restoreManagedPrefixListVersion,
  DescribeManagedPrefixLists: describeManagedPrefixLists,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
  DeleteManagedPrefixList: deleteManagedPrefixList,
  CreateNetworkInterface: createNetworkInterface,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute,
  DeleteNetworkInterface: deleteNetworkInterface,
} satisfies Operations;
