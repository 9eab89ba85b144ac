import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../shared/controls/parts/documentation.ts';
import type { WorldThreshold } from '../../shared/domain/control-options.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { parseCidr } from '../../shared/network/cidr.ts';
import { couldBeWide, isInner, wideScale } from '../../shared/network/exposure/private-space.ts';
import { reachesOf, widestSourceFirst } from '../../shared/network/exposure/reach.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { exposedSegments, prepare } from '../../shared/network/exposure/segments.ts';
import { type AddressBlock, parseBlock } from '../../shared/network/public-space.ts';

const WORLD = { ipv4: 8, ipv6: 16 };
const LIMIT = { ipv4: 16, ipv6: 48 };

const PORTS = { tcp: [{ from: 22, to: 22 }], udp: [] };

function openings(rules: readonly Rule[], vpcCidrs: readonly string[], limit: WorldThreshold) {
  return exposureOf(rules, new Set(), WORLD).wideOpenings({ ports: PORTS, vpcCidrs, limit });
}

function isWide(sources: readonly string[], vpcCidrs: readonly string[] = [], limit = LIMIT): boolean {
  return (
    openings(
      sources.map((source) => ingress('tcp', 22, source)),
      vpcCidrs,
      limit,
    ).length > 0
  );
}

describe('sources within private space', () => {
  it.each([
    [['10.0.0.0/16'], []],
    [['10.0.0.0/17', '192.168.128.0/17'], []],
    [['172.16.0.0/11'], []],
    [['fd00::/48'], []],
    [['10.9.0.0/28'], ['10.9.0.0/28']],
    [
      ['10.9.0.0/29', '10.9.0.8/29'],
      ['10.0.0.0/24', '10.9.0.0/28'],
    ],
    [['198.51.100.0/24'], ['198.51.100.0/25']],
  ])('%j are wide in a VPC of %j', (sources, vpcCidrs) => {
    expect(isWide(sources, vpcCidrs)).toBe(true);
  });

  it.each([
    [['10.0.0.0/17'], []],
    [['10.0.0.0/17', '10.0.0.0/18'], []],
    [['0.0.0.0/0', '::/0', '172.0.0.0/8'], ['10.0.0.0/16']],
    [['198.51.100.0/24'], []],
    [['fd00::/49'], []],
    [['10.9.0.0/29'], ['10.9.0.0/28']],
    [['sg-0123456789abcdef0'], ['10.0.0.0/16']],
  ])('%j are not wide in a VPC of %j', (sources, vpcCidrs) => {
    expect(isWide(sources, vpcCidrs)).toBe(false);
  });

  it('are counted by their union, as a count of single addresses does', () => {
    const block = fc
      .record({ third: fc.integer({ min: 0, max: 255 }), prefix: fc.integer({ min: 22, max: 28 }) })
      .map(({ third, prefix }) => `10.0.${third}.0/${prefix}`);
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), fc.integer({ min: 20, max: 26 }), (sources, prefix) => {
        const addresses = new Set(
          sources
            .map(parseCidr)
            .flatMap(({ first, last }) =>
              Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)),
            ),
        );
        const wide = isWide(sources, [], { ipv4: prefix, ipv6: 48 });
        expect(wide).toBe(addresses.size >= 2 ** (32 - prefix));
      }),
      { numRuns: 100 },
    );
  });

  it('are inbound CIDRs and lists within private space or the VPC that are not the world by themselves', () => {
    const list = ingress('tcp', 22, 'pl-0123456789abcdef0', ['10.0.0.0/24', '198.51.100.0/24', '12.0.0.0/8']);
    const rules = [
      list,
      ingress('tcp', 22, '192.0.2.0/24'),
      ingress('tcp', 22, '198.51.100.0/25'),
      ingress('tcp', 22, 'sg-0123456789abcdef0'),
      ingress('tcp', 22, '0.0.0.0/0'),
      egress('tcp', 22, '10.0.0.0/8'),
      ingress('tcp', 22, '2001:db8::/48'),
      ingress('tcp', 22, '203.0.113.0/25'),
    ];
    const inner = (vpcCidrs: readonly string[]) =>
      reachesOf(rules, 'ingress', isInner(vpcCidrs, WORLD)).map(({ rule, blocks }) => [
        rules.indexOf(rule),
        blocks.length,
      ]);
    expect(inner([])).toEqual([[0, 1]]);
    expect(inner(['198.51.100.0/24', '203.0.113.0/24'])).toEqual([
      [0, 2],
      [2, 1],
      [7, 1],
    ]);
    expect(inner(['198.51.100.0/24'])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect(inner(['2001:db8::/56'])).toEqual([
      [0, 1],
      [6, 1],
    ]);
  });

  it.each([
    [['198.51.100.0/32'], '198.51.100.0/31', false],
    [['198.51.100.0/32', '198.51.100.1/32'], '198.51.100.0/31', true],
    [['198.51.100.0/32', '198.51.100.2/32'], '198.51.100.0/31', false],
    [['198.51.100.0/25', '198.51.100.0/25'], '198.51.100.0/24', false],
    [['198.51.100.5/32'], '198.51.100.5/32', true],
    [['198.51.100.4/32'], '198.51.100.5/32', false],
    [['198.51.100.6/32'], '198.51.100.5/32', false],
    [['198.51.100.0/23'], '198.51.101.0/24', true],
    [['::c633:6400/120'], '198.51.100.0/24', false],
    [[], '198.51.100.0/24', false],
  ])('%j hold the whole VPC of %s: %s', (sources, vpcCidr, holds) => {
    expect(isWide(sources, [vpcCidr])).toBe(holds);
    expect(isWide(sources, ['203.0.113.0/24', vpcCidr])).toBe(holds);
    expect(isWide(sources.toReversed(), [vpcCidr, '203.0.113.0/24'])).toBe(holds);
  });

  it('are counted separately for IPv4 and IPv6', () => {
    expect(isWide(['10.0.0.0/17', 'fd00::/49'])).toBe(false);
  });

  it('have a share of private space', () => {
    const share = (...sources: readonly string[]) =>
      openings(
        sources.map((source) => ingress('tcp', 22, source)),
        [],
        LIMIT,
      ).map((opening) => opening.share);
    expect(share('fc00::/8')).toEqual([0.5]);
    expect(share('fc00::/8', '10.0.0.0/32')).toEqual([0.5]);
    expect(share('10.0.0.0/8')).toEqual([expect.closeTo(16_777_216 / 22_085_632, 5)]);
  });

  it('are never excluded by their prefix lengths if the full evaluation finds them wide', () => {
    const cidr = fc.constantFrom(
      '10.0.0.0/8',
      '10.0.0.0/17',
      '10.0.128.0/17',
      '10.1.0.0/20',
      '10.1.1.0/24',
      'fd00::/48',
      'fd00::/49',
    );
    const vpcs = fc.array(fc.constantFrom('10.1.0.0/20', '10.1.1.0/24', 'fd00::/56'), { maxLength: 2 });
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 4 }), vpcs, (cidrs, vpcCidrs) => {
        const rules = cidrs.map((text) => ingress('tcp', 22, text));
        const question = { ports: PORTS, vpcCidrs, limit: LIMIT };
        const reaches = reachesOf(rules, 'ingress', isInner(vpcCidrs, WORLD));
        const prepared = prepare(reaches, wideScale(question), { steps: 0 });
        const wide = exposedSegments(reaches, prepared).length > 0;
        const could = couldBeWide(exposureOf(rules, new Set(), WORLD).bound('ingress'), question);
        expect(!wide || could).toBe(true);
        expect(isWide(cidrs, vpcCidrs)).toBe(wide);
      }),
      { numRuns: 500 },
    );
  });

  it('contain a block of the VPC exactly if a comparison of all pairs says so', () => {
    const block = fc
      .tuple(fc.integer({ min: 24, max: 30 }), fc.nat(15))
      .map(([prefix, at]) => `198.51.${at >> 2}.${(at & 3) * 64}/${prefix}`);
    const touches = (a: AddressBlock, b: AddressBlock) => a.first <= b.last && b.first <= a.last;
    fc.assert(
      fc.property(block, fc.array(block, { maxLength: 6 }), (text, vpcCidrs) => {
        const [one, vpc] = [parseBlock(text), vpcCidrs.map(parseBlock)];
        expect(isInner(vpcCidrs, WORLD)(one)).toBe(vpc.some((other) => touches(one, other)));
        const holds = vpc.some((other) => one.first <= other.first && other.last <= one.last);
        expect(wideScale({ ports: PORTS, vpcCidrs, limit: LIMIT }).isEnough(one)).toBe(holds);
      }),
      { numRuns: 500 },
    );
  });

  it('are sorted by the sum of their blocks; an IPv4 block counts as an IPv6 block of the same length', () => {
    const widest = (...texts: readonly string[]) =>
      widestSourceFirst(
        texts.map((text) => ({
          rule: ingress('tcp', 22, text),
          traffic: { from: 22, to: 22 },
          blocks: text.split(' ').map(parseBlock),
        })),
      ).map(({ blocks }) => blocks.map(({ prefix }) => prefix));
    expect(widest('10.0.0.0/9', '10.0.0.0/10 10.64.0.0/10 10.128.0.0/32')).toEqual([[10, 10, 32], [9]]);
    expect(widest('fd00::/33', '10.0.0.1/32', 'fd00::/31')).toEqual([[31], [32], [33]]);
  });

  it('are sorted by size, then by identity', () => {
    const order = (sources: readonly string[]) =>
      widestSourceFirst(
        reachesOf(
          sources.map((source) => ingress('tcp', 22, source)),
          'ingress',
          () => true,
        ),
      ).map(({ rule }) => rule.source);
    const sources = ['10.1.0.0/16', '10.0.0.0/16', 'fd00::/120', '10.0.0.0/8', 'fd00::/100'];
    expect(order(sources)).toEqual(order(sources.toReversed()));
    expect(order(sources)).toMatchObject([
      { cidr: '10.0.0.0/8' },
      { cidr: '10.0.0.0/16' },
      { cidr: '10.1.0.0/16' },
      { cidr: 'fd00::/100' },
      { cidr: 'fd00::/120' },
    ]);
  });
});
