import type { Group } from '../../../shared/domain/group.ts';
import type { Interface } from './account.ts';
import { eni, group, OLD, r, violating } from './world.ts';

export const WEB = 'sg-0000000000000003e';
export const DATA = 'sg-00000000000000da7';

/** A shop most of which was launched without groups of its own. */
export function shopGroups(): readonly Group[] {
  return [
    group(OLD, [
      r(OLD, `ingress -1 -1 ${OLD}`, { description: 'each other' }),
      r(OLD, 'egress -1 -1 0.0.0.0/0'),
      r(OLD, 'ingress tcp 8080 10.0.0.0/16', { tags: { owner: 'team-shop', 'aws:cloudformation:stack-name': 'shop' } }),
      r(OLD, `ingress tcp 8443 ${WEB}`),
      r(OLD, `egress udp 53 ${OLD}`),
      violating(OLD),
    ]),
    group(WEB, [
      r(WEB, 'ingress tcp 443 10.1.0.0/16'),
      r(WEB, `egress tcp 8443 ${OLD}`, { description: 'to the shop' }),
    ]),
    group(DATA, [r(DATA, `ingress tcp 5432 ${OLD}`, { description: 'orders', tags: { owner: 'dba' } })]),
  ];
}

export function shopInterfaces(): readonly Interface[] {
  return [eni(1, [OLD]), eni(2, [OLD, WEB]), eni(3, [DATA, OLD]), eni(4, [WEB]), eni(5, [DATA])];
}
