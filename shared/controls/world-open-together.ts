import type { Control, ControlDocs, Neighbours } from '../domain/control.ts';
import type { Limit, PortOptions } from '../domain/control-options.ts';
import type { Rule } from '../domain/group.ts';
import { joined, openTogether, type TogetherOpening } from '../network/exposure/together.ts';
import { formatExposures } from '../network/format-exposure.ts';
import { unionPorts } from '../network/ports.ts';
import { byFreshness, explainDetail } from './parts/common.ts';
import { aCase, ingress, RISKY_PORTS } from './parts/documentation.ts';
import { ADMIN_PORTS, CACHE_PORTS, DATABASE_PORTS } from './parts/sensitive-ports.ts';

const id = 'world-open-together';
const severity = 'high';

/** Groups that are named before the rest is counted. */
const MOST_GROUPS = 5;

/** No rule is to blame alone: the union is too large, and only people know which of the groups is not needed. */
const LIMIT: Limit = {
  mode: 'alert',
  why: 'shared-interface',
  reason: 'each group alone is below the threshold of the world: only people know which rule or attachment has to go',
};

function detailOf(openings: readonly TogetherOpening[]): string {
  const groups = [...new Set(openings.flatMap(({ groupIds }) => groupIds))].toSorted();
  const more = groups.length - MOST_GROUPS;
  const named = [...groups.slice(0, MOST_GROUPS), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const interfaces = openings.reduce((sum, one) => sum + one.interfaces, 0);
  const [first] = openings.map(({ interfaceId }) => interfaceId).toSorted();
  return `together with ${named} on ${first}${interfaces > 1 ? ` and ${interfaces - 1} more interfaces` : ''}`;
}

/**
 * The groups of a network interface let the world reach a sensitive port together, although each of them alone does not.
 *
 * Not evaluated for a change, because it takes the interfaces and the rules of other groups: the sweep finds it.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html (rules of all groups of an interface add up)
 */
export const worldOpenTogether: Control<'neighbours', PortOptions> = {
  id,
  title: 'The groups of an interface together let the world reach a sensitive port',
  severity,
  on: ['sweep'],
  needs: { neighbours: true },
  graded: true,
  defaults: {
    fresh: 'alert',
    existing: 'alert',
    remedy: 'revoke',
    ports: unionPorts([ADMIN_PORTS, DATABASE_PORTS, CACHE_PORTS]),
  },
  evaluate: ({ group, fresh, exposure, facts: { neighbours } }, { ports }) => {
    const openings = openTogether(group, neighbours, ports, exposure);
    if (openings.length === 0) return [];
    const named = new Set(openings.flatMap(({ rules }) => rules));
    const exposures = joined(openings.flatMap((opening) => opening.exposures));
    const allRules = openings.flatMap((opening) => opening.allRules);
    const detail = `${formatExposures(exposures, allRules)}, ${detailOf(openings)}`;
    return byFreshness(
      group.rules.filter((rule) => named.has(rule)),
      fresh,
    ).map((part) => ({ control: id, severity, ...part, exposures, detail, limit: LIMIT }));
  },
  explain: explainDetail,
};

function beside(...groups: readonly (readonly Rule[])[]): {
  readonly facts: { readonly neighbours: readonly Neighbours[] };
} {
  return {
    facts: {
      neighbours: [
        {
          interfaceId: 'eni-0123456789abcdef0',
          interfaces: 1,
          groups: groups.map((rules, index) => ({ id: `sg-0123456789abcdef${index}`, rules })),
        },
      ],
    },
  };
}

/** Documentation of world-open-together. */
export const docs = {
  why: 'An interface accepts what any of its groups accepts, and it may have 16 of them. Two groups with half of the threshold each expose it as one group with all of it would, and no control that looks at one group sees that.',
  fires:
    'The sources that reach an admin, database or cache port are added up over the groups of one network interface, without groups that are open to the world on that port alone, because other controls name those. Together they hold as many public addresses as the threshold of the world. The control names the rules of every group that holds at least a sixteenth of the threshold on such a port. It stops at `alert`, because each group alone is within limits. It runs in the sweep and not on a change: there it takes a call of DescribeNetworkInterfaces for 1,000 interfaces of groups that hold a sixteenth, and one of DescribeSecurityGroups for 200 groups beside them.',
  fix: () => ({
    instead:
      'Take the group that is not needed off the interface, or narrow the sources of one of the groups to addresses that are known.',
    console:
      'EC2 → Network interfaces → the interface → Actions → Change security groups: remove the group that is not needed, save.',
    cli: 'aws ec2 modify-network-interface-attribute --network-interface-id eni-web --groups sg-web',
    cdk: "webGroup.addIngressRule(bastionGroup, ec2.Port.tcp(22), 'SSH from the bastion');",
    terraform: [
      'resource "aws_network_interface_sg_attachment" "web" {',
      '  security_group_id    = aws_security_group.web.id',
      '  network_interface_id = aws_network_interface.web.id',
      '}',
    ].join('\n'),
  }),
  example: 'world-open-together: {ports: {add: [8443]}}',
  frameworks: { 'NIST 800-53 r5': RISKY_PORTS },
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html'],
  cases: () => ({
    invalid: [
      aCase(
        'two groups with a /9 each',
        [ingress('tcp', 22, '12.0.0.0/9')],
        beside([ingress('tcp', 22, '12.128.0.0/9')]),
      ),
      aCase(
        'a range of ports in one group, all traffic in the other',
        [ingress('tcp', [5000, 6000], '12.0.0.0/9')],
        beside([ingress('-1', 'all', '12.128.0.0/9')]),
      ),
      aCase(
        'five groups that are each a little below the threshold',
        [
          ingress('tcp', 6379, '12.0.0.0/9'),
          ingress('tcp', 6379, '12.128.0.0/10'),
          ingress('tcp', 6379, '12.192.0.0/11'),
        ],
        beside(...[20, 30, 40, 50].map((first) => [ingress('tcp', 6379, `${first}.0.0.0/9`)])),
      ),
      aCase('halves of IPv6', [ingress('tcp', 22, '2600::/17')], beside([ingress('tcp', 22, '2600:8000::/17')])),
    ],
    valid: [
      aCase('the same half twice', [ingress('tcp', 22, '12.0.0.0/9')], beside([ingress('tcp', 22, '12.0.0.0/9')])),
      aCase(
        'halves on different ports',
        [ingress('tcp', 22, '12.0.0.0/9')],
        beside([ingress('tcp', 23, '12.128.0.0/9')]),
      ),
      aCase('halves on a web port', [ingress('tcp', 443, '12.0.0.0/9')], beside([ingress('tcp', 443, '12.128.0.0/9')])),
      aCase(
        'a half beside the world, which world-open-admin names there',
        [ingress('tcp', 22, '12.0.0.0/9')],
        beside([ingress('tcp', 22, '0.0.0.0/0')]),
      ),
      aCase(
        'one address beside two halves, which answer for themselves',
        [ingress('tcp', 22, '52.1.2.3/32')],
        beside([ingress('tcp', 22, '12.0.0.0/9')], [ingress('tcp', 22, '12.128.0.0/9')]),
      ),
      aCase('a half on no interface with other groups', [ingress('tcp', 22, '12.0.0.0/9')]),
    ],
  }),
} satisfies ControlDocs;
