import type { Coverage, PrefixNode } from './coverage.ts';
import { RangeSums, SegmentTree } from './range-trees.ts';
import type { AxisRange, Reach } from './reach.ts';
import { exposedSegments, type PreparedRules } from './segments.ts';

/** An exposed segment, as far as a question is about it. */
export interface QuestionSegment extends AxisRange {
  /** Number of ports that the question is about. */
  readonly width: number;
}

/** A rule, and the indexes of the places that it lets through: [from, to). */
export interface RuleSpan {
  readonly reach: Reach;
  readonly from: number;
  readonly to: number;
}

/** Which rules may be removed, from where, and how much may stay open. */
export interface RemovalProblem {
  readonly prepared: PreparedRules;
  /** Sorted and disjoint. */
  readonly segments: readonly QuestionSegment[];
  /** In the order of removal. */
  readonly candidates: readonly RuleSpan[];
  /** Rules that stay. */
  readonly kept: readonly RuleSpan[];
  /** Ports that may stay open. */
  readonly allowed: number;
}

/** Rules with the places that they let through, without the rules that let through none. */
export function spansOf(reaches: readonly Reach[], places: readonly AxisRange[]): readonly RuleSpan[] {
  const starts = Int32Array.from(places, ({ from }) => from);
  const all: RuleSpan[] = [];
  for (const reach of reaches) {
    const [from, to] = [indexFrom(starts, reach.traffic.from), indexFrom(starts, reach.traffic.to + 1)];
    if (from < to) all.push({ reach, from, to });
  }
  return all;
}

/** The first index that holds a number or a larger one, in sorted numbers. */
function indexFrom(sorted: Int32Array, number: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? number) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The rules to remove until no more than `allowed` ports are exposed, the first of the order before the others. Places that the
 * kept rules expose stay open whatever is removed, so they count as open and are left alone.
 *
 * One pass from the last candidate to the first: a rule may stay if the ports that it would open, beside the rules that stay
 * already, fit into what is allowed. So
 * - no more than allowed is left open, because every opening is counted when a rule stays;
 * - every removal is needed: the rules that stay only become more, so a rule that did not fit then does not fit at the end;
 * - the rules are the same as if one removed from the front until enough is closed, and then put back, last first, every rule
 *   that is not needed. A rule that the first of these steps leaves alone opens nothing together with the rules after it, else
 *   the step would have gone on up to it. So it stays here too, and makes no difference to the rules before it.
 */
export function rulesToRemove(removal: RemovalProblem): readonly RuleSpan[] {
  const { candidates, kept } = removal;
  if (candidates.length === 0) return [];
  removal.prepared.work.steps += candidates.length + kept.length + removal.segments.length;
  const stay = new KeptRules(removal);
  stay.leaveOpen(placesOpenBy(kept, removal));
  for (const one of kept) stay.add(one);
  return candidates.toReversed().filter((one) => !stay.addIfItFits(one));
}

/** Indexes of the places that some rules expose by themselves. Every edge of these rules is an edge of a place. */
function placesOpenBy(some: readonly RuleSpan[], { prepared, segments: places }: RemovalProblem): readonly number[] {
  if (some.length === 0) return [];
  const segments = exposedSegments(
    some.map(({ reach }) => reach),
    prepared,
  );
  const open: number[] = [];
  let next = 0;
  for (const [index, { from }] of places.entries()) {
    while ((segments[next]?.to ?? from) < from) next += 1;
    const segment = segments[next];
    if (segment === undefined) break;
    if (segment.from <= from) open.push(index);
  }
  return open;
}

/** A change of a tree, to be undone if the rule does not fit. */
interface TreeChange {
  readonly tree: SegmentTree;
  readonly from: number;
  readonly to: number;
  readonly size: bigint;
}

/** A block of a rule under a measure. */
interface CoveredNode {
  readonly coverage: Coverage;
  readonly node: PrefixNode;
}

type IndexRange = readonly [from: number, to: number];

