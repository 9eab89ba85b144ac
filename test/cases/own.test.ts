import { describe, expect, it } from 'vitest';
import type { Group } from '../../shared/domain/group.ts';
import { readGroups } from '../../shared/events/describe/descriptions.ts';
import { isOpenDefault, reachesAnything, reachesEverything, reachesPorts } from './questions.ts';

function groupOf(permissions: readonly unknown[], GroupName = 'web'): Group {
  const { groups, errors } = readGroups([{ GroupId: 'sg-1', GroupName, IpPermissions: permissions }], 'own');
  expect(errors).toEqual([]);
  const [group] = groups;
  if (group === undefined) throw new Error('no group was read');
  return group;
}

function open(IpProtocol: string, ports: readonly [number, number] | undefined, ...cidrs: readonly string[]) {
  return {
    IpProtocol,
    ...(ports && { FromPort: ports[0], ToPort: ports[1] }),
    IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
  };
}

describe('does the world reach a port?', () => {
  it.each([
    ['a single port', open('tcp', [22, 22], '0.0.0.0/0'), true],
    ['a range over it', open('tcp', [20, 30], '::/0'), true],
    ['every protocol', open('-1', undefined, '0.0.0.0/0'), true],
    ['a protocol by its number', open('6', [22, 22], '0.0.0.0/0'), true],
    ['two halves', open('tcp', [22, 22], '0.0.0.0/1', '128.0.0.0/1'), true],
    ['host bits in the block', open('tcp', [22, 22], '10.0.0.16/0'), true],
    ['UDP', open('udp', [22, 22], '0.0.0.0/0'), false],
    ['private space', open('tcp', [22, 22], '192.168.0.0/16'), false],
    ['port 0 alone: 0 to 0 is everything only with protocol -1', open('tcp', [0, 0], '0.0.0.0/0'), false],
    ['no source at all', open('tcp', [22, 22]), false],
    ['ESP, which has no ports', open('50', undefined, '0.0.0.0/0'), false],
  ])('%s', (_what, permission, expected) => {
    expect(reachesPorts(groupOf([permission]).rules, [22], ['tcp'])).toBe(expected);
  });
});

describe('does the world reach anything?', () => {
  it.each([
    ['ping', open('icmp', [-1, -1], '0.0.0.0/0'), true],
    ['GRE', open('47', undefined, '0.0.0.0/0'), true],
    ['HTTPS', open('tcp', [443, 443], '::/0'), true],
    ['one address', open('-1', undefined, '203.0.113.5/32'), false],
  ])('%s', (_what, permission, expected) => {
    expect(reachesAnything(groupOf([permission]).rules)).toBe(expected);
  });
});

describe('does the world reach everything?', () => {
  it.each([
    ['protocol -1', [open('-1', undefined, '0.0.0.0/0')], true],
    ['all ports of both protocols', [open('tcp', [0, 65_535], '::/0'), open('udp', [0, 65_535], '::/0')], true],
    ['all ports of TCP only', [open('tcp', [0, 65_535], '::/0')], false],
  ])('%s', (_what, permissions, expected) => {
    expect(reachesEverything(groupOf(permissions).rules)).toBe(expected);
  });
});

describe('does a default group have rules?', () => {
  it.each([
    ['a private rule in it', groupOf([open('tcp', [22, 22], '10.0.0.0/8')], 'default'), true],
    ['no rule in it', groupOf([], 'default'), false],
    ['a group of another name', groupOf([open('tcp', [22, 22], '10.0.0.0/8')]), false],
  ])('%s', (_what, group, expected) => {
    expect(isOpenDefault(group)).toBe(expected);
  });
});
