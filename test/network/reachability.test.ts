import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../shared/domain/group.ts';
import { reachabilityOf } from '../../shared/network/group-facts.ts';

const ROUTES = { subnets: new Set(['subnet-public']), vpcs: new Set(['vpc-open']) };

function attachment(more: Partial<Attachment>): Attachment {
  return {
    interfaceId: 'eni-1',
    description: '',
    type: 'interface',
    subnetId: 'subnet-public',
    vpcId: 'vpc-1',
    owner: 'ec2',
    ...more,
  };
}

describe('how the internet reaches a group', () => {
  it.each<[string, readonly Attachment[], string]>([
    ['nothing uses it', [], 'unattached'],
    ['an interface has no public address', [attachment({})], 'internal'],
    ['a public address in a subnet with a way out', [attachment({ publicIp: '203.0.113.7' })], 'internet'],
    ['a public IPv6 address there', [attachment({ publicIpv6: '2001:db8::7' })], 'internet'],
    ['a public address without a way out', [attachment({ publicIp: '203.0.113.7', subnetId: 'subnet-2' })], 'internal'],
    [
      'a public address where the main table has a way out',
      [attachment({ publicIp: '203.0.113.7', subnetId: 'subnet-2', vpcId: 'vpc-open' })],
      'internet',
    ],
    [
      'a load balancer that faces the internet',
      [attachment({ publicIp: '203.0.113.7', owner: 'elb' })],
      'load-balancer',
    ],
    ['a load balancer inside', [attachment({ owner: 'elb' })], 'internal'],
    [
      'a load balancer and a machine',
      [attachment({ publicIp: '203.0.113.7', owner: 'elb' }), attachment({ publicIp: '203.0.113.8' }), attachment({})],
      'internet',
    ],
  ])('%s', (_what, attachments, reach) => {
    expect(reachabilityOf(attachments, ROUTES)).toBe(reach);
    expect(reachabilityOf(attachments.toReversed(), ROUTES)).toBe(reach);
  });
});
