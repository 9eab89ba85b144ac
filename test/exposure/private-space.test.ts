import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../shared/controls/case.ts';
import { blockOf } from '../../shared/exposure/block.ts';
import { parseCidr } from '../../shared/exposure/cidr.ts';
import { innerReaches, widestSourceFirst, widthJudge } from '../../shared/exposure/private-space.ts';

const WORLD = { ipv4: 8, ipv6: 16 };
const LIMIT = { ipv4: 16, ipv6: 48 };

const reachesOf = (sources: readonly string[], vpcCidrs: readonly string[] = []) =>
  innerReaches(
    sources.map((source) => ingress('tcp', 22, source)),
    vpcCidrs,
    WORLD,
  );

const isWide = (sources: readonly string[], vpcCidrs: readonly string[] = []): boolean =>
  widthJudge(vpcCidrs, LIMIT).isWorld(reachesOf(sources, vpcCidrs));

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

  it('are counted by their union, as counting addresses one by one has it', () => {
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
        const wide = widthJudge([], { ipv4: prefix, ipv6: 48 }).isWorld(reachesOf(sources));
        expect(wide).toBe(addresses.size >= 2 ** (32 - prefix));
      }),
      { numRuns: 100 },
    );
  });

  it('are inbound CIDRs and lists within private space or the VPC, without what is the world by itself', () => {
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
      innerReaches(rules, vpcCidrs, WORLD).map(({ rule, blocks }) => [rules.indexOf(rule), blocks.length]);
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
    const reaches = sources.map((cidr) => ({ rule: ingress('tcp', 22, cidr), blocks: [blockOf(cidr)] }));
    expect(widthJudge([vpcCidr], LIMIT).isWorld(reaches)).toBe(holds);
    expect(widthJudge(['203.0.113.0/24', vpcCidr], LIMIT).isWorld(reaches)).toBe(holds);
  });

  it('are counted by family: IPv6 adds nothing to IPv4', () => {
    expect(isWide(['10.0.0.0/17', 'fd00::/49'])).toBe(false);
    expect(widthJudge([], LIMIT).shareOf(reachesOf(['10.0.0.0/32', 'fc00::/8']))).toBe(0.5);
  });

  it('have a share of their own space', () => {
    const judge = widthJudge([], LIMIT);
    expect(judge.shareOf(reachesOf(['fc00::/8']))).toBe(0.5);
    expect(judge.shareOf(reachesOf(['10.0.0.0/8']))).toBeCloseTo(16_777_216 / 22_085_632, 5);
  });

  it('go by the sum of their blocks, an IPv4 block counted as an IPv6 block of the same length', () => {
    const widest = (...texts: readonly string[]) =>
      widestSourceFirst(
        texts.map((text) => ({ rule: ingress('tcp', 22, text), blocks: text.split(' ').map(blockOf) })),
      ).map(({ blocks }) => blocks.map(({ prefix }) => prefix));
    expect(widest('10.0.0.0/9', '10.0.0.0/10 10.64.0.0/10 10.128.0.0/32')).toEqual([[10, 10, 32], [9]]);
    expect(widest('fd00::/33', '10.0.0.1/32', 'fd00::/31')).toEqual([[31], [32], [33]]);
  });

  it('go the widest first, then by what they are', () => {
    const order = (sources: readonly string[]) => widestSourceFirst(reachesOf(sources)).map(({ rule }) => rule.source);
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
