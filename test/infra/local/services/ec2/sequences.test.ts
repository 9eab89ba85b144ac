import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ec2Operations as calls } from '../../../../../infra/local/services/ec2/operations.ts';
import { Account, type Region } from '../../../../../infra/local/state/account.ts';
import { AwsError } from '../../../../../infra/local/state/operation.ts';
import { VirtualClock } from '../../../../../infra/local/time/virtual-clock.ts';
import { contentKey } from '../../../../../shared/network/rule-key.ts';
import { seeded } from '../../local-client.ts';

/** A region with a default VPC and another VPC, and two groups in each. */
function newRegion(): Region {
  const account = new Account({
    accountId: '111122223333',
    homeRegion: 'us-east-1',
    clock: new VirtualClock(),
    random: seeded(1),
  });
  const region = account.region('us-east-1');
  const vpcs = [calls.CreateDefaultVpc(region).Vpc, calls.CreateVpc(region, { CidrBlock: '10.0.0.0/16' }).Vpc];
  for (const vpc of vpcs) {
    calls.CreateSecurityGroup(region, { GroupName: 'web', Description: 'd', VpcId: vpc?.VpcId });
  }
  return region;
}

const index = fc.nat({ max: 30 });
const permission = fc.record({
  IpProtocol: fc.constantFrom('tcp', '6', 'udp', '-1', 'icmp', 'nothing'),
  FromPort: fc.constantFrom(22, 443, -1),
  ToPort: fc.constantFrom(22, 443, -1),
  IpRanges: fc.array(fc.record({ CidrIp: fc.constantFrom('0.0.0.0/0', '10.0.0.1/8', '10.0.0.0/8', 'x') }), {
    maxLength: 2,
  }),
  Ipv6Ranges: fc.array(fc.record({ CidrIpv6: fc.constantFrom('::/0', '2001:db8::/32') }), { maxLength: 1 }),
});
const step = fc.oneof(
  fc.record({
    what: fc.constant('authorize' as const),
    group: index,
    permissions: fc.array(permission, { maxLength: 3 }),
  }),
  fc.record({
    what: fc.constant('revoke' as const),
    group: index,
    permissions: fc.array(permission, { maxLength: 3 }),
  }),
  fc.record({ what: fc.constant('revoke-ids' as const), group: index, rules: fc.array(index, { maxLength: 3 }) }),
  fc.record({
    what: fc.constant('modify' as const),
    group: index,
    rules: fc.array(index, { maxLength: 2 }),
    port: fc.constantFrom(22, 443),
  }),
  fc.record({ what: fc.constant('delete' as const), group: index }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function pick(ids: Iterable<string>, at: number): string {
  const all = [...ids];
  return all[at % Math.max(1, all.length)] ?? '';
}

function take(region: Region, one: Step): object {
  const GroupId = pick(region.groups.keys(), one.group);
  switch (one.what) {
    case 'authorize':
      return calls.AuthorizeSecurityGroupIngress(region, { GroupId, IpPermissions: one.permissions });
    case 'revoke':
      return calls.RevokeSecurityGroupIngress(region, { GroupId, IpPermissions: one.permissions });
    case 'revoke-ids': {
      const SecurityGroupRuleIds = one.rules.map((at) => pick(region.rules.keys(), at));
      return calls.RevokeSecurityGroupIngress(region, { GroupId, SecurityGroupRuleIds });
    }
    case 'modify': {
      const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: one.port, ToPort: one.port, CidrIpv4: '192.0.2.0/24' };
      const SecurityGroupRules = one.rules.map((at) => ({
        SecurityGroupRuleId: pick(region.rules.keys(), at),
        SecurityGroupRule,
      }));
      return calls.ModifySecurityGroupRules(region, { GroupId, SecurityGroupRules });
    }
    case 'delete':
      return calls.DeleteSecurityGroup(region, { GroupId });
    default:
      return one satisfies never;
  }
}

/** Tries a step. A refused step must not have changed anything. */
function tryStep(region: Region, one: Step): 'taken' | 'refused' | 'half done' {
  const before = structuredClone({ ...region, account: undefined });
  try {
    take(region, one);
    return 'taken';
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    return isDeepStrictEqual({ ...region, account: undefined }, before) ? 'refused' : 'half done';
  }
}

test('after any sequence of calls, the state is consistent and refused calls have changed nothing', () => {
  const counts = { taken: 0, refused: 0, 'half done': 0 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const region = newRegion();
      for (const one of steps) counts[tryStep(region, one)]++;
      expect(counts['half done']).toBe(0);
      const rules = [...region.rules.values()];
      expect(rules.every((rule) => region.groups.has(rule.groupId))).toBe(true);
      expect(new Set(rules.map((rule) => `${rule.groupId}|${contentKey(rule)}`)).size).toBe(rules.length);
      expect([...region.groups.values()].filter((group) => group.name === 'default')).toHaveLength(2);
      const described = calls.DescribeSecurityGroupRules(region, {}).SecurityGroupRules ?? [];
      expect(described.map((rule) => rule.SecurityGroupRuleId)).toEqual(rules.map((rule) => rule.id));
    }),
    { numRuns: 200 },
  );
  // Both outcomes must occur: a generator whose calls are all refused would prove nothing.
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(20);
});
