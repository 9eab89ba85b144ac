import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import { askedRanges, axisRangeOf, portsOn, portsWide, protocolAt } from '../../shared/network/exposure/reach.ts';

const UDP = 65_536;
const PROTOCOLS = 131_072;
function range(from: number, to = from) {
  return { from, to };
}

describe('the range of a rule on the axis of all traffic', () => {
  it.each([
    ['tcp', [22, 24], range(22, 24)],
    ['tcp', 'all', range(0, 65_535)],
    ['udp', [53, 53], range(UDP + 53)],
    ['udp', 'all', range(UDP, UDP + 65_535)],
    ['-1', 'all', range(0, PROTOCOLS + 255)],
    ['0', 'all', range(PROTOCOLS)],
    ['47', 'all', range(PROTOCOLS + 47)],
    ['255', 'all', range(PROTOCOLS + 255)],
    ['256', 'all', undefined],
    ['icmp', [8, -1], undefined],
    ['icmpv6', 'all', undefined],
    ['tcp', [24, 22], undefined],
  ] as const)('%s %j', (protocol, ports, expected) => {
    expect(axisRangeOf(ingress(protocol, ports, '0.0.0.0/0'))).toEqual(expected);
  });
});

describe('the ranges of a question', () => {
  const ports = { tcp: [range(22), range(80, 90)], udp: [range(0, 9), range(53)] };

  it('are the given ports', () => {
    expect(askedRanges({ only: ports })).toEqual([range(22), range(80, 90), range(UDP, UDP + 9), range(UDP + 53)]);
  });

  it('are all other ports of both protocols, without protocols that have no ports', () => {
    expect(askedRanges({ except: [ports, { tcp: [range(23)], udp: [range(60, 65_535)] }] })).toEqual([
      range(0, 21),
      range(24, 79),
      range(91, UDP - 1),
      range(UDP + 10, UDP + 52),
      range(UDP + 54, UDP + 59),
    ]);
    expect(askedRanges({ except: [{ tcp: [], udp: [] }] })).toEqual([range(0, PROTOCOLS - 1)]);
  });

  it('are one protocol by number, and empty for a name', () => {
    expect(askedRanges({ protocol: '50' })).toEqual([range(PROTOCOLS + 50)]);
    expect(askedRanges({ protocol: 'icmp' })).toEqual([]);
  });
});

describe('positions', () => {
  it('have a protocol if the protocol has ports', () => {
    expect([0, UDP - 1, UDP, PROTOCOLS - 1, PROTOCOLS].map(protocolAt)).toEqual([
      'tcp',
      'tcp',
      'udp',
      'udp',
      undefined,
    ]);
  });

  it('are merged ports of their protocol', () => {
    expect(portsOn([range(UDP + 3, UDP + 4), range(UDP + 1, UDP + 2), range(UDP + 9)], 'udp')).toEqual([
      range(1, 4),
      range(9),
    ]);
    expect(portsOn([range(7)], 'tcp')).toEqual([range(7)]);
  });

  it('have the width of their ports of one protocol', () => {
    expect(
      [range(5, 9), range(UDP, PROTOCOLS - 1), range(0, PROTOCOLS + 255), range(PROTOCOLS + 47)].map(portsWide),
    ).toEqual([5, 65_536, 65_536, 0]);
  });
});
