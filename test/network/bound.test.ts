import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../shared/controls/parts/documentation.ts';
import type { WorldThreshold } from '../../shared/domain/control-options.ts';
import type { Direction, Rule } from '../../shared/domain/group.ts';
import { worldScale } from '../../shared/network/exposure/measure.ts';
import { isPublic, reachesOf } from '../../shared/network/exposure/reach.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { exposedSegments, prepare } from '../../shared/network/exposure/segments.ts';
import { ALL_PORTS } from '../../shared/network/ports.ts';

const WORLD = { ipv4: 8, ipv6: 16 };

/** The result of the bound by prefix lengths alone. */
function couldBeWorld(rules: readonly Rule[], direction: Direction, world: WorldThreshold): boolean {
  const { ipv4, ipv6 } = exposureOf(rules, new Set(), world).bound(direction);
  return ipv4 * 2 ** world.ipv4 >= 0.999_999 || ipv6 * 2 ** world.ipv6 >= 0.999_999;
}

const cidr = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 14 })).map(([ip, prefix]) => `${ip}/${prefix}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 24 })).map(([ip, prefix]) => `${ip}/${prefix}`),
);

describe('the bounds of sources', () => {
  it('never exclude an opening that the full evaluation finds', () => {
    let opened = 0;
    const property = fc.property(fc.array(cidr, { maxLength: 12 }), (cidrs) => {
      const rules = cidrs.map((one) => ingress('tcp', 22, one));
      const reaches = reachesOf(rules, 'ingress', isPublic);
      if (exposedSegments(reaches, prepare(reaches, worldScale(WORLD), { steps: 0 })).length === 0) return;
      opened += 1;
      expect(couldBeWorld(rules, 'ingress', WORLD)).toBe(true);
      const question = { direction: 'ingress', traffic: { only: { tcp: [ALL_PORTS], udp: [] } } } as const;
      const openings = exposureOf(rules, new Set(), WORLD).openings({
        ...question,
        allowed: 0,
        order: 'largest-source',
      });
      expect(openings).toHaveLength(1);
    });
    fc.assert(property, { numRuns: 500 });
    expect(opened).toBeGreaterThan(50);
  });

  it.each<[string, readonly string[], boolean]>([
    ['one block of the threshold', ['20.0.0.0/8'], true],
    ['a little less', ['20.0.0.0/9', '20.128.0.0/10', '20.192.0.0/11'], false],
    ['two halves of it', ['20.0.0.0/9', '20.128.0.0/9'], true],
    ['one IPv6 block', ['2600::/16'], true],
    ['half of one', ['2600::/17'], false],
    ['what is no CIDR block, so that it is refused where it is judged', ['everywhere'], true],
    ['a prefix that is none', ['10.0.0.0/ 24'], true],
    ['no source', [], false],
  ])('%s', (_what, cidrs, answer) => {
    const rules = cidrs.map((one) => ingress('tcp', 22, one));
    expect(couldBeWorld(rules, 'ingress', WORLD)).toBe(answer);
    expect(couldBeWorld(rules, 'egress', WORLD)).toBe(false);
  });

  it('add up the entries of prefix lists', () => {
    const rules = [ingress('tcp', 22, 'pl-1', ['20.0.0.0/9', '20.128.0.0/9'])];
    expect(couldBeWorld(rules, 'ingress', WORLD)).toBe(true);
  });

  it.each([
    ['10.0.0.0', true],
    ['10.0.0.0/', true],
    ['/', true],
    ['', true],
    ['32', true],
    ['10.0.0.0/a', true],
    ['192.0.2.0/2:', true],
    ['192.0.2.0/-9', true],
    ['192.0.2.0/1-9', true],
    ['192.0.2.0/+9', true],
    ['192.0.2.0/129', true],
    ['192.0.2.0/3200', true],
    ['192.0.2.0/128', false],
    ['192.0.2.0/32', false],
    ['192.0.2.0/9', false],
    ['192.0.2.0/8', true],
    ['2001:db8::/17', false],
    ['2001:db8::/16', true],
    ['2001:db8::/128', false],
  ])('reads no more than the prefix length of %j: it could be the world, %s', (text, could) => {
    expect(couldBeWorld([ingress('tcp', 22, text)], 'ingress', WORLD)).toBe(could);
  });

  it('are calculated once for both directions', () => {
    let readings = 0;
    const rules = [ingress('tcp', 22, '0.0.0.0/0')];
    const counted = new Proxy(rules, {
      get: (target, key, receiver) => {
        if (key === Symbol.iterator) readings += 1;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    const exposure = exposureOf(counted, new Set(), WORLD);
    const bounds = (['ingress', 'egress', 'ingress'] as const).map((one) => exposure.bound(one).ipv4);
    expect([bounds, readings]).toEqual([[1, 0, 1], 1]);
  });

  it('add up many rules and lists, separately for each direction', () => {
    const parts = (count: number, length: number) =>
      Array.from({ length: count }, (_, n) => ingress('tcp', 22, `12.${n}.0.0/${length}`));
    const list = ingress('tcp', 22, 'pl-0123456789abcdef0', ['13.0.0.0/9', '2600::/17']);
    const could = (rules: readonly Rule[]) => couldBeWorld(rules, 'ingress', WORLD);
    expect([could(parts(256, 16)), could(parts(255, 16))]).toEqual([true, false]);
    expect([could([list]), could([list, ...parts(1, 9)]), could([list, ingress('tcp', 22, '2601::/17')])]).toEqual([
      false,
      true,
      true,
    ]);
    expect(could([egress('tcp', 22, '0.0.0.0/0'), ingress('tcp', 22, 'sg-0123456789abcdef0')])).toBe(false);
    expect(couldBeWorld([egress('tcp', 22, '0.0.0.0/0')], 'egress', WORLD)).toBe(true);
  });
});
