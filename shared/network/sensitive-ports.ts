import type { PortRange, PortSet } from '../domain/group.ts';
import { intersectRanges, joinRanges, subtractRanges } from './ports.ts';

/** What a port serves. Each category except `public` has a control, such as world-open-admin. */
type PortCategory = 'admin' | 'database' | 'cache' | 'public';

/** A port, or a range of ports, with the name that alerts, reports and docs use. */
export interface SensitivePort extends PortRange {
  readonly protocol: 'tcp' | 'udp';
  readonly category: PortCategory;
  /** The product or protocol, as people call it. */
  readonly name: string;
}

/**
 * The catalogue of sensitive ports. To add a port, add one line and run `npm run generate`.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
 * @see https://www.iana.org/assignments/service-names-port-numbers
 */
export const SENSITIVE_PORTS: readonly SensitivePort[] = [
  { protocol: 'tcp', from: 22, to: 22, category: 'admin', name: 'SSH' },
  { protocol: 'tcp', from: 23, to: 23, category: 'admin', name: 'Telnet' },
  { protocol: 'tcp', from: 135, to: 135, category: 'admin', name: 'Microsoft RPC' },
  { protocol: 'tcp', from: 139, to: 139, category: 'admin', name: 'NetBIOS' },
  { protocol: 'tcp', from: 445, to: 445, category: 'admin', name: 'SMB' },
  { protocol: 'tcp', from: 512, to: 512, category: 'admin', name: 'rexec' },
  { protocol: 'tcp', from: 513, to: 513, category: 'admin', name: 'rlogin' },
  { protocol: 'tcp', from: 514, to: 514, category: 'admin', name: 'rsh' },
  { protocol: 'tcp', from: 2375, to: 2376, category: 'admin', name: 'Docker' },
  { protocol: 'tcp', from: 2379, to: 2380, category: 'admin', name: 'etcd' },
  { protocol: 'tcp', from: 3389, to: 3389, category: 'admin', name: 'RDP' },
  { protocol: 'tcp', from: 5900, to: 5906, category: 'admin', name: 'VNC' },
  { protocol: 'tcp', from: 5985, to: 5986, category: 'admin', name: 'WinRM' },
  { protocol: 'tcp', from: 6443, to: 6443, category: 'admin', name: 'Kubernetes' },
  { protocol: 'tcp', from: 10250, to: 10250, category: 'admin', name: 'kubelet' },

  { protocol: 'tcp', from: 1433, to: 1434, category: 'database', name: 'SQL Server' },
  { protocol: 'udp', from: 1434, to: 1434, category: 'database', name: 'SQL Server Browser' },
  { protocol: 'tcp', from: 1521, to: 1521, category: 'database', name: 'Oracle' },
  { protocol: 'tcp', from: 2483, to: 2484, category: 'database', name: 'Oracle' },
  { protocol: 'tcp', from: 3050, to: 3050, category: 'database', name: 'Firebird' },
  { protocol: 'tcp', from: 3306, to: 3306, category: 'database', name: 'MySQL' },
  { protocol: 'tcp', from: 5432, to: 5432, category: 'database', name: 'PostgreSQL' },
  { protocol: 'tcp', from: 5439, to: 5439, category: 'database', name: 'Redshift' },
  { protocol: 'tcp', from: 5601, to: 5601, category: 'database', name: 'Kibana' },
  { protocol: 'tcp', from: 5984, to: 5984, category: 'database', name: 'CouchDB' },
  { protocol: 'tcp', from: 7000, to: 7001, category: 'database', name: 'Cassandra' },
  { protocol: 'tcp', from: 7199, to: 7199, category: 'database', name: 'Cassandra' },
  { protocol: 'tcp', from: 7473, to: 7474, category: 'database', name: 'Neo4j' },
  { protocol: 'tcp', from: 7687, to: 7687, category: 'database', name: 'Neo4j' },
  { protocol: 'tcp', from: 8086, to: 8086, category: 'database', name: 'InfluxDB' },
  { protocol: 'tcp', from: 8123, to: 8123, category: 'database', name: 'ClickHouse' },
  { protocol: 'tcp', from: 9042, to: 9042, category: 'database', name: 'Cassandra' },
  { protocol: 'tcp', from: 9142, to: 9142, category: 'database', name: 'Cassandra' },
  { protocol: 'tcp', from: 9160, to: 9160, category: 'database', name: 'Cassandra' },
  { protocol: 'tcp', from: 9200, to: 9200, category: 'database', name: 'Elasticsearch' },
  { protocol: 'tcp', from: 9300, to: 9300, category: 'database', name: 'Elasticsearch' },
  { protocol: 'tcp', from: 26257, to: 26257, category: 'database', name: 'CockroachDB' },
  { protocol: 'tcp', from: 27017, to: 27020, category: 'database', name: 'MongoDB' },
  { protocol: 'tcp', from: 28015, to: 28015, category: 'database', name: 'RethinkDB' },
  { protocol: 'tcp', from: 33060, to: 33060, category: 'database', name: 'MySQL' },
  { protocol: 'tcp', from: 50000, to: 50000, category: 'database', name: 'Db2' },

  { protocol: 'tcp', from: 2181, to: 2181, category: 'cache', name: 'ZooKeeper' },
  { protocol: 'tcp', from: 4222, to: 4222, category: 'cache', name: 'NATS' },
  { protocol: 'tcp', from: 5672, to: 5672, category: 'cache', name: 'RabbitMQ' },
  { protocol: 'tcp', from: 6379, to: 6380, category: 'cache', name: 'Redis' },
  { protocol: 'tcp', from: 9092, to: 9094, category: 'cache', name: 'Kafka' },
  { protocol: 'tcp', from: 11211, to: 11211, category: 'cache', name: 'Memcached' },
  { protocol: 'udp', from: 11211, to: 11211, category: 'cache', name: 'Memcached' },
  { protocol: 'tcp', from: 11214, to: 11215, category: 'cache', name: 'Memcached' },
  { protocol: 'tcp', from: 15672, to: 15672, category: 'cache', name: 'RabbitMQ' },
  { protocol: 'tcp', from: 16379, to: 16379, category: 'cache', name: 'Redis' },
  { protocol: 'tcp', from: 61616, to: 61616, category: 'cache', name: 'ActiveMQ' },

  { protocol: 'tcp', from: 80, to: 80, category: 'public', name: 'HTTP' },
  { protocol: 'tcp', from: 443, to: 443, category: 'public', name: 'HTTPS' },
  { protocol: 'udp', from: 443, to: 443, category: 'public', name: 'HTTP/3' },
];

