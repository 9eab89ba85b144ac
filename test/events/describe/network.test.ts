import { describe, expect, it } from 'vitest';
import { readInternetRoutes, readVpc } from '../../../shared/events/describe/network.ts';
import { readTemplate } from '../../../shared/events/describe/references.ts';

const OUT = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' };

describe('routes to the internet', () => {
  it('exist for the subnets of a table with an internet gateway, and for the VPC if it is the main table', () => {
    const routes = readInternetRoutes([
      { VpcId: 'vpc-1', Routes: [OUT], Associations: [{ Main: true }, { Main: false, SubnetId: 'subnet-1' }] },
      { VpcId: 'vpc-2', Routes: [OUT], Associations: [{ Main: false, SubnetId: 'subnet-2' }] },
    ]);
    expect(routes).toEqual({ subnets: new Set(['subnet-1', 'subnet-2']), vpcs: new Set(['vpc-1']) });
  });

  it.each([
    ['a gateway that is gone', { ...OUT, State: 'blackhole' }],
    ['a NAT gateway', { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' }],
    ['an egress-only gateway', { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' }],
    ['the VPC itself', { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }],
    ['a virtual private gateway', { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'vgw-1' }],
  ])('do not exist over %s', (_what, route) => {
    const table = { VpcId: 'vpc-1', Routes: [route], Associations: [{ Main: true }, { SubnetId: 'subnet-1' }] };
    expect(readInternetRoutes([table, 'no table'])).toEqual({ subnets: new Set(), vpcs: new Set() });
  });

  it('do not exist for a table that is associated with a gateway', () => {
    const table = { VpcId: 'vpc-1', Routes: [OUT], Associations: [{ Main: false, GatewayId: 'igw-1' }] };
    expect(readInternetRoutes([table])).toEqual({ subnets: new Set(), vpcs: new Set() });
  });
});

describe('a VPC', () => {
  it('has the CIDR blocks of both families, each once, without disassociated ones', () => {
    const vpc = {
      VpcId: 'vpc-1',
      CidrBlock: '10.0.0.0/16',
      CidrBlockAssociationSet: [
        { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
        { CidrBlock: '10.9.0.0/16', CidrBlockState: { State: 'disassociated' } },
      ],
      Ipv6CidrBlockAssociationSet: [
        { Ipv6CidrBlock: '2001:db8::/56', Ipv6CidrBlockState: { State: 'associated' } },
        { Ipv6CidrBlock: '2001:db8:1::/56', Ipv6CidrBlockState: { State: 'disassociated' } },
      ],
    };
    expect(readVpc(vpc)).toEqual({ id: 'vpc-1', cidrs: ['10.0.0.0/16', '2001:db8::/56'] });
  });

  it('without an id is ignored', () => {
    expect([readVpc({ CidrBlock: '10.0.0.0/16' }), readVpc('vpc-1')]).toEqual([undefined, undefined]);
  });
});

describe('a launch template', () => {
  it('has groups of its own and of its interfaces', () => {
    const LaunchTemplateData = {
      SecurityGroupIds: ['sg-1'],
      NetworkInterfaces: [{ Groups: ['sg-2', 'sg-1'] }, { DeviceIndex: 1 }],
    };
    expect(readTemplate({ LaunchTemplateId: 'lt-1', LaunchTemplateData })).toEqual({
      id: 'lt-1',
      groupIds: ['sg-1', 'sg-2'],
    });
  });

  it('may have no groups', () => {
    expect(readTemplate({ LaunchTemplateId: 'lt-1' })).toEqual({ id: 'lt-1', groupIds: [] });
    expect(readTemplate({ LaunchTemplateData: {} })).toBeUndefined();
  });
});
