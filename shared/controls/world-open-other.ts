import { allPortsExcept, joinPorts } from '../exposure/ports.ts';
import { largestFirst } from '../exposure/reach.ts';
import { type Opening, worldOpen } from '../exposure/world-open.ts';
import type { Control, Subject } from '../model/control.ts';
import type { ControlDocs } from '../model/control-docs.ts';
import type { OtherPortOptions, WorldThreshold } from '../model/options.ts';
import type { PortSet } from '../model/rule.ts';
import { aCase, egress, ingress } from './case.ts';
import { admitGroup } from './fixes.ts';
import { BOUNDARY } from './frameworks.ts';
import { NARROWINGS } from './narrowings.ts';
import { ADMIN_PORTS, CACHE_PORTS, DATABASE_PORTS, PUBLIC_PORTS } from './ports.ts';
import { OPENING } from './triggers.ts';
import { wideOpenings } from './wide-openings.ts';
import { explainPorts } from './world-open-ports.ts';

const id = 'world-open-other';
const severity = 'medium';

/** Ports to look at, by settings: these are the same object for every group, and cutting 60 holes costs more than judging one. */
const watched = new WeakMap<OtherPortOptions, PortSet>();

const watchedPorts = (options: OtherPortOptions): PortSet => {
  const ports = watched.get(options) ?? allPortsExcept(joinPorts([options.publicPorts, options.namedPorts]));
  watched.set(options, ports);
  return ports;
};

const openings = ({ group, fresh }: Subject, ports: PortSet, world: WorldThreshold): readonly Opening[] =>
  worldOpen({ rules: group.rules, fresh, direction: 'ingress', world, ports, allowed: 0, order: largestFirst });

/** The group without the rules that world-open-everything names: what is still open then is nobody else's. */
const withoutWide = (subject: Subject, { wide }: OtherPortOptions, world: WorldThreshold): Subject => {
  if (wide === undefined) return subject;
  const named = new Set(wideOpenings(subject, 'ingress', wide, world).flatMap(({ rules }) => rules));
  return { ...subject, group: { ...subject.group, rules: subject.group.rules.filter((rule) => !named.has(rule)) } };
};

/**
 * The world reaches a port that is not public by design and that no other control names.
 *
 * Whatever world-open-everything objects to is left to that control, and judged is what would remain without it.
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
    namedPorts: joinPorts([ADMIN_PORTS, DATABASE_PORTS, CACHE_PORTS]),
    wide: { maxPorts: 1024, publicPorts: PUBLIC_PORTS },
  },
  evaluate: (subject, options, world) => {
    const ports = watchedPorts(options);
    if (openings(subject, ports, world).length === 0) return [];
    return openings(withoutWide(subject, options, world), ports, world).map((opening) => ({
      control: id,
      severity,
      ...opening,
    }));
  },
  explain: explainPorts,
};

/** Documentation of world-open-other. */
export const docs = {
  why: 'Few things besides a website are meant for everybody. What listens on another port is often a test server, a metrics page or a debugger that nobody thought of as public.',
  fires:
    'The world reaches a TCP or UDP port that is neither public by design (80 and 443, HTTP/3 over UDP 443) nor named by world-open-admin, world-open-database or world-open-cache, with the ports that the policy gives them. What those leave out, because they are off or a port was removed there, is looked at here. Openings wider than the limit of world-open-everything are left to it, as long as its modes are at least as strict.',
  fix: () =>
    admitGroup({
      port: 8080,
      what: 'service',
      instead:
        'Put a load balancer or CloudFront in front and admit its group or prefix list; or, if the port is meant for everybody, say so in the policy.',
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