function portsOfCategory(category: PortCategory): PortSet {
  const rangesOf = (protocol: 'tcp' | 'udp') =>
    joinRanges(
      SENSITIVE_PORTS.filter((port) => port.category === category && port.protocol === protocol).map(
        ({ from, to }) => ({ from, to }),
      ),
    );
  return { tcp: rangesOf('tcp'), udp: rangesOf('udp') };
}

/** Ports of remote administration: the default of world-open-admin. */
export const ADMIN_PORTS: PortSet = portsOfCategory('admin');

/** The default of world-open-database. */
export const DATABASE_PORTS: PortSet = portsOfCategory('database');

/** Ports of caches and queues: the default of world-open-cache. */
export const CACHE_PORTS: PortSet = portsOfCategory('cache');

/** Ports that are public by design. No control fires for them. */
export const PUBLIC_PORTS: PortSet = portsOfCategory('public');

/** More names than this say less than the numbers. */
const MAX_NAMES = 2;

/**
 * `22 (SSH)`, `22-23 (SSH, Telnet)`. Only the numbers if a port has no name, or if the range has many names.
 */
export function formatNamedPorts(range: PortRange, protocol: SensitivePort['protocol']): string {
  const numbers = range.from === range.to ? String(range.from) : `${range.from}-${range.to}`;
  const entries = SENSITIVE_PORTS.filter((entry) => entry.protocol === protocol && intersectRanges(entry, range));
  const names = new Set(entries.map(({ name }) => name));
  const isNamed = subtractRanges([range], entries).length === 0;
  return isNamed && names.size <= MAX_NAMES ? `${numbers} (${[...names].join(', ')})` : numbers;
}
