import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import type { PortRange, Rule } from '../../shared/domain/group.ts';
import { ALL_PORTS, joinRanges, portsOf, subtractRanges } from '../../shared/network/ports.ts';

function range(from: number, to = from): PortRange {
  return { from, to };
}
const { fromPort: _from, toPort: _to, ...PORTLESS } = ingress('tcp', 'all', '10.0.0.0/8');

describe('the ports that a rule opens for TCP', () => {
  it.each<[string, Pick<Rule, 'protocol' | 'fromPort' | 'toPort'>, PortRange | undefined]>([
    ['those that it states', { protocol: 'tcp', fromPort: 20, toPort: 30 }, range(20, 30)],
    ['port 0 alone', { protocol: 'tcp', fromPort: 0, toPort: 0 }, range(0)],
    ['all where it states -1', { protocol: 'tcp', fromPort: -1, toPort: -1 }, ALL_PORTS],
    ['all where it states none', PORTLESS, ALL_PORTS],
    ['all from -1 to some end', { protocol: 'tcp', fromPort: -1, toPort: 80 }, ALL_PORTS],
    ['up to the last where the end is -1', { protocol: 'tcp', fromPort: 1024, toPort: -1 }, range(1024, 65_535)],
    ['the first where there is no end', { protocol: 'tcp', fromPort: 22 }, range(22)],
    ['all of protocol -1', { protocol: '-1', fromPort: 22, toPort: 22 }, ALL_PORTS],
    ['none of another protocol', { protocol: 'icmp', fromPort: 8, toPort: 0 }, undefined],
  ])('are %s', (_what, rule, ports) => {
    expect(portsOf(rule, 'tcp')).toEqual(ports);
  });
});

describe('lists of ports', () => {
  it('merge if they overlap or touch', () => {
    expect(joinRanges([range(30, 40), range(10, 19), range(20, 25), range(35, 36), range(42)])).toEqual([
      range(10, 25),
      range(30, 40),
      range(42),
    ]);
  });

  it('lose exactly the subtracted ports', () => {
    expect(subtractRanges([range(10, 20)], [range(10), range(15, 16), range(20), range(21, 30)])).toEqual([
      range(11, 14),
      range(17, 19),
    ]);
  });

  it('keep single ports at both ends of a subtracted range', () => {
    expect(subtractRanges([range(10, 20)], [range(11, 19)])).toEqual([range(10), range(20)]);
  });
});
