import type { StatedRule } from './permissions.ts';

/** The outbound rule that EC2 gives to new groups: everything to everywhere, of one address family. */
export function allEgress(groupId: string, family: 'ipv4' | 'ipv6'): StatedRule {
  const source = { kind: family, cidr: family === 'ipv4' ? '0.0.0.0/0' : '::/0' } as const;
  return { groupId, direction: 'egress', protocol: '-1', fromPort: -1, toPort: -1, source };
}
