import { describe, expect, it } from 'vitest';
import { securityGroups } from '../../../../shared/adapters/aws/ec2/snapshot.ts';
import { CallFailed } from '../../../../shared/domain/errors.ts';
import { answering, ec2Error } from '../answering.ts';

const GROUP = {
  GroupId: 'sg-1',
  GroupName: 'web',
  Description: 'web servers',
  VpcId: 'vpc-1',
  OwnerId: '111122223333',
  Tags: [{ Key: 'team', Value: 'shop' }],
  IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
};

const sshRule = {
  SecurityGroupRuleId: 'sgr-1',
  GroupId: 'sg-1',
  GroupOwnerId: '111122223333',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  CidrIpv4: '0.0.0.0/0',
  Tags: [{ Key: 'ticket', Value: 'A-1' }],
};

const listRule = { ...sshRule, SecurityGroupRuleId: 'sgr-2', CidrIpv4: undefined, PrefixListId: 'pl-1', Tags: [] };

const NONE = new Set<never>();
const ATTACHMENTS = new Set(['attachments'] as const);
function byId(...ids: string[]) {
  return { by: 'group-id', ids } as const;
}

const oneGroup = {
  DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
  DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sshRule] }),
};

describe('look', () => {
  it('joins the group with its rules, their ids and tags', async () => {
    const { ec2 } = answering(oneGroup);
    const { groups: sightings, unread } = await securityGroups(ec2).fetchSnapshot(byId('sg-1'), NONE);
    expect(unread).toEqual([]);
    expect(sightings).toEqual([
      {
        facts: {},
        group: {
          id: 'sg-1',
          name: 'web',
          description: 'web servers',
          vpcId: 'vpc-1',
          ownerId: '111122223333',
          tags: { team: 'shop' },
          rules: [
            {
              id: 'sgr-1',
              groupId: 'sg-1',
              direction: 'ingress',
              protocol: 'tcp',
              fromPort: 22,
              toPort: 22,
              source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
              tags: { ticket: 'A-1' },
            },
          ],
        },
      },
    ]);
  });

  it('reads groups, rules and interfaces side by side, in one round', async () => {
    let open = 0;
    let most = 0;
    const slowly = (answer: object) => async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open -= 1;
      return answer;
    };
    const { ec2, sent } = answering({
      DescribeSecurityGroups: slowly({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: slowly({ SecurityGroupRules: [sshRule] }),
      DescribeNetworkInterfaces: slowly({ NetworkInterfaces: [] }),
    });
    await securityGroups(ec2).fetchSnapshot(byId('sg-1'), ATTACHMENTS);
    expect(most).toBe(3);
    expect(sent).toHaveLength(3);
  });

  it('asks by filter, so that an unknown group is absent and no error', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroups: () => ({ SecurityGroups: [] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    expect(await securityGroups(ec2).fetchSnapshot(byId('sg-404'), NONE)).toEqual({ groups: [], unread: [] });
    for (const { input } of sent) {
      expect(input).toEqual({ Filters: [{ Name: 'group-id', Values: ['sg-404'] }], MaxResults: 1000 });
    }
  });

  it('reads every page, the empty ones in between too', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP], NextToken: '' }),
      DescribeSecurityGroupRules: (_input, nth) =>
        [
          { SecurityGroupRules: [sshRule], NextToken: 'two' },
          { SecurityGroupRules: [], NextToken: 'three' },
          { SecurityGroupRules: [{ ...sshRule, SecurityGroupRuleId: 'sgr-9' }] },
        ][nth - 1]!,
    });
    const { groups: sightings } = await securityGroups(ec2).fetchSnapshot(byId('sg-1'), NONE);
    expect(sightings[0]?.group.rules.map((rule) => rule.id)).toEqual(['sgr-1', 'sgr-9']);
    expect(sent.flatMap(({ input }) => input['NextToken'] ?? [])).toEqual(['two', 'three']);
  });

  it('splits the values of a filter into calls of 200', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroups: () => ({ SecurityGroups: [] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    await securityGroups(ec2).fetchSnapshot(byId(...Array.from({ length: 401 }, (_, i) => `sg-${i}`)), NONE);
    const sizes = sent.map(({ input }) => JSON.stringify(input['Filters']).split('sg-').length - 1);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 1, 200, 200, 200, 200]);
  });

  it('finds a new VPC’s default group with one more call', async () => {
    const { ec2, sent } = answering(oneGroup);
    const { groups: sightings } = await securityGroups(ec2).fetchSnapshot(
      { by: 'default-group-of-vpc', vpcIds: ['vpc-1'] },
      NONE,
    );
    expect(sightings).toHaveLength(1);
    expect(sent[0]?.input['Filters']).toEqual(
      expect.arrayContaining([
        { Name: 'vpc-id', Values: ['vpc-1'] },
        { Name: 'group-name', Values: ['default'] },
      ]),
    );
    expect(sent).toHaveLength(3);
  });

  it('takes a group’s name literally where EC2 takes an asterisk as a wildcard', async () => {
    const { ec2, sent } = answering({
      ...oneGroup,
      DescribeSecurityGroups: (_input, nth) =>
        nth === 1
          ? {
              SecurityGroups: [
                { GroupId: 'sg-1', GroupName: 'w*' },
                { GroupId: 'sg-2', GroupName: 'web' },
              ],
            }
          : { SecurityGroups: [GROUP] },
    });
    await securityGroups(ec2).fetchSnapshot({ by: 'group-name', names: ['w*'] }, NONE);
    expect(sent[1]?.input['Filters']).toEqual([{ Name: 'group-id', Values: ['sg-1'] }]);
  });

  it('finds the group of a rule id', async () => {
    const { ec2, sent } = answering(oneGroup);
    const { groups: sightings } = await securityGroups(ec2).fetchSnapshot({ by: 'rule-id', ids: ['sgr-1'] }, NONE);
    expect(sightings[0]?.group.id).toBe('sg-1');
    expect(sent).toHaveLength(3);
  });

  it('resolves a prefix list that two rules name once, through all its pages', async () => {
    const { ec2, sent } = answering({
      ...oneGroup,
      DescribeSecurityGroupRules: () => ({
        SecurityGroupRules: [listRule, { ...listRule, SecurityGroupRuleId: 'sgr-3', FromPort: 80, ToPort: 80 }],
      }),
      GetManagedPrefixListEntries: (_input, nth) =>
        nth === 1 ? { Entries: [{ Cidr: '0.0.0.0/1' }], NextToken: 'more' } : { Entries: [{ Cidr: '128.0.0.0/1' }] },
      DescribeManagedPrefixLists: () => ({ PrefixLists: [] }),
    });
    const { groups: sightings } = await securityGroups(ec2).fetchSnapshot(byId('sg-1'), NONE);
    const source = { kind: 'prefix-list', id: 'pl-1', cidrs: ['0.0.0.0/1', '128.0.0.0/1'] };
    expect(sightings[0]?.group.rules.map((rule) => rule.source)).toEqual([source, source]);
    expect(sent.filter(({ call }) => call === 'GetManagedPrefixListEntries')).toHaveLength(2);
  });

  it('leaves a prefix list that cannot be read unknown, and says which', async () => {
    const { ec2 } = answering({
      ...oneGroup,
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sshRule, listRule] }),
      GetManagedPrefixListEntries: () => {
        throw ec2Error('UnauthorizedOperation', 403);
      },
      DescribeManagedPrefixLists: () => ({ PrefixLists: [] }),
    });
    const { groups: sightings, unread } = await securityGroups(ec2).fetchSnapshot(byId('sg-1'), NONE);
    expect(sightings[0]?.group.rules.map((rule) => rule.source)).toEqual([
      { kind: 'ipv4', cidr: '0.0.0.0/0' },
      { kind: 'prefix-list', id: 'pl-1' },
    ]);
    expect(unread.map((fact) => fact.fact)).toEqual(['entries of prefix list pl-1']);
  });

  it('goes on without interfaces when they cannot be read, and says so', async () => {
    const { ec2 } = answering({
      ...oneGroup,
      DescribeNetworkInterfaces: () => {
        throw ec2Error('UnauthorizedOperation', 403);
      },
    });
    const { groups: sightings, unread } = await securityGroups(ec2).fetchSnapshot(byId('sg-1'), ATTACHMENTS);
    expect(sightings[0]?.facts).toEqual({});
    expect(unread.map((fact) => fact.fact)).toEqual(['attachments of sg-1']);
  });

  it('reads one page of interfaces for one group', async () => {
    const { ec2, sent } = answering({
      ...oneGroup,
      DescribeNetworkInterfaces: () => ({
        NetworkInterfaces: [
          {
            NetworkInterfaceId: 'eni-1',
            Description: 'RDSNetworkInterface',
            InterfaceType: 'interface',
            RequesterId: 'amazon-rds',
            Groups: [{ GroupId: 'sg-1' }],
            Attachment: { InstanceId: 'i-1' },
            Association: { PublicIp: '203.0.113.7' },
          },
        ],
        NextToken: 'more',
      }),
    });
    const { groups: sightings } = await securityGroups(ec2).fetchSnapshot(byId('sg-1'), ATTACHMENTS);
    expect(sightings[0]?.facts.attachments).toEqual([
      {
        interfaceId: 'eni-1',
        description: 'RDSNetworkInterface',
        type: 'interface',
        requesterId: 'amazon-rds',
        instanceId: 'i-1',
        publicIp: '203.0.113.7',
        owner: 'ec2',
        groupIds: ['sg-1'],
      },
    ]);
    expect(sent.filter(({ call }) => call === 'DescribeNetworkInterfaces')).toHaveLength(1);
  });

  it('does not take a group for unused because its neighbour fills the first page', async () => {
    const { ec2 } = answering({
      ...oneGroup,
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP, { ...GROUP, GroupId: 'sg-2' }] }),
      DescribeNetworkInterfaces: (_input, nth) =>
        nth === 1
          ? { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Groups: [{ GroupId: 'sg-1' }] }], NextToken: 'more' }
          : { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-2', Groups: [{ GroupId: 'sg-2' }] }] },
    });
    const { groups: sightings } = await securityGroups(ec2).fetchSnapshot(byId('sg-1', 'sg-2'), ATTACHMENTS);
    expect(sightings.map(({ facts }) => facts.attachments?.map((one) => one.interfaceId))).toEqual([
      ['eni-1'],
      ['eni-2'],
    ]);
  });

  it('judges the other rules when EC2 states one in a way that is not understood', async () => {
    const { ec2 } = answering({
      ...oneGroup,
      DescribeSecurityGroupRules: () => ({
        SecurityGroupRules: [sshRule, { ...sshRule, SecurityGroupRuleId: 'sgr-8', CidrIpv4: 'everywhere' }],
      }),
    });
    const { groups: sightings, unread } = await securityGroups(ec2).fetchSnapshot(byId('sg-1'), NONE);
    expect(sightings[0]?.group.rules.map((rule) => rule.id)).toEqual(['sgr-1']);
    expect(unread.map((fact) => fact.fact)).toEqual(['rule sgr-8 of sg-1']);
  });

  it.each(['DescribeSecurityGroups', 'DescribeSecurityGroupRules'])('throws CallFailed when %s fails', async (call) => {
    const { ec2 } = answering({
      ...oneGroup,
      [call]: () => {
        throw ec2Error('RequestLimitExceeded', 503);
      },
    });
    const failure = await securityGroups(ec2)
      .fetchSnapshot(byId('sg-1'), NONE)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CallFailed);
    expect(failure).toMatchObject({ call, code: 'RequestLimitExceeded', retryable: true });
  });
});
