import {
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  CreateInternetGatewayCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteManagedPrefixListCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInternetGatewaysCommand,
  DescribeManagedPrefixListsCommand,
  DescribePrefixListsCommand,
  DescribeRegionsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import {
  authorizeIngress,
  type Clause,
  defaultGroup,
  defaultVpc,
  expectRefusal,
  newGroup,
  newName,
  newVpc,
  rulesOf,
  tcp,
} from './clause.ts';

async function ipv6Vpc(ec2: EC2Client): Promise<string> {
  const command = new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true });
  return (await ec2.send(command)).Vpc?.VpcId ?? '';
}

/** Destinations of a group's outbound rules. */
async function destinations(ec2: EC2Client, groupId: string): Promise<ReadonlySet<string | undefined>> {
  const rules = (await rulesOf(ec2, groupId)).filter((rule) => rule.IsEgress);
  return new Set(rules.map((rule) => rule.CidrIpv4 ?? rule.CidrIpv6));
}

/** The id of the AWS-managed prefix list of this name. */
async function awsList(ec2: EC2Client, name: string): Promise<string> {
  const Filters = [{ Name: 'prefix-list-name', Values: [name] }];
  const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({ Filters }));
  return PrefixLists?.[0]?.PrefixListId ?? '';
}

const CLOUDFRONT = 'com.amazonaws.global.cloudfront.origin-facing';