/**
 * The rules that stay, and how much of each block they cover at each place.
 *
 * Trees over the places hold the covered size: one for each measure, and one for each block that other rules may meet again. A rule
 * changes the tree of its block and of the at most 32 (IPv6: 128) blocks around it, so its cost is O(log n) for each run of places
 * on which the covered part of its block was one size. Such a run ends where a rule with a smaller block begins or ends, and is
 * joined with its neighbours when the block is covered as a whole: each rule begins two runs, and each is joined once.
 */
class KeptRules {
  readonly #prepared: PreparedRules;
  readonly #places: readonly QuestionSegment[];
  readonly #totals: ReadonlyMap<Coverage, SegmentTree>;
  readonly #trees = new Map<PrefixNode, SegmentTree>();
  /** Widths of the closed places; 0 for open ones. */
  readonly #closed: RangeSums;
  #room: number;

  constructor({ prepared, segments: places, allowed }: RemovalProblem) {
    this.#prepared = prepared;
    this.#places = places;
    this.#room = allowed;
    this.#totals = new Map(prepared.coverages.map((one) => [one, this.#newTree()]));
    this.#closed = new RangeSums(places.map(({ width }) => width));
  }

  /** Counts places as open, whether they fit or not. */
  leaveOpen(indexes: readonly number[]): void {
    for (const index of indexes) this.#openAt(index);
  }

  /** Adds a rule that opens nothing. */
  add(one: RuleSpan): void {
    this.#cover(one);
  }

  /** Adds a rule if the places that it opens fit into what is allowed; whether it did. */
  addIfItFits(one: RuleSpan): boolean {
    const { reach, from, to } = one;
    const { enough, work } = this.#prepared;
    work.steps += 1;
    if (this.#closed.sum(from, to) === 0) return true;
    if (enough.has(reach)) return this.#open([[from, to]]);
    const lone = this.#loneBlock(reach);
    if (lone !== undefined) {
      const doesFit = this.#open(this.#reachedBy(lone, one));
      if (doesFit) this.#cover(one);
      return doesFit;
    }
    const changes = this.#cover(one);
    if (this.#open(this.#exposed(one))) return true;
    for (const { tree, from: start, to: end, size } of changes) tree.add(start, end, -size);
    return false;
  }

  #newTree(): SegmentTree {
    return new SegmentTree(this.#places.length, this.#prepared.work);
  }

  #treeOf(node: PrefixNode): SegmentTree {
    const known = this.#trees.get(node);
    if (known !== undefined) return known;
    const tree = this.#newTree();
    this.#trees.set(node, tree);
    return tree;
  }

  #openAt(index: number): void {
    const { width = 0 } = this.#places[index] ?? {};
    this.#room -= width;
    this.#closed.add(index, -width);
    for (const total of this.#totals.values()) total.exclude(index);
  }

  /** Opens the closed places of some ranges if they fit; whether they do. Each place is opened once, each range costs O(log n). */
  #open(ranges: readonly IndexRange[]): boolean {
    const apart = joined(ranges);
    const width = apart.reduce((sum, [from, to]) => sum + this.#closed.sum(from, to), 0);
    if (width === 0) return true;
    if (width > this.#room) return false;
    for (const [from, to] of apart) {
      for (let index = from; index < to; index += 1) if (this.#closed.sum(index, index + 1) > 0) this.#openAt(index);
    }
    return true;
  }

  /** The only block by which a rule counts, if it counts for the total of a measure and for nothing else. */
  #loneBlock(reach: Reach): CoveredNode | undefined {
    let lone: CoveredNode | undefined;
    for (const coverage of this.#prepared.coverages) {
      for (const node of coverage.nodesOf(reach)) {
        if (lone !== undefined || coverage.measure.watched.length > 0) return undefined;
        lone = { coverage, node };
      }
    }
    return lone;
  }

  /** Where a rule with one block brings the total to its limit: found without changing a tree, since most rules do not fit. */
  #reachedBy({ coverage, node }: CoveredNode, { from, to }: RuleSpan): readonly IndexRange[] {
    const reached: IndexRange[] = [];
    let width = 0;
    for (const { from: start, to: end, size } of this.#uncovered(node, from, to)) {
      for (const range of this.#reaching(coverage, start, end, size)) {
        reached.push(range);
        width += this.#closed.sum(...range);
      }
      if (width > this.#room && width > 0) break;
    }
    return reached;
  }

  /** Where the total of a measure comes to its limit once so many addresses are added. */
  #reaching(coverage: Coverage, from: number, to: number, more: bigint): readonly IndexRange[] {
    const { limit } = coverage.measure;
    const total = this.#totals.get(coverage);
    return limit === undefined || total === undefined ? [] : this.#found(total, from, to, limit - more);
  }

  /** Where a tree has at least so much: no more ranges than are needed to tell that they do not fit. */
  #found(tree: SegmentTree, from: number, to: number, least: bigint): readonly IndexRange[] {
    const found: IndexRange[] = [];
    let width = 0;
    tree.forEachAtLeast(from, to, least, (start, end) => {
      found.push([start, end]);
      width += this.#closed.sum(start, end);
      return width <= this.#room || width === 0;
    });
    return found;
  }

