import { describe, expect, it } from 'vitest';
import { egress, ingress } from '../../shared/controls/parts/documentation.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { isPublic, largestFirst, reachesOf } from '../../shared/network/exposure/reach.ts';
import { cidrsOf } from '../../shared/network/public-space.ts';

const LIST = ingress('tcp', 22, 'pl-0123456789abcdef0', ['10.0.0.0/8', '12.0.0.0/8']);
function order(sort: typeof largestFirst, rules: readonly Rule[]) {
  return sort(reachesOf(rules, 'ingress', isPublic)).map(({ rule }) => rule);
}

describe('the CIDR blocks of a source', () => {
  it('are its CIDR or the entries of its prefix list, and empty if they are unknown', () => {
    expect(cidrsOf(ingress('tcp', 22, '10.0.0.0/8').source)).toEqual(['10.0.0.0/8']);
    expect(cidrsOf(ingress('tcp', 22, '::/0').source)).toEqual(['::/0']);
    expect(cidrsOf(LIST.source)).toEqual(['10.0.0.0/8', '12.0.0.0/8']);
    expect(cidrsOf(ingress('tcp', 22, 'pl-0123456789abcdef0').source)).toEqual([]);
    expect(cidrsOf(ingress('tcp', 22, 'sg-0123456789abcdef0').source)).toEqual([]);
  });
});

describe('rules that name public addresses', () => {
  it('are selected by direction, with the blocks that count', () => {
    const world = ingress('tcp', 22, '0.0.0.0/0');
    const rules = [world, ingress('tcp', 22, '10.0.0.0/8'), LIST, egress('tcp', 22, '0.0.0.0/0')];
    const reaches = reachesOf(rules, 'ingress', isPublic);
    expect(reaches.map(({ rule }) => rule)).toEqual([world, LIST]);
    expect(reaches.map(({ blocks }) => blocks.length)).toEqual([1, 1]);
  });
});

describe('the order of removal', () => {
  const small = ingress('tcp', [1, 9], '12.0.0.0/9');
  const large = ingress('tcp', 22, '13.0.0.0/8');
  const list = ingress('tcp', 22, 'pl-0123456789abcdef0', ['14.0.0.0/8', '16.0.0.0/8', '20.0.0.0/8']);
  const twin = ingress('tcp', 23, '13.0.0.0/8');
  const udp = ingress('udp', [1, 20], '15.0.0.0/10');
  const all = ingress('-1', 'all', '17.0.0.0/12');
  const esp = ingress('50', 'all', '18.0.0.0/7');

  it('puts the largest source first, a list by the sum of its entries, and breaks ties by identity', () => {
    const sorted = [esp, list, large, twin, small, udp, all];
    expect(order(largestFirst, sorted.toReversed())).toEqual([list, esp, large, twin, small, udp, all]);
    expect(order(largestFirst, sorted)).toEqual(order(largestFirst, sorted.toReversed()));
  });
});
