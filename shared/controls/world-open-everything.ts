import { allPortsExcept } from '../exposure/ports.ts';
import { widestFirst } from '../exposure/reach.ts';
import { worldOpen } from '../exposure/world-open.ts';
import type { Control, ControlDocs, WidthOptions } from '../model/control.ts';
import { aCase, egress, ingress } from './case.ts';
import { PUBLIC_PORTS } from './ports.ts';
import { explainPorts } from './world-open-ports.ts';

const id = 'world-open-everything';
const severity = 'critical';

/**
 * The world reaches all ports, every protocol, or more ports than a limit.
 *
 * World-open ports are counted over all rules of the group, so a range cut into pieces, or one with the sensitive ports left
 * out, counts as a whole. Ports that are public by design are not counted. The widest rules go first.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18
 */
export const worldOpenEverything: Control<never, WidthOptions> = {
  id,
  title: 'The world reaches everything',
  severity,
  on: ['rules-added', 'rules-modified', 'group-created', 'sweep'],
  needs: {},
  defaults: { fresh: 'enforce', existing: 'alert', remedy: 'revoke', maxPorts: 1024, publicPorts: PUBLIC_PORTS },
  evaluate: ({ group, fresh }, { maxPorts, publicPorts }, world) =>
    worldOpen({
      rules: group.rules,
      fresh,
      direction: 'ingress',
      world,
      ports: allPortsExcept(publicPorts),
      allowed: maxPorts,
      order: widestFirst,
    }).map((opening) => ({ control: id, severity, ...opening })),
  explain: explainPorts,
};

/** Documentation of world-open-everything. */
export const docs = {
  why: 'Whatever listens on the machine, now or later, is reachable from the internet.',
  fix: 'Open the ports that are served, one rule each, to the sources that need them.',
  frameworks: { FSBP: ['EC2.18', 'EC2.19'], 'NIST 800-53': ['AC-4', 'CM-7', 'SC-7'] },
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html'],
  cases: () => ({
    invalid: [
      aCase('every protocol from everywhere', [ingress('-1', 'all', '0.0.0.0/0')]),
      aCase('all TCP ports', [ingress('tcp', [0, 65_535], '::/0')]),
      aCase('all but port 0', [ingress('tcp', [1, 65_535], '0.0.0.0/0')]),
      aCase('a range above the limit', [ingress('udp', [10_000, 20_000], '0.0.0.0/0')]),
      aCase('a range in pieces', [
        ingress('tcp', [10_000, 10_600], '0.0.0.0/0'),
        ingress('tcp', [10_601, 11_200], '0.0.0.0/0'),
      ]),
      aCase('half of the sources each', [ingress('-1', 'all', '0.0.0.0/1'), ingress('-1', 'all', '128.0.0.0/1')]),
    ],
    valid: [
      aCase('HTTP and HTTPS', [ingress('tcp', 80, '0.0.0.0/0'), ingress('tcp', 443, '0.0.0.0/0')]),
      aCase('everything from a private network', [ingress('-1', 'all', '10.0.0.0/8')]),
      aCase('everything within the group', [ingress('-1', 'all', 'sg-0c0ffee0c0ffee000')]),
      aCase('everything outbound', [egress('-1', 'all', '0.0.0.0/0')]),
      aCase('a passive FTP range within the limit', [ingress('tcp', [30_000, 31_000], '0.0.0.0/0')]),
      aCase('GRE, which has no ports', [ingress('47', 'all', '0.0.0.0/0')]),
    ],
  }),
} satisfies ControlDocs;
