import { API, ERRORS, VPC } from '../what-decides.ts';
import type { Difference } from './compare-outcomes.ts';

const GROUPS = 'test_security_groups.py::';
const LISTS = 'test_prefix_lists.py::';
const INTERFACES = 'test_elastic_network_interfaces.py::';
const PEERING = 'test_vpc_peering.py::';

function of(file: string, ...names: readonly string[]): readonly string[] {
  return names.map((name) => `${file}${name}`);
}

/** Where moto 5.2.1 is less strict than EC2. */
const lax: readonly Difference[] = [
  {
    expects: 'a group in a VPC that does not exist',
    decides: ERRORS,
    sign: /InvalidVpcID\.(?:NotFound|Malformed)\) when calling the CreateSecurityGroup operation/,
    tests: of(
      GROUPS,
      'test_create_and_describe_vpc_security_group',
      'test_create_two_security_groups_with_same_name_in_different_vpc',
      'test_delete_security_group_in_vpc',
      'test_authorize_group_in_vpc',
      'test_describe_security_groups',
      'test_get_all_security_groups_filter_with_same_vpc_id',
    ),
  },
  {
    expects: 'InvalidGroup.NotFound for an id that is malformed',
    decides: ERRORS,
    sign: /assert 'InvalidGroupId\.Malformed' == 'InvalidGroup\.NotFound'/,
    tests: of(
      GROUPS,
      'test_authorize_other_group_and_revoke',
      'test_non_existent_security_group_raises_error_on_authorize',
    ),
  },
  {
    expects: 'an error if a group of the default VPC does not have the rule to revoke',
    decides: `${API}/API_RevokeSecurityGroupIngress.html`,
    sign: /^Failed: DID NOT RAISE/,
    tests: of(GROUPS, 'test_authorize_ip_range_and_revoke'),
  },
  {
    expects: '110 CIDR blocks of prefix length 0 to be 110 rules; EC2 clears the host bits, which leaves one',
    decides: `${API}/API_AuthorizeSecurityGroupIngress.html`,
    sign: /assert 'InvalidParameterValue' == 'RulesPerSecu/,
    tests: of(GROUPS, 'test_sec_group_rule_limit[Use VPC]', 'test_sec_group_rule_limit[Without VPC]'),
  },
  {
    expects: 'a rule whose first port is above its last',
    decides: `${API}/API_IpPermission.html`,
    sign: /InvalidParameterValue\) when calling the AuthorizeSecurityGroup(?:In|E)gress operation.*Invalid TCP\/UDP port range/,
    tests: of(GROUPS, 'test_security_group_filter_ip_permission', 'test_filter_egress__ip_permission__from_port'),
  },
  {
    expects: 'a rule that names a group of a VPC that no peering connection joins',
    decides: 'https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html',
    sign: /InvalidGroup\.NotFound\) .* You have specified two resources that belong to different networks/,
    tests: of(
      GROUPS,
      'test_authorize_and_revoke_in_bulk',
      'test_get_groups_by_ippermissions_group_id_filter_across_vpcs',
    ),
  },
  {
    expects:
      'RevokeSecurityGroupEgress to revoke the only rule that a default group has, an outbound one; EC2 gives it an inbound one, too',
    decides: `${VPC}/default-security-group.html`,
    sign: /^AssertionError: assert 1 == 0/,
    tests: of(GROUPS, 'test_revoke_security_group_egress__without_ipprotocol'),
  },
  {
    expects: 'a group to be named by its name outside the default VPC',
    decides: `${API}/API_UpdateSecurityGroupRuleDescriptionsIngress.html`,
    sign: /InvalidGroup\.NotFound\) when calling the UpdateSecurityGroupRuleDescriptions(?:In|E)gress operation/,
    tests: of(
      GROUPS,
      'test_update_security_group_rule_descriptions_egress',
      'test_update_security_group_rule_descriptions_ingress',
    ),
  },
  {
    expects: 'the filter on the names of referenced groups not to find a group that was referenced by its id',
    decides: `${API}/API_DescribeSecurityGroups.html`,
    sign: /^AssertionError: assert 1 == 0/,
    tests: of(GROUPS, 'test_filter_egress__ip_permission__group_name_create_with_id_filter_by_name'),
  },
  {
    expects: 'a prefix list of the address family "?"',
    decides: `${API}/API_CreateManagedPrefixList.html`,
    sign: /InvalidParameterValue\) when calling the CreateManagedPrefixList operation.*AddressFamily is invalid/,
    tests: of(
      LISTS,
      'test_create',
      'test_create_with_tags',
      'test_describe_managed_prefix_lists_with_tags',
      'test_get_managed_prefix_list_entries',
      'test_get_managed_prefix_list_entries_0_entries',
      'test_delete_managed_prefix_list',
      'test_modify_manage_prefix_list',
      'test_modify_manage_prefix_list_add_to_empty_list',
      'test_modify_manage_prefix_list_name_only',
      'test_modify_manage_prefix_list_specifying_version',
    ),
  },
  {
    expects: 'six AWS-managed prefix lists; AWS documents twelve',
    decides: `${VPC}/working-with-aws-managed-prefix-lists.html`,
    sign: /^AssertionError: assert 12 == 6/,
    tests: of(LISTS, 'test_describe_prefix_lists'),
  },
  {
    expects: 'an interface under a group of another VPC',
    decides: `${API}/API_CreateNetworkInterface.html`,
    sign: /InvalidGroup\.NotFound\) when calling the CreateNetworkInterface operation/,
    tests: of(
      INTERFACES,
      'test_elastic_network_interfaces_with_groups',
      'test_elastic_network_interfaces_modify_attribute',
      'test_elastic_network_interfaces_filtering',
      'test_elastic_network_interfaces_describe_network_interfaces_with_filter',
    ),
  },
  {
    expects: 'an interface under a group that does not exist, which is then made',
    decides: `${API}/API_CreateNetworkInterface.html`,
    sign: /InvalidGroupId\.Malformed\) when calling the CreateNetworkInterface operation/,
    tests: of(INTERFACES, 'test_elastic_network_interfaces_auto_create_securitygroup'),
  },
  {
    expects: 'the id of moto’s own user as the requester',
    decides: `${API}/API_NetworkInterface.html`,
    sign: /== 'AIDAIT2UOQQY3AUEMOTO'/,
    tests: of(INTERFACES, 'test_elastic_network_interfaces'),
  },
  {
    expects: 'a peering connection to be active in the answer to its acceptance',
    decides: `${API}/API_AcceptVpcPeeringConnection.html`,
    sign: /assert 'provisioning' == 'active'/,
    tests: of(PEERING, 'test_vpc_peering_connections_accept'),
  },
  {
    expects: 'the error code InvalidVpcPeeringConnectionId.NotFound',
    decides: ERRORS,
    sign: /assert 'InvalidVpcPe\S*' == 'InvalidVpcPe/,
    tests: of(PEERING, 'test_vpc_peering_connections_delete'),
  },
  {
    expects:
      'zones of us-east-1 to have the ids of moto’s account; AWS pairs names and ids differently in each account',
    decides: 'https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html',
    sign: /^AssertionError: assert 'use1-az\d' == 'use1-az\d'/,
    tests: of('test_availability_zones_and_regions.py::', 'test_availability_zones__parameters'),
  },
];

