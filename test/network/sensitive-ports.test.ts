import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { worldOpenAdmin } from '../../shared/controls/world-open-admin.ts';
import { worldOpenCache } from '../../shared/controls/world-open-cache.ts';
import { worldOpenDatabase } from '../../shared/controls/world-open-database.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { formatExposures } from '../../shared/network/format-exposure.ts';
import { portsOf } from '../../shared/network/ports.ts';
import { formatNamedPorts, PUBLIC_PORTS, SENSITIVE_PORTS } from '../../shared/network/sensitive-ports.ts';
import { openingText } from '../../shared/notifications/compose/opening.ts';

const PORTS_OF = {
  admin: worldOpenAdmin.defaults.ports,
  database: worldOpenDatabase.defaults.ports,
  cache: worldOpenCache.defaults.ports,
  public: PUBLIC_PORTS,
};
const DOCS = readFileSync('docs/controls.md', 'utf8');

describe.each(SENSITIVE_PORTS)('$protocol $from-$to ($name)', (entry) => {
  const { protocol, from, to, category, name } = entry;
  const rule: Rule = {
    groupId: 'sg-0c0ffee0c0ffee000',
    direction: 'ingress',
    protocol,
    fromPort: from,
    toPort: to,
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  };

  it('is in the defaults of the control of its category', () => {
    const covers = (range: { readonly from: number; readonly to: number }) => range.from <= from && to <= range.to;
    expect(PORTS_OF[category][protocol].some(covers)).toBe(true);
  });

  it('has its name in headlines of alerts, in reports, and in docs/controls.md', () => {
    expect(openingText([rule], [], rule.groupId)).toContain(`(${name}) from the world`);
    const exposure = { protocol, ports: [portsOf(rule, protocol) ?? { from, to }], share: 1 };
    expect(formatExposures([exposure], [rule])).toContain(`(${name}) is open to 100 %`);
    const numbers = from === to ? `${from}` : `${from}-${to}`;
    expect(DOCS).toContain(`| ${numbers} | ${protocol} | ${name} |`);
  });

  it('is in no other line of the catalogue', () => {
    const same = SENSITIVE_PORTS.filter((other) => other.protocol === protocol && other.from <= to && from <= other.to);
    expect(same).toEqual([entry]);
  });
});

describe('the name of ports', () => {
  it.each([
    [22, 22, 'tcp', '22 (SSH)'],
    [22, 23, 'tcp', '22-23 (SSH, Telnet)'],
    [512, 514, 'tcp', '512-514'],
    [22, 24, 'tcp', '22-24'],
    [22, 22, 'udp', '22'],
    [1434, 1434, 'udp', '1434 (SQL Server Browser)'],
    [5901, 5902, 'tcp', '5901-5902 (VNC)'],
  ] as const)('of %s to %s of %s is written as %s', (from, to, protocol, text) => {
    expect(formatNamedPorts({ from, to }, protocol)).toBe(text);
  });
});
