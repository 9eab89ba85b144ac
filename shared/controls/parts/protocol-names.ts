/**
 * Protocols that security groups see besides TCP, UDP and ICMP, by number.
 *
 * @see https://www.iana.org/assignments/protocol-numbers
 */
const NAMES: Readonly<Record<string, string>> = {
  '2': 'IGMP',
  '4': 'IPv4 in IP',
  '41': 'IPv6 in IP',
  '47': 'GRE',
  '50': 'ESP',
  '51': 'AH',
  '89': 'OSPF',
  '94': 'IPIP',
  '103': 'PIM',
  '112': 'VRRP',
  '115': 'L2TP',
  '132': 'SCTP',
  '136': 'UDPLite',
  '137': 'MPLS in IP',
};

/** `GRE (protocol 47)`, `protocol 253` */
export const protocolName = (protocol: string): string => {
  const name = NAMES[protocol];
  return name === undefined ? `protocol ${protocol}` : `${name} (protocol ${protocol})`;
};
