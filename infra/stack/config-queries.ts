/** A query that people find in AWS Config's console under the stack's name. */
export interface SavedQuery {
  /** Unique in the account and region: at most 64 letters, digits, `-` and `_`. */
  readonly name: string;
  /** At most 256 characters. */
  readonly description: string;
  /** In AWS Config's subset of SQL, at most 4,096 characters. */
  readonly expression: string;
}

/** Matches security groups. */
const IS_GROUP = "resourceType = 'AWS::EC2::SecurityGroup'";

/** Matches compliance results of security groups, which the recorder has to record as well. */
const IS_COMPLIANCE =
  "resourceType = 'AWS::Config::ResourceCompliance' AND configuration.targetResourceType = 'AWS::EC2::SecurityGroup'";

/**
 * Addresses that are assigned to nobody: "this network", loopback, link-local and documentation addresses
 * (RFC 6890, RFC 3849). AWS Config matches blocks that contain an address, so a rule that allows one of these
 * is far too wide: `0.0.0.0/0`, its halves, its quarters. 192.0.2.0/24 is missing, because the cell's canary
 * uses it.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#query-cidr-notation
 */
const UNASSIGNED_ADDRESSES = {
  ipv4: ['0.0.0.1', '127.0.0.1', '169.254.1.1', '198.51.100.1', '203.0.113.1'],
  ipv6: ['2001:db8::1'],
} as const;

function allows(property: string, addresses: readonly string[]): readonly string[] {
  return addresses.map((address) => `configuration.ipPermissions.${property} = '${address}'`);
}

const WORLD_OPEN = [
  ...allows('ipRanges', UNASSIGNED_ADDRESSES.ipv4),
  ...allows('ipv6Ranges.cidrIpv6', UNASSIGNED_ADDRESSES.ipv6),
].join(' OR ');

/** Matches rules of any of EC2's named protocols. AWS Config cannot test whether a list is empty. */
const ANY_PROTOCOL = "IN ('-1', 'tcp', 'udp', 'icmp', 'icmpv6')";

/**
 * Saved queries about security groups. Conditions on a list apply to the list as a whole: a group matches two
 * conditions if one entry of the list matches the first condition and another entry the second.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/query-components.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-config-storedquery.html
 */
export function configQueries(stackName: string): readonly SavedQuery[] {
  return [
    {
      name: `${stackName}-not-compliant`,
      description: "Groups that are not compliant with one of the cell's rules, with the result of each rule.",
      expression: `SELECT configuration.targetResourceId, configuration.configRuleList.configRuleName, configuration.configRuleList.complianceType WHERE ${IS_COMPLIANCE} AND configuration.complianceType = 'NON_COMPLIANT' AND configuration.configRuleList.configRuleName LIKE '${stackName}-%'`,
    },
    {
      name: `${stackName}-verdicts`,
      description: 'How many groups are compliant with all rules of AWS Config, and how many are not.',
      expression: `SELECT configuration.complianceType, COUNT(*) WHERE ${IS_COMPLIANCE} GROUP BY configuration.complianceType`,
    },
    {
      name: `${stackName}-world-open`,
      description:
        'Groups that allow addresses which are assigned to nobody: 0.0.0.0/0, ::/0, halves and quarters of them.',
      expression: `SELECT resourceId, resourceName, configuration.vpcId, configuration.ipPermissions WHERE ${IS_GROUP} AND (${WORLD_OPEN}) ORDER BY resourceId`,
    },
    {
      name: `${stackName}-default-groups`,
      description: 'Default groups that have rules for any protocol, ICMP, TCP or UDP.',
      expression: `SELECT resourceId, configuration.vpcId, configuration.ipPermissions, configuration.ipPermissionsEgress WHERE ${IS_GROUP} AND configuration.groupName = 'default' AND (configuration.ipPermissions.ipProtocol ${ANY_PROTOCOL} OR configuration.ipPermissionsEgress.ipProtocol ${ANY_PROTOCOL})`,
    },
    {
      name: `${stackName}-unattached`,
      description: 'Groups that no network interface uses.',
      expression: `SELECT resourceId, resourceName, configuration.vpcId WHERE ${IS_GROUP} AND NOT relationships.resourceType = 'AWS::EC2::NetworkInterface' ORDER BY resourceName`,
    },
  ];
}