/** Operations that the embedded account does not implement because no security group depends on them. */
const outside: readonly Difference[] = [
  {
    expects: 'instances',
    decides: `${API}/API_RunInstances.html`,
    sign: /does not implement RunInstances|ParameterNotFound.*GetParameter operation.*ami-amazon-linux-latest/,
    tests: of(
      INTERFACES,
      'test_elastic_network_interfaces_get_by_attachment_instance_id',
      'test_elastic_network_interfaces_get_by_attachment_instance_owner_id',
      'test_elastic_network_interfaces_get_by_attachment_id',
      'test_elastic_network_interfaces_describe_attachment',
      'test_eni_detachment',
      'test_create_instance__termination_deletes_eni[DeleteOnTermination]',
      'test_create_instance__termination_deletes_eni[KeepOnTermination]',
      'test_recreate_instance_with_same_ip_address',
    ),
  },
  {
    expects: 'secondary private addresses',
    decides: `${API}/API_AssignPrivateIpAddresses.html`,
    sign: /does not implement AssignPrivateIpAddresses/,
    tests: of(
      INTERFACES,
      'test_assign_private_ip_addresses__by_address',
      'test_assign_private_ip_addresses__with_secondary_count',
      'test_unassign_private_ip_addresses',
      'test_unassign_private_ip_addresses__multiple',
    ),
  },
  {
    expects: 'IPv6 addresses of interfaces',
    decides: `${API}/API_AssignIpv6Addresses.html`,
    sign: /does not implement AssignIpv6Addresses|assert \[\] == \[\{'Ipv6Addres/,
    tests: of(
      INTERFACES,
      'test_assign_ipv6_addresses__by_address',
      'test_assign_ipv6_addresses__by_count',
      'test_assign_ipv6_addresses__by_address_and_count',
      'test_unassign_ipv6_addresses',
    ),
  },
  {
    expects: 'Elastic IP addresses',
    decides: `${API}/API_AllocateAddress.html`,
    sign: /does not implement AllocateAddress/,
    tests: of(INTERFACES, 'test_elastic_network_interfaces_association'),
  },
];

/** Every test of moto that fails against the embedded account, with the reason. */
export const differences: readonly Difference[] = [...lax, ...outside];
