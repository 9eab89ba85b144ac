import type { Control, ControlDocs } from '../domain/control.ts';
import type { OtherPortOptions } from '../domain/control-options.ts';
import type { ExposureQuestion, RuleExposure } from '../domain/finding.ts';
import { unionPorts } from '../network/ports.ts';
import { ADMIN_PORTS, CACHE_PORTS, DATABASE_PORTS, PUBLIC_PORTS } from '../network/sensitive-ports.ts';
import { explainPorts, NARROWINGS, OPENING, openingFindings, widthQuestion } from './parts/common.ts';
import { aCase, admitGroup, BOUNDARY, egress, ingress } from './parts/documentation.ts';

const id = 'world-open-other';
const severity = 'medium';

/**
 * The exposure without the rules that world-open-everything names. No other control reports what is still
 * open.
 */
function withoutWide(exposure: RuleExposure, { wide }: OtherPortOptions): RuleExposure {
  if (wide === undefined) return exposure;
  const named = new Set(exposure.openings(widthQuestion('ingress', wide)).flatMap(({ rules }) => rules));
  return named.size === 0 ? exposure : exposure.of(exposure.rules.filter((rule) => !named.has(rule)));
}

/**
 * The world reaches a port that is not public by design and that no other control names.
 *
 * Rules that world-open-everything names are left to that control.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18
 */
export const worldOpenOther: Control<never, OtherPortOptions> = {
  id,
  title: 'The world reaches a port that is not public by design',
  severity,
  on: OPENING,
  needs: {},
  graded: true,
  leavesTo: ['world-open-admin', 'world-open-database', 'world-open-cache', 'world-open-everything'],
  narrows: NARROWINGS,
  defaults: {
    fresh: 'alert',
    existing: 'observe',
    remedy: 'revoke',
    publicPorts: PUBLIC_PORTS,
    namedPorts: unionPorts([ADMIN_PORTS, DATABASE_PORTS, CACHE_PORTS]),
    wide: { maxPorts: 1024, publicPorts: PUBLIC_PORTS },
  },
  evaluate: ({ exposure }, options) => {
    const question = {
      direction: 'ingress',
      traffic: { except: [options.publicPorts, options.namedPorts] },
      allowed: 0,
      order: 'largest-source',
    } as const satisfies ExposureQuestion;
    if (exposure.openings(question).length === 0) return [];
    return openingFindings(id, severity, withoutWide(exposure, options).openings(question));
  },
  explain: explainPorts,
};

/** Documentation of world-open-other. */
export const docs = {
  why: 'Few services except websites are meant for everybody. A service on another port is often a test server, a metrics page or a debugger that nobody meant to be public.',
  fires:
    'The world reaches a TCP or UDP port that is not public by design (80 and 443, HTTP/3 over UDP 443) and that world-open-admin, world-open-database and world-open-cache do not have in their ports. If one of those controls is off, or if the policy removes a port there, this control evaluates the port. Openings above the limit of world-open-everything are left to that control if its modes are at least as strict.',
  fix: () =>
    admitGroup({
      port: 8080,
      what: 'service',
      instead:
        'Put a load balancer or CloudFront in front, and admit its group or prefix list. If the port is meant for everybody, add it to `publicPorts` in the policy.',
    }),
  example: 'world-open-other: {publicPorts: {add: [8443, udp/51820]}}',
  frameworks: { 'AWS Security Hub': ['EC2.18'], 'NIST 800-53 r5': BOUNDARY },
  see: ['https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html'],
  cases: () => ({
    invalid: [
      aCase('a development server', [ingress('tcp', 8080, '0.0.0.0/0')]),
      aCase('SMTP over IPv6', [ingress('tcp', 25, '::/0')]),
      aCase('DNS over UDP', [ingress('udp', 53, '0.0.0.0/0')]),
      aCase('UDP 80, which no browser speaks', [ingress('udp', 80, '0.0.0.0/0')]),
      aCase('two halves', [ingress('tcp', 3000, '0.0.0.0/1'), ingress('tcp', 3000, '128.0.0.0/1')]),
      aCase('a port beside everything', [ingress('-1', 'all', '0.0.0.0/0'), ingress('tcp', 8080, '::/0')]),
      aCase('everything, where world-open-everything is off', [ingress('-1', 'all', '0.0.0.0/0')], {
        options: { wide: undefined },
      }),
      aCase('SSH, where world-open-admin is off', [ingress('tcp', 22, '0.0.0.0/0')], {
        options: { namedPorts: { tcp: [], udp: [] } },
      }),
    ],
    valid: [
      aCase('a website', [ingress('tcp', 80, '0.0.0.0/0'), ingress('tcp', 443, '::/0'), ingress('udp', 443, '::/0')]),
      aCase('SSH, which world-open-admin names', [ingress('tcp', 22, '0.0.0.0/0')]),
      aCase('everything, which world-open-everything names', [ingress('-1', 'all', '0.0.0.0/0')]),
      aCase('a development server for one office', [ingress('tcp', 8080, '198.51.100.0/24')]),
      aCase('outbound', [egress('tcp', 8080, '0.0.0.0/0')]),
      aCase("CloudFront's prefix list", [
        ingress('tcp', 8080, 'pl-0123456789abcdef0', ['120.52.22.96/27', '205.251.249.0/24']),
      ]),
    ],
  }),
} satisfies ControlDocs;
