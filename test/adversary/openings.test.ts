import { describe, expect, it } from 'vitest';
import type { Rule } from '../../shared/domain/group.ts';
import { readCloudTrail } from '../../shared/events/cloudtrail/cloudtrail.ts';
import { SERVICE_OWNED } from '../../shared/policy/service-owned.ts';
import { envelope, record } from '../events/events.ts';
import { cell, GUARD, group, rule } from '../remediation/cell.ts';

const GROUP = 'sg-00000000000000001';
const POLICY = { ...GUARD, serviceOwned: SERVICE_OWNED };

/** Delivers an event while EC2 has some rules. Returns the ids of the rules that remain. */
async function after(rules: readonly Rule[], event: unknown, name = 'web'): Promise<readonly (string | undefined)[]> {
  const reading = readCloudTrail(event);
  if (reading.kind !== 'change') throw new TypeError(`ignored: ${reading.reason}`);
  const { run, left } = cell([group(rules, { name })]);
  await run(reading.change, { policy: POLICY });
  return left().map(({ id }) => id);
}

const harmless = rule('tcp', 443, '0.0.0.0/0');

/** An authorize event in the items form, whose response names the rules. */
function authorize(rules: readonly Rule[], response: Readonly<Record<string, unknown>>, request = {}): unknown {
  return envelope(
    record('AuthorizeSecurityGroupIngress', {
      requestParameters: {
        groupId: GROUP,
        ipPermissions: {
          items: rules.map(({ protocol, fromPort, toPort, source }) => ({
            ipProtocol: protocol,
            fromPort,
            toPort,
            ...('cidr' in source &&
              (source.kind === 'ipv6'
                ? { ipv6Ranges: { items: [{ cidrIpv6: source.cidr }] } }
                : { ipRanges: { items: [{ cidrIp: source.cidr }] } })),
          })),
        },
        ...request,
      },
      responseElements: response,
    }),
  );
}

function named(rules: readonly Rule[]): Readonly<Record<string, unknown>> {
  return {
    securityGroupRuleSet: { items: rules.map(({ id }) => ({ groupId: GROUP, securityGroupRuleId: id })) },
  };
}
const OMITTED = { omitted: true, originalSize: 250_000, reason: 'responseElements too large' };

describe('an opening in every notation', () => {
  it.each<[string, readonly Rule[]]>([
    ['one source', [rule('tcp', 22, '0.0.0.0/0')]],
    ['host bits set', [rule('tcp', 22, '203.0.113.9/0')]],
    ['two halves', [rule('tcp', 22, '0.0.0.0/1'), rule('tcp', 22, '128.0.0.0/1')]],
    ['two halves of an eighth', [rule('tcp', 22, '96.0.0.0/9'), rule('tcp', 22, '96.128.0.0/9')]],
    ['one half by a range, one by protocol -1', [rule('tcp', [20, 23], '96.0.0.0/9'), rule('-1', -1, '96.128.0.0/9')]],
    ['sixteen pieces', Array.from({ length: 16 }, (_, i) => rule('tcp', 22, `60.${i * 16}.0.0/12`))],
    ['IPv6 in full', [rule('tcp', 22, '0:0:0:0:0:0:0:0/0')]],
    ['global unicast', [rule('tcp', 22, '2000::/3')]],
    ['halves of IPv6', [rule('tcp', 22, '::/1'), rule('tcp', 22, '8000::/1')]],
    ['all ports but the first', [rule('tcp', [1, 65_535], '0.0.0.0/0')]],
    ['all ports, the last stated as -1', [rule('tcp', [0, -1], '0.0.0.0/0')]],
    ['a range that ends on it', [rule('tcp', [3300, 3306], '0.0.0.0/0')]],
    ['Memcached over UDP', [rule('udp', 11_211, '0.0.0.0/0')]],
  ])('%s: is closed, told by rule ids or, where CloudTrail left these out, by content', async (_title, bad) => {
    const all = [harmless, ...bad];
    const [byIds, byContent] = [
      await after(all, authorize(bad, named(bad))),
      await after(all, authorize(bad, OMITTED)),
    ];
    const left = new Set(byIds);
    expect(left).toContain(harmless.id);
    expect(bad.some(({ id }) => !left.has(id))).toBe(true);
    expect(byContent).toEqual(byIds);
  });

  it.each(['6', 'TCP', 'Tcp'])('protocol %s in the request counts as tcp', async (ipProtocol) => {
    const bad = rule('tcp', 22, '0.0.0.0/0');
    const flat = { groupId: GROUP, ipPermissions: {}, ipProtocol, fromPort: 22, toPort: 22, cidrIp: '0.0.0.0/0' };
    expect(await after([harmless, bad], authorize([], OMITTED, flat))).toEqual([harmless.id]);
  });

  it.each([
    ['an object', (item: unknown) => item],
    ['a list', (item: unknown) => [item]],
    ['a wrapped list', (item: unknown) => ({ items: [item] })],
  ])('a modification of one rule, stated as %s', async (_form, as) => {
    const bad = rule('tcp', 3306, '0.0.0.0/0');
    const item = { SecurityGroupRuleId: bad.id, SecurityGroupRule: { IpProtocol: 'tcp', tag: 1 } };
    const request = { ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule: as(item) } };
    const event = envelope(record('ModifySecurityGroupRules', { requestParameters: request }));
    expect(await after([harmless, bad], event)).toEqual([harmless.id]);
  });

  it.each([
    'AWSEB-upper',
    'my-awseb-copy',
    'd-controllers',
    '__proto__',
    'constructor',
    'default-web',
    'eks-cluster-sg',
  ])('a group named %s is nobody else’s: it is closed', async (name) => {
    const bad = rule('tcp', 22, '0.0.0.0/0');
    expect(await after([harmless, bad], authorize([bad], named([bad])), name)).toEqual([harmless.id]);
  });
});

describe('rules that only look like an opening', () => {
  it.each<[string, Rule]>([
    ['ICMP of type 22', rule('icmp', 22, '0.0.0.0/0')],
    ['a private source', rule('tcp', 22, '10.0.0.0/8')],
    ['one address', rule('tcp', 22, '198.51.100.7/32')],
    ['unique local IPv6', rule('tcp', 22, 'fc00::/7')],
    ['multicast', rule('tcp', 22, '224.0.0.0/4')],
    ['another group', rule('-1', -1, 'sg-00000000000000002')],
    ['UDP on a TCP service', rule('udp', 22, '0.0.0.0/0')],
    ['the same, outbound', rule('tcp', 22, '0.0.0.0/0', 'egress')],
  ])('%s: stays beside one that goes', async (_title, fine) => {
    const bad = rule('tcp', 22, '0.0.0.0/0');
    expect(await after([fine, bad], authorize([fine, bad], named([fine, bad])))).toEqual([fine.id]);
  });
});
