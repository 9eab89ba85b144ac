import type { PortRange, PortSet } from '../../domain/group.ts';
import { joinRanges } from '../../network/ports.ts';

function rangesOf(ports: readonly (number | readonly [number, number])[]): readonly PortRange[] {
  return joinRanges(
    ports.map((port) => (typeof port === 'number' ? { from: port, to: port } : { from: port[0], to: port[1] })),
  );
}

/**
 * Remote administration: SSH, telnet, RPC and SMB, RDP, VNC, WinRM, Docker, etcd, Kubernetes API and kubelet, r-services.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
 */
export const ADMIN_PORTS: PortSet = {
  tcp: rangesOf([
    22,
    23,
    135,
    139,
    445,
    [512, 514],
    [2375, 2376],
    [2379, 2380],
    3389,
    [5900, 5906],
    [5985, 5986],
    6443,
    10250,
  ]),
  udp: [],
};

/** Databases: SQL Server, Oracle, MySQL, PostgreSQL, Redshift, MongoDB, CouchDB, Cassandra, Neo4j, Elasticsearch and others. */
export const DATABASE_PORTS: PortSet = {
  tcp: rangesOf([
    [1433, 1434],
    1521,
    [2483, 2484],
    3050,
    3306,
    5432,
    5439,
    5601,
    5984,
    [7000, 7001],
    7199,
    [7473, 7474],
    7687,
    8086,
    8123,
    9042,
    9142,
    9160,
    9200,
    9300,
    26257,
    [27017, 27020],
    28015,
    33060,
    50000,
  ]),
  udp: rangesOf([1434]),
};

/** Caches and queues: Redis, Memcached, Kafka, ZooKeeper, RabbitMQ, ActiveMQ, NATS. Memcached also amplifies over UDP. */
export const CACHE_PORTS: PortSet = {
  tcp: rangesOf([2181, 4222, 5672, [6379, 6380], [9092, 9094], 11211, [11214, 11215], 15672, 16379, 61616]),
  udp: rangesOf([11211]),
};

/** Public by design. HTTP/3 is HTTPS over UDP. */
export const PUBLIC_PORTS: PortSet = { tcp: rangesOf([80, 443]), udp: rangesOf([443]) };