/** What EC2 gives an account, and what it tells about it. */
export const accountClauses: readonly Clause[] = [
  {
    says: 'a new group in a VPC with an IPv6 block lets everything out to ::/0, too',
    async check(ec2) {
      const vpcId = await ipv6Vpc(ec2);
      const groups = [await newGroup(ec2, vpcId), await defaultGroup(ec2, vpcId)];
      for (const group of groups) expect(await destinations(ec2, group)).toEqual(new Set(['0.0.0.0/0', '::/0']));
    },
  },
  {
    says: 'a VPC that gets an IPv6 block gives ::/0 to the groups whose outbound rules nobody has changed',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const [unchanged, changed] = [await newGroup(ec2, VpcId), await newGroup(ec2, VpcId)];
      const IpPermissions = [tcp(443, '192.0.2.0/24')];
      await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: changed, IpPermissions }));
      await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }));
      expect(await destinations(ec2, unchanged)).toEqual(new Set(['0.0.0.0/0', '::/0']));
      expect(await destinations(ec2, changed)).toEqual(new Set(['0.0.0.0/0', '192.0.2.0/24']));
      const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
      expect(Vpcs?.[0]?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock).toMatch(/^2[\da-f:]+\/56$/);
    },
  },
  {
    says: 'creating a group in a VPC of a malformed id is InvalidVpcID.Malformed',
    async check(ec2) {
      const command = new CreateSecurityGroupCommand({ GroupName: newName(), Description: 'd', VpcId: 'network-1' });
      await expectRefusal(ec2.send(command), 'InvalidVpcID.Malformed');
    },
  },
  {
    says: 'the default VPC has a default subnet in each zone',
    async check(ec2) {
      const Filters = [
        { Name: 'vpc-id', Values: [await defaultVpc(ec2)] },
        { Name: 'default-for-az', Values: ['true'] },
      ];
      const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
      const { AvailabilityZones } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
      const zones = AvailabilityZones?.map((zone) => zone.ZoneName);
      expect(new Set(Subnets?.map((subnet) => subnet.AvailabilityZone))).toEqual(new Set(zones));
    },
  },
  {
    says: 'the regions of an account are those that it need not opt in to',
    async check(ec2) {
      const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({}));
      const names = Regions.map((region) => region.RegionName);
      expect(names).toEqual(expect.arrayContaining(['eu-central-1', 'us-east-1']));
      expect(names).not.toContain('af-south-1');
      expect(Regions.find((region) => region.RegionName === 'us-east-1')).toMatchObject({
        Endpoint: 'ec2.us-east-1.amazonaws.com',
        OptInStatus: 'opt-in-not-required',
      });
    },
  },
  {
    says: 'all regions include those that the account has not opted in to',
    async check(ec2) {
      const { Regions } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
      const region = Regions?.find(({ RegionName }) => RegionName === 'af-south-1');
      expect(region?.OptInStatus).toBe('not-opted-in');
    },
  },
  {
    says: 'an unknown region is InvalidParameterValue',
    async check(ec2) {
      const call = ec2.send(new DescribeRegionsCommand({ RegionNames: ['eu-nowhere-1'] }));
      await expectRefusal(call, 'InvalidParameterValue');
    },
  },
  {
    says: 'zones are those of the region that is asked',
    async check(ec2) {
      const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
      expect(AvailabilityZones.length).toBeGreaterThan(1);
      for (const zone of AvailabilityZones) {
        expect(zone).toMatchObject({ RegionName: 'eu-central-1', State: 'available' });
        expect(zone.ZoneName).toMatch(/^eu-central-1[a-z]$/);
        expect(zone.ZoneId).toMatch(/^euc1-az\d$/);
      }
    },
  },
  {
    says: 'tags are described one by one, with the type of their resource',
    async check(ec2) {
      const [group, vpcId] = [await newGroup(ec2), await newVpc(ec2)];
      const [rule] = await authorizeIngress(ec2, group, tcp(22, '10.0.0.0/8'));
      const Key = newName();
      const Resources = [group, vpcId, rule?.SecurityGroupRuleId ?? ''];
      await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value: 'x' }] }));
      const { Tags = [] } = await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: [Key] }] }));
      const expected = [
        ['security-group', group, 'x'],
        ['security-group-rule', Resources[2], 'x'],
        ['vpc', vpcId, 'x'],
      ];
      expect(new Set(Tags.map((tag) => [tag.ResourceType, tag.ResourceId, tag.Value]))).toEqual(new Set(expected));
    },
  },
  {
    says: 'a new VPC resolves names and gives none',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const support = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' }));
      const names = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }));
      expect([support.EnableDnsSupport?.Value, names.EnableDnsHostnames?.Value]).toEqual([true, false]);
    },
  },
  {
    says: 'the attribute of an unknown VPC is InvalidVpcID.NotFound',
    async check(ec2) {
      const VpcId = 'vpc-0123456789abcdef0';
      const call = ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' }));
      await expectRefusal(call, 'InvalidVpcID.NotFound');
    },
  },
  {
    says: 'an internet gateway is found by the VPC that it is attached to',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
      const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
      const Filters = [{ Name: 'attachment.vpc-id', Values: [VpcId] }];
      const described = async () =>
        (await ec2.send(new DescribeInternetGatewaysCommand({ Filters }))).InternetGateways ?? [];
      expect(await described()).toEqual([]);
      await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
      expect(await described()).toMatchObject([{ InternetGatewayId, Attachments: [{ VpcId, State: 'available' }] }]);
    },
  },
  {
    says: 'AWS’s own prefix lists belong to AWS and have entries',
    async check(ec2) {
      const Filters = [{ Name: 'owner-id', Values: ['AWS'] }];
      const { PrefixLists = [] } = await ec2.send(new DescribeManagedPrefixListsCommand({ Filters }));
      const names = PrefixLists.map((list) => list.PrefixListName);
      const ofRegion = ['com.amazonaws.eu-central-1.s3', 'com.amazonaws.eu-central-1.dynamodb'];
      expect(names).toEqual(expect.arrayContaining([CLOUDFRONT, ...ofRegion]));
      const PrefixListId = await awsList(ec2, CLOUDFRONT);
      const { Entries } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
      expect(Entries?.[0]?.Cidr).toMatch(/^[\d.]+\/\d+$/);
    },
  },
  {
    says: 'the prefix lists of AWS services are described with their blocks',
    async check(ec2) {
      const Filters = [{ Name: 'prefix-list-name', Values: ['com.amazonaws.eu-central-1.s3'] }];
      const { PrefixLists } = await ec2.send(new DescribePrefixListsCommand({ Filters }));
      expect(PrefixLists?.[0]?.Cidrs?.[0]).toMatch(/^[\d.]+\/\d+$/);
    },
  },
  {
    says: 'a rule can name a prefix list of AWS, which counts with the weight that AWS states',
    async check(ec2) {
      const PrefixListIds = [{ PrefixListId: await awsList(ec2, CLOUDFRONT) }];
      const group = await newGroup(ec2);
      await authorizeIngress(ec2, group, { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds });
      const five = Array.from({ length: 5 }, (_, i) => `192.0.2.${i}/32`);
      await authorizeIngress(ec2, group, tcp(80, ...five));
      const sixth = authorizeIngress(ec2, group, tcp(80, '198.51.100.1/32'));
      await expectRefusal(sixth, 'RulesPerSecurityGroupLimitExceeded');
    },
  },
  {
    says: 'a prefix list of AWS cannot be deleted',
    async check(ec2) {
      const PrefixListId = await awsList(ec2, CLOUDFRONT);
      const call = ec2.send(new DeleteManagedPrefixListCommand({ PrefixListId }));
      await expectRefusal(call, 'OperationNotPermitted');
    },
  },
  {
    says: 'a prefix list of a malformed id is InvalidPrefixListId.Malformed',
    async check(ec2) {
      const call = ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: ['list-1'] }));
      await expectRefusal(call, 'InvalidPrefixListId.Malformed');
    },
  },
];
