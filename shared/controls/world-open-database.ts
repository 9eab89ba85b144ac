import type { Control, ControlDocs } from '../domain/control.ts';
import type { PortOptions } from '../domain/control-options.ts';
import { DATABASE_PORTS } from '../network/sensitive-ports.ts';
import { explainPorts, NARROWINGS, OPENING, worldOpenPorts } from './parts/common.ts';
import { aCase, admitGroup, ingress, RISKY_PORTS } from './parts/documentation.ts';

const id = 'world-open-database';
const severity = 'high';

/**
 * The world reaches a database port.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
 */
export const worldOpenDatabase: Control<never, PortOptions> = {
  id,
  title: 'The world reaches a database port',
  severity,
  on: OPENING,
  needs: {},
  graded: true,
  narrows: NARROWINGS,
  defaults: { fresh: 'enforce', existing: 'alert', remedy: 'revoke', ports: DATABASE_PORTS },
  evaluate: worldOpenPorts(id, severity),
  explain: explainPorts,
};

/** Documentation of world-open-database. */
export const docs = {
  why: 'One weak password or one unpatched flaw is enough to copy, encrypt or delete a reachable database.',
  fires:
    'The union of the sources of a database port reaches the threshold of the world, as for world-open-admin. A wider range that includes the port counts too.',
  fix: () =>
    admitGroup({
      port: 5432,
      what: 'database',
      instead: "Admit the application's security group instead of addresses. For people, use a bastion or a VPN.",
    }),
  example: 'world-open-database: {existing: approve, ports: {remove: [50000]}}',
  frameworks: {
    'AWS Security Hub': ['EC2.18', 'EC2.19', 'Redshift.15'],
    'NIST 800-53 r5': RISKY_PORTS,
    'PCI DSS 4.0': ['1.3.1'],
  },
  see: ['https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html'],
  cases: () => ({
    invalid: [
      aCase('PostgreSQL from everywhere', [ingress('tcp', 5432, '0.0.0.0/0')]),
      aCase('a range that ends on MySQL', [ingress('tcp', [3300, 3306], '0.0.0.0/0')]),
      aCase('a range that begins on MySQL', [ingress('tcp', [3306, 3307], '::/0')]),
      aCase('the SQL Server browser over UDP', [ingress('udp', 1434, '0.0.0.0/0')]),
      aCase(
        'four quarters',
        ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'].map((cidr) => ingress('tcp', 27017, cidr)),
      ),
      aCase('half by a range, half by protocol -1', [
        ingress('tcp', [5000, 6000], '96.0.0.0/9'),
        ingress('-1', 'all', '96.128.0.0/9'),
      ]),
    ],
    valid: [
      aCase('PostgreSQL from the application', [ingress('tcp', 5432, 'sg-0123456789abcdef0')]),
      aCase('PostgreSQL from private space', [ingress('tcp', 5432, '172.16.0.0/12')]),
      aCase('half of the smallest world', [ingress('tcp', 5432, '96.0.0.0/9')]),
      aCase('a port between two databases', [ingress('tcp', 5433, '0.0.0.0/0')]),
      aCase('two halves on different ports', [
        ingress('tcp', 5432, '96.0.0.0/9'),
        ingress('tcp', 3306, '96.128.0.0/9'),
      ]),
    ],
  }),
} satisfies ControlDocs;