  /** What the rules expose, once this one is among them. */
  #exposed(one: RuleSpan): readonly IndexRange[] {
    return this.#prepared.coverages.flatMap((coverage) => {
      const found = [...this.#reaching(coverage, one.from, one.to, 0n)];
      for (const own of coverage.nodesOf(one.reach)) {
        for (let node: PrefixNode | undefined = own; node !== undefined; node = node.parent) {
          const tree = node.watched ? this.#trees.get(node) : undefined;
          if (tree !== undefined) found.push(...this.#found(tree, one.from, one.to, node.size));
        }
      }
      return found;
    });
  }

  #cover({ reach, from, to }: RuleSpan): readonly TreeChange[] {
    const changes: TreeChange[] = [];
    for (const coverage of this.#prepared.coverages) {
      const total = this.#totals.get(coverage);
      for (const node of coverage.nodesOf(reach)) {
        const trees = [...this.#treesAt(node), ...(total === undefined ? [] : [total])];
        for (const { from: start, to: end, size } of this.#uncovered(node, from, to)) {
          for (const tree of trees) {
            tree.add(start, end, size);
            changes.push({ tree, from: start, to: end, size });
          }
        }
      }
    }
    return changes;
  }

  /** The trees of a block and the blocks around it. A block that no other rule can meet has none. */
  #treesAt(node: PrefixNode): readonly SegmentTree[] {
    const trees = node.users > 1 || node.hasChildren || node.watched ? [this.#treeOf(node)] : [];
    for (let { parent } = node; parent !== undefined; parent = parent.parent) trees.push(this.#treeOf(parent));
    return trees;
  }

  /** Where a block is not covered as a whole, and how many of its addresses are not. */
  #uncovered(node: PrefixNode, from: number, to: number): readonly Omit<TreeChange, 'tree'>[] {
    let parts: readonly IndexRange[] = [[from, to]];
    for (let { parent } = node; parent !== undefined; parent = parent.parent) {
      const [tree, { size }] = [this.#trees.get(parent), parent];
      if (tree !== undefined) parts = parts.flatMap(([start, end]) => tree.partsBelow(start, end, size));
    }
    const own = this.#trees.get(node);
    if (own === undefined) return parts.map(([start, end]) => ({ from: start, to: end, size: node.size }));
    const runs: Omit<TreeChange, 'tree'>[] = [];
    for (const [start, end] of parts) {
      own.forEachRun(start, end, (first, past, covered) => {
        if (covered < node.size) runs.push({ from: first, to: past, size: node.size - covered });
      });
    }
    return runs;
  }
}

/** The same indexes as ranges that are apart. */
function joined(ranges: readonly IndexRange[]): readonly IndexRange[] {
  if (ranges.length <= 1) return ranges;
  const apart: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = apart.at(-1);
    if (last === undefined || from > last[1]) apart.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return apart;
}
