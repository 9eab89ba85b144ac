import type { Control, ControlDocs } from '../domain/control.ts';
import type { WideSourceOptions } from '../domain/control-options.ts';
import type { Opening } from '../domain/finding.ts';
import { sanitize } from '../network/format.ts';
import { formatTrafficOf } from '../network/format-exposure.ts';
import { unionPorts } from '../network/ports.ts';
import { sourceText } from '../network/rule-key.ts';
import { ADMIN_PORTS, CACHE_PORTS, DATABASE_PORTS } from '../network/sensitive-ports.ts';
import { explainDetail, listFirst, NEW_RULES } from './parts/common.ts';
import { aCase, admitGroup, ingress } from './parts/documentation.ts';

const id = 'wide-source';
const severity = 'low';

/** Largest number of sources that a finding names. */
const MAX_SOURCES = 3;

function detailOf({ rules, exposures }: Opening, { ipv4, ipv6 }: WideSourceOptions): string {
  const sources = [...new Set(rules.map(({ source }) => sanitize(sourceText(source))))];
  return `${formatTrafficOf(exposures, rules)} is open to ${listFirst(sources, MAX_SOURCES)}: the whole VPC, or as wide as a private /${ipv4} (IPv6: /${ipv6})`;
}

/**
 * A large private range, or the whole VPC, reaches a sensitive port.
 *
 * The sources are added up: two /17 are a /16.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing
 */
export const wideSource: Control<'vpcCidrs', WideSourceOptions> = {
  id,
  title: 'A large private range reaches a sensitive port',
  severity,
  on: NEW_RULES,
  needs: { vpcCidrs: true },
  defaults: {
    fresh: 'observe',
    existing: 'observe',
    remedy: 'revoke',
    ports: unionPorts([ADMIN_PORTS, DATABASE_PORTS, CACHE_PORTS]),
    ipv4: 16,
    ipv6: 48,
  },
  evaluate: ({ exposure, facts: { vpcCidrs } }, options) =>
    exposure.wideOpenings({ ports: options.ports, vpcCidrs, limit: options }).map((opening) => ({
      control: id,
      severity,
      freshness: opening.freshness,
      rules: opening.rules,
      exposures: [],
      detail: detailOf(opening, options),
    })),
  explain: explainDetail,
};

/** Documentation of wide-source. */
export const docs = {
  why: 'An attacker who controls one machine tries its neighbours next. A database that admits the whole network also admits the printer, the forgotten test server and every peered VPC.',
  fires:
    'The union of the private sources of an admin, database or cache port has as many addresses as a /16 of private IPv4 space (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10) or a /48 of unique local IPv6, or it covers a whole CIDR block of the VPC. The world-open controls report sources that are the world by themselves.',
  fix: () =>
    admitGroup({
      port: 5432,
      what: 'database',
      instead:
        'Admit the security group of the resources that need the port. A rule can also name a group of a peered VPC in the same region.',
    }),
  example: 'wide-source: {ipv4: 20, ports: {add: [8080]}}',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html'],
  cases: () => ({
    invalid: [
      aCase('SSH from all of 10.0.0.0/8', [ingress('tcp', 22, '10.0.0.0/8')]),
      aCase('PostgreSQL from the whole VPC, small as it is', [ingress('tcp', 5432, '10.1.0.0/20')], {
        facts: { vpcCidrs: ['10.1.0.0/20'] },
      }),
      aCase('two halves of a /16', [ingress('tcp', 6379, '10.0.0.0/17'), ingress('tcp', 6379, '10.0.128.0/17')]),
      aCase(
        "two halves of the VPC's IPv6 block",
        [ingress('tcp', 22, '2600:1f18::/57'), ingress('tcp', 22, '2600:1f18:0:80::/57')],
        { facts: { vpcCidrs: ['2600:1f18::/56'] } },
      ),
      aCase('carrier-grade NAT space', [ingress('tcp', 22, '100.64.0.0/10')]),
      aCase('a block with a little public space around it', [ingress('tcp', 3389, '172.16.0.0/11')]),
      aCase('unique local IPv6', [ingress('tcp', 5432, 'fd00::/8')]),
      aCase('a prefix list of private ranges', [ingress('-1', 'all', 'pl-0123456789abcdef0', ['192.168.0.0/16'])]),
    ],
    valid: [
      aCase('SSH from one subnet', [ingress('tcp', 22, '10.0.1.0/24')], { facts: { vpcCidrs: ['10.0.0.0/16'] } }),
      aCase('a web port from everywhere inside', [ingress('tcp', 8080, '10.0.0.0/8')]),
      aCase('SSH from the world, which world-open-admin names', [ingress('tcp', 22, '0.0.0.0/0')]),
      aCase('PostgreSQL from a group', [ingress('tcp', 5432, 'sg-0123456789abcdef0')]),
      aCase('two /17 on different ports', [ingress('tcp', 22, '10.0.0.0/17'), ingress('tcp', 5432, '10.0.128.0/17')]),
    ],
  }),
} satisfies ControlDocs;
