import { describe, expect, it } from 'vitest';
import { interfaceOwner, readInterface } from '../../../shared/events/describe/network.ts';

describe('the owner of an interface', () => {
  it.each([
    ['RDSNetworkInterface', 'interface', 'rds'],
    ['ElastiCache shop-redis-001', 'interface', 'elasticache'],
    ['ELB app/shop/50dc6c495c0c9188', 'interface', 'elb'],
    ['ELB net/shop/50dc6c495c0c9188', 'network_load_balancer', 'elb'],
    ['AWS Lambda VPC ENI-resize-0c0ffee0', 'interface', 'lambda'],
    ['', 'lambda', 'lambda'],
    ['RedshiftNetworkInterface', 'interface', 'redshift'],
    ['DMSNetworkInterface', 'interface', 'dms'],
    ['EFS mount target for fs-0123456789abcdef0 (fsmt-0123)', 'interface', 'efs'],
    ['VPC Endpoint Interface vpce-0123', 'vpc_endpoint', 'vpc-endpoint'],
    ['Interface for NAT Gateway nat-0123', 'nat_gateway', 'nat-gateway'],
    ['arn:aws:ecs:eu-west-1:111122223333:attachment/0c0ffee0', 'interface', 'ecs'],
    ['a jump host', 'interface', 'other'],
    ['my ELB app/shop', 'interface', 'other'],
    ['ELBOW', 'interface', 'other'],
  ])('%j of type %s: %s', (description, type, owner) => {
    expect(interfaceOwner({ description, type })).toBe(owner);
  });

  it('is the instance, whatever the description says', () => {
    expect(interfaceOwner({ description: 'ELB app/shop/1', type: 'interface', instanceId: 'i-1' })).toBe('ec2');
  });
});

describe('an interface of DescribeNetworkInterfaces', () => {
  it('has its groups, addresses, subnet and VPC', () => {
    const read = readInterface({
      NetworkInterfaceId: 'eni-1',
      Description: 'web-1',
      InterfaceType: 'interface',
      Attachment: { InstanceId: 'i-1' },
      Association: { PublicIp: '203.0.113.7' },
      Ipv6Addresses: [{ Ipv6Address: 'fd00::7' }, { Ipv6Address: '2001:db8::7' }],
      SubnetId: 'subnet-1',
      VpcId: 'vpc-1',
      Groups: [{ GroupId: 'sg-1' }, { GroupName: 'nameless' }],
    });
    expect(read).toEqual({
      groupIds: ['sg-1'],
      attachment: {
        interfaceId: 'eni-1',
        description: 'web-1',
        type: 'interface',
        groupIds: ['sg-1'],
        instanceId: 'i-1',
        publicIp: '203.0.113.7',
        publicIpv6: '2001:db8::7',
        subnetId: 'subnet-1',
        vpcId: 'vpc-1',
        owner: 'ec2',
      },
    });
  });

  it.each([
    [true, { requesterManaged: true }],
    ['true', { requesterManaged: true }],
    [false, {}],
    [undefined, {}],
  ])('is managed by a service only if EC2 says so: %j', (RequesterManaged, expected) => {
    const read = readInterface({ NetworkInterfaceId: 'eni-1', RequesterManaged });
    const { requesterManaged } = read?.attachment ?? {};
    expect(requesterManaged === undefined ? {} : { requesterManaged }).toEqual(expected);
  });

  it('has no public IPv6 address if all are private', () => {
    const read = readInterface({ NetworkInterfaceId: 'eni-1', Ipv6Addresses: [{ Ipv6Address: 'fd00::7' }] });
    expect(read?.attachment).not.toHaveProperty('publicIpv6');
  });

  it.each([undefined, null, 'eni-1', []])('is undefined for %j', (value) => {
    expect(readInterface(value)).toBeUndefined();
  });
});
