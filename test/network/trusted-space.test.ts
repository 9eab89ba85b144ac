import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import { isWorldAlone, publicUnion } from '../../shared/network/exposure/measure.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { parseBlock, trustedSpace, type World, withoutTrusted } from '../../shared/network/public-space.ts';
import { worldOf } from '../../shared/policy/queries.ts';

const THRESHOLD = { ipv4: 8, ipv6: 16 };
function trusting(...cidrs: readonly string[]): World {
  return worldOf({ world: THRESHOLD, trusted: { cidrs, prefixListIds: [], anyActor: false } });
}

function isOpen(cidrs: readonly string[], world: World): boolean {
  return (
    exposureOf(
      cidrs.map((cidr) => ingress('tcp', 22, cidr)),
      new Set(),
      world,
    ).openings({
      direction: 'ingress',
      traffic: { only: { tcp: [{ from: 22, to: 22 }], udp: [] } },
      allowed: 0,
      order: 'largest-source',
    }).length > 0
  );
}

describe('trusted space', () => {
  it.each<[string, readonly string[], readonly string[], boolean]>([
    ['a trusted /8', ['17.0.0.0/8'], ['17.0.0.0/8'], false],
    ['part of a trusted /8', ['17.128.0.0/9'], ['17.0.0.0/8'], false],
    ['a trusted IPv6 /16', ['2600::/16'], ['2600::/12'], false],
    ['twice the threshold, half of it trusted', ['16.0.0.0/7'], ['17.0.0.0/8'], true],
    ['a /8, half of it trusted', ['17.0.0.0/8'], ['17.0.0.0/9'], false],
    ['a /8 with one trusted address', ['17.0.0.0/8'], ['17.1.2.3/32'], false],
    ['the same beside as much of another block', ['17.0.0.0/8', '19.1.2.3/32'], ['17.1.2.3/32'], true],
    ['a trusted /8 beside an untrusted one', ['17.0.0.0/8', '19.0.0.0/8'], ['17.0.0.0/8'], true],
    ['a trusted /8 beside half of another one', ['17.0.0.0/8', '19.0.0.0/9'], ['17.0.0.0/8'], false],
    ['a block with a reserved hole and no trusted address', ['172.0.0.0/8'], ['17.0.0.0/8'], true],
    ['trusted space that is not public', ['203.0.113.0/24', '17.0.0.0/8'], ['203.0.113.0/24'], true],
    ['all of IPv4', ['0.0.0.0/0'], ['17.0.0.0/8'], true],
    ['all of IPv4 in two halves', ['0.0.0.0/1', '128.0.0.0/1'], ['17.0.0.0/8'], true],
    ['all of IPv6', ['::/0'], ['2600::/12'], true],
  ])('%s: open is %4$s', (_title, cidrs, trusted, open) => {
    expect(isOpen(cidrs, trusting(...trusted))).toBe(open);
    expect(publicUnion(cidrs, trusting(...trusted)).isWorld).toBe(open);
  });

  it('does not hide the whole address space, whatever is trusted', () => {
    const all = Array.from({ length: 223 }, (_, i) => `${i + 1}.0.0.0/8`);
    expect(isWorldAlone(withoutTrusted(parseBlock('0.0.0.0/0'), trustedSpace(all)), THRESHOLD)).toBe(true);
  });

  it('tells trusted sources from sources outside the internet', () => {
    const world = trusting('17.0.0.0/8');
    expect(publicUnion(['17.0.0.0/16'], world)).toEqual({ isPublic: false, isTrusted: true, isWorld: false, share: 0 });
    expect(publicUnion(['10.0.0.0/8'], world)).toMatchObject({ isPublic: false, isTrusted: false });
  });

  /** 64.0.0.0/4 has no reserved block. The unit is a /10, and four units are the world. */
  const UNITS = 64;
  const block = fc.integer({ min: 0, max: 3 }).chain((bits) =>
    fc.integer({ min: 0, max: UNITS / 2 ** bits - 1 }).map((i) => {
      const [from, size] = [i * 2 ** bits, 2 ** bits];
      const value = 0x40000000 + from * 2 ** 22;
      const holds = (unit: number) => unit >= from && unit < from + size;
      return { cidr: `${value >>> 24}.${(value >>> 16) & 255}.0.0/${10 - bits}`, holds };
    }),
  );

  it('compares only untrusted addresses with the threshold, as a count of single addresses does', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), fc.array(block, { maxLength: 8 }), (sources, trusted) => {
        const units = Array.from({ length: UNITS }, (_, unit) => unit).filter(
          (unit) => sources.some(({ holds }) => holds(unit)) && !trusted.some(({ holds }) => holds(unit)),
        );
        const world = trusting(...trusted.map(({ cidr }) => cidr));
        const cidrs = sources.map(({ cidr }) => cidr);
        expect(isOpen(cidrs, world)).toBe(units.length >= 4);
        expect(publicUnion(cidrs, world)).toMatchObject({ isWorld: units.length >= 4, isPublic: units.length > 0 });
      }),
      { numRuns: 1500 },
    );
  });

  it('is calculated once for a policy, and only when needed', () => {
    const world = trusting('17.0.0.0/8');
    expect(world.trusted?.()).toBe(world.trusted?.());
    expect(trusting()).toEqual(THRESHOLD);
  });
});
