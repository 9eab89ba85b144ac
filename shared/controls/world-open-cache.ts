import type { Control, ControlDocs } from '../domain/control.ts';
import type { PortOptions } from '../domain/control-options.ts';
import { CACHE_PORTS } from '../network/sensitive-ports.ts';
import { explainPorts, NARROWINGS, OPENING, worldOpenPorts } from './parts/common.ts';
import { aCase, admitGroup, BOUNDARY, ingress } from './parts/documentation.ts';

const id = 'world-open-cache';
const severity = 'high';

/**
 * The world reaches a cache or queue port.
 *
 * Redis and Memcached trust whoever can connect.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/restricted-common-ports.html
 */
export const worldOpenCache: Control<never, PortOptions> = {
  id,
  title: 'The world reaches a cache or queue port',
  severity,
  on: OPENING,
  needs: {},
  graded: true,
  narrows: NARROWINGS,
  defaults: { fresh: 'enforce', existing: 'alert', remedy: 'revoke', ports: CACHE_PORTS },
  evaluate: worldOpenPorts(id, severity),
  explain: explainPorts,
};

/** Documentation of world-open-cache. */
export const docs = {
  why: 'Caches and queues often have no password. Bots take over an open Redis, and attackers use an open Memcached to amplify attacks on others.',
  fires:
    'The union of the sources of a cache or queue port reaches the threshold of the world, as for world-open-admin. UDP counts for Memcached.',
  fix: () =>
    admitGroup({ port: 6379, what: 'cache', instead: "Admit the application's security group instead of addresses." }),
  example: 'world-open-cache: {ports: {add: [26379]}}',
  frameworks: { 'AWS Security Hub': ['EC2.18'], 'NIST 800-53 r5': BOUNDARY },
  see: ['https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/elasticache-vpc-accessing.html'],
  cases: () => ({
    invalid: [
      aCase('Redis from everywhere', [ingress('tcp', 6379, '0.0.0.0/0')]),
      aCase('a range over Redis, IPv6', [ingress('tcp', [6000, 7000], '::/0')]),
      aCase('two halves', [ingress('tcp', 6379, '0.0.0.0/1'), ingress('tcp', 6379, '128.0.0.0/1')]),
      aCase('Memcached over UDP', [ingress('udp', 11211, '0.0.0.0/0')]),
      aCase('two halves of IPv6', [ingress('tcp', 6379, '::/1'), ingress('tcp', 6379, '8000::/1')]),
    ],
    valid: [
      aCase('Redis from private space', [ingress('tcp', 6379, '10.0.0.0/8')]),
      aCase('UDP on the Redis port', [ingress('udp', 6379, '0.0.0.0/0')]),
      aCase('ICMP', [ingress('icmp', 'all', '0.0.0.0/0')]),
      aCase('unique local IPv6', [ingress('tcp', 6379, 'fc00::/7')]),
    ],
  }),
} satisfies ControlDocs;
