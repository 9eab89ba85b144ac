import type { Control, ControlDocs, Neighbours } from '../domain/control.ts';
import type { Limit, PortOptions } from '../domain/control-options.ts';
import type { Rule } from '../domain/group.ts';
import { joined, openTogether, type TogetherOpening } from '../network/exposure/together.ts';
import { formatExposures } from '../network/format-exposure.ts';
import { unionPorts } from '../network/ports.ts';
import { ADMIN_PORTS, CACHE_PORTS, DATABASE_PORTS } from '../network/sensitive-ports.ts';
import { explainDetail, listFirst, ruleFindings } from './parts/common.ts';
import { aCase, ingress, RISKY_PORTS } from './parts/documentation.ts';

const id = 'world-open-together';
const severity = 'high';

/** Largest number of groups that a finding names. */
const MAX_GROUPS = 5;

/** The union is too large, and only people know which of the groups is not necessary. */
const LIMIT: Limit = {
  mode: 'alert',
  why: 'shared-interface',
  reason: 'each group alone is below the threshold of the world: only people know which rule or attachment has to go',
};

function detailOf(openings: readonly TogetherOpening[]): string {
  const groups = [...new Set(openings.flatMap(({ groupIds }) => groupIds))].toSorted();

  const interfaces = openings.reduce((sum, one) => sum + one.interfaces, 0);
  const [first] = openings.map(({ interfaceId }) => interfaceId).toSorted();
  return `together with ${listFirst(groups, MAX_GROUPS)} on ${first}${interfaces > 1 ? ` and ${interfaces - 1} more interfaces` : ''}`;
}

/**
 * The groups of a network interface let the world reach a sensitive port together, although each group alone
 * does not.
 *
 * Only the sweep evaluates this control because it needs the interfaces and the rules of other groups.
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
    const findings = ruleFindings(
      id,
      severity,
      group.rules.filter((rule) => named.has(rule)),
      fresh,
    );
    return findings.map((finding) => ({ ...finding, exposures, detail, limit: LIMIT }));
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
  why: 'An interface accepts the traffic that any of its groups allows, and it can have 16 groups. Two groups with half of the threshold each expose the interface like one group with the whole threshold. A control that evaluates a single group does not detect that.',
  fires:
    'The union of the sources of an admin, database or cache port over all groups of one network interface reaches the threshold of the world. Groups that are open to the world on the port alone are left out because other controls report them. The control names the rules of every group that has at least a sixteenth of the threshold on the port. Its mode is at most `alert` because each group alone is within the limits. The control runs in the sweep only. There it needs one call of DescribeNetworkInterfaces for 1,000 interfaces of groups with at least a sixteenth, and one call of DescribeSecurityGroups for 200 groups on the same interfaces.',
  fix: () => ({
    instead:
      'Remove an unnecessary group from the interface, or limit the sources of one of the groups to known addresses.',
    console:
      'EC2 → Network interfaces → the interface → Actions → Change security groups: remove the unnecessary group and save.',
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
