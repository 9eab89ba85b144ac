/** What listens on ports that people know by name. @see https://www.iana.org/assignments/service-names-port-numbers */
const NAMES: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [23, 'Telnet'],
  [80, 'HTTP'],
  [443, 'HTTPS'],
  [445, 'SMB'],
  [1433, 'SQL Server'],
  [1521, 'Oracle'],
  [2375, 'Docker'],
  [2376, 'Docker'],
  [2379, 'etcd'],
  [3306, 'MySQL'],
  [3389, 'RDP'],
  [5432, 'PostgreSQL'],
  [5439, 'Redshift'],
  [5672, 'RabbitMQ'],
  [5900, 'VNC'],
  [5985, 'WinRM'],
  [5986, 'WinRM'],
  [6379, 'Redis'],
  [6443, 'Kubernetes'],
  [9092, 'Kafka'],
  [9200, 'Elasticsearch'],
  [10250, 'kubelet'],
  [11211, 'Memcached'],
  [27017, 'MongoDB'],
]);

/** `22 (SSH)`, or the number alone. */
export const namedPort = (port: number): string => {
  const name = NAMES.get(port);
  return name === undefined ? String(port) : `${port} (${name})`;
};
