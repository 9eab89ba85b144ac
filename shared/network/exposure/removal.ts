import type { Coverage, PrefixNode } from './coverage.ts';
import { RangeSums, SegmentTree } from './range-trees.ts';
import type { AxisRange, Reach } from './reach.ts';
import { exposedSegments, type PreparedRules } from './segments.ts';

/** The part of an exposed segment that a question asks about. */
export interface QuestionSegment extends AxisRange {
  /** Number of ports that the question asks about. */
  readonly width: number;
}

/** A rule with the indexes of the segments that it opens: [from, to). */
export interface RuleSpan {
  readonly reach: Reach;
  readonly from: number;
  readonly to: number;
}

/** Which rules may be removed, and how many ports may stay open. */
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

/** The rules that open at least one of the segments. */
export function spansOf(reaches: readonly Reach[], segments: readonly AxisRange[]): readonly RuleSpan[] {
  const starts = Int32Array.from(segments, ({ from }) => from);
  const all: RuleSpan[] = [];
  for (const reach of reaches) {
    const [from, to] = [indexFrom(starts, reach.traffic.from), indexFrom(starts, reach.traffic.to + 1)];
    if (from < to) all.push({ reach, from, to });
  }
  return all;
}

/** The index of the first number that is at least `number`, in sorted numbers. */
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
 * The rules to remove, in the order of removal, until at most `allowed` ports are exposed. Segments that the
 * kept rules expose by themselves stay open whatever is removed, so they do not cause a removal.
 *
 * The algorithm goes from the last candidate to the first. A rule stays if the ports that it would open,
 * together with the rules that stay already, fit into what is allowed.
 * - At most `allowed` ports stay open, because each opened port is counted when a rule stays.
 * - Every removal is necessary. The set of staying rules only grows, so a rule that did not fit does not fit
 *   at the end.
 * - The result is the same as that of a greedy removal: remove from the front until enough is closed, then
 *   put back, last first, every rule that is not needed. A rule that the greedy removal does not reach opens
 *   nothing together with the rules after it. So the rule stays here too, and makes no difference to the
 *   rules before it.
 */
export function rulesToRemove(problem: RemovalProblem): readonly RuleSpan[] {
  const { candidates, kept, segments, prepared } = problem;
  if (candidates.length === 0) return [];
  prepared.work.steps += candidates.length + kept.length + segments.length;
  const staying = new KeptRules(problem);
  staying.leaveOpen(segmentsExposedBy(kept, problem));
  for (const rule of kept) staying.add(rule);
  return candidates.toReversed().filter((rule) => !staying.addIfItFits(rule));
}

/**
 * Indexes of the segments that some rules expose by themselves. Every edge of a rule is an edge of a segment.
 */
function segmentsExposedBy(some: readonly RuleSpan[], { prepared, segments }: RemovalProblem): readonly number[] {
  if (some.length === 0) return [];
  const exposed = exposedSegments(
    some.map(({ reach }) => reach),
    prepared,
  );
  const open: number[] = [];
  let next = 0;
  for (const [index, { from }] of segments.entries()) {
    while ((exposed[next]?.to ?? from) < from) next += 1;
    const segment = exposed[next];
    if (segment === undefined) break;
    if (segment.from <= from) open.push(index);
  }
  return open;
}

/** A change of a tree. It is undone if the rule does not fit. */
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
 * The rules that stay, and how many addresses of each block they cover in each segment.
 *
 * Trees over the segments hold the covered size: one tree for each measure, and one for each block that other
 * rules may overlap. A rule changes the trees of its block and of the at most 32 (IPv6: 128) blocks around
 * it. It costs O(log n) for each run of segments in which the covered part of its block has one size. A run
 * ends where a rule with a smaller block begins or ends, and merges with its neighbours when the whole block
 * is covered. So each rule starts two runs, and each run merges once.
 */
class KeptRules {
  readonly #prepared: PreparedRules;
  readonly #segments: readonly QuestionSegment[];
  readonly #totals: ReadonlyMap<Coverage, SegmentTree>;
  readonly #trees = new Map<PrefixNode, SegmentTree>();
  /** Widths of the closed segments; 0 for open segments. */
  readonly #closed: RangeSums;
  #room: number;

  constructor({ prepared, segments, allowed }: RemovalProblem) {
    this.#prepared = prepared;
    this.#segments = segments;
    this.#room = allowed;
    this.#totals = new Map(prepared.coverages.map((one) => [one, this.#newTree()]));
    this.#closed = new RangeSums(segments.map(({ width }) => width));
  }

  /** Counts segments as open even if they do not fit. */
  leaveOpen(indexes: readonly number[]): void {
    for (const index of indexes) this.#openAt(index);
  }

  /** Adds a rule that opens nothing. */
  add(one: RuleSpan): void {
    this.#cover(one);
  }

  /** Adds a rule if the segments that it opens fit into what is allowed. Returns whether they fit. */
  addIfItFits(one: RuleSpan): boolean {
    const { reach, from, to } = one;
    const { enough, work } = this.#prepared;
    work.steps += 1;
    if (this.#closed.sum(from, to) === 0) return true;
    if (enough.has(reach)) return this.#open([[from, to]]);
    const lone = this.#loneBlock(reach);
    if (lone !== undefined) {
      const doesFit = this.#open(this.#rangesExposedBy(lone, one));
      if (doesFit) this.#cover(one);
      return doesFit;
    }
    const changes = this.#cover(one);
    if (this.#open(this.#exposed(one))) return true;
    for (const { tree, from: start, to: end, size } of changes) tree.add(start, end, -size);
    return false;
  }

  #newTree(): SegmentTree {
    return new SegmentTree(this.#segments.length, this.#prepared.work);
  }

  #treeOf(node: PrefixNode): SegmentTree {
    const known = this.#trees.get(node);
    if (known !== undefined) return known;
    const tree = this.#newTree();
    this.#trees.set(node, tree);
    return tree;
  }

  #openAt(index: number): void {
    const { width = 0 } = this.#segments[index] ?? {};
    this.#room -= width;
    this.#closed.add(index, -width);
    for (const total of this.#totals.values()) total.exclude(index);
  }

  /**
   * Opens the closed segments of some ranges if they fit. Returns whether they fit. Each range costs O(log
   * n).
   */
  #open(ranges: readonly IndexRange[]): boolean {
    const apart = mergeIndexRanges(ranges);
    const width = apart.reduce((sum, [from, to]) => sum + this.#closed.sum(from, to), 0);
    if (width === 0) return true;
    if (width > this.#room) return false;
    for (const [from, to] of apart) {
      for (let index = from; index < to; index += 1) if (this.#closed.sum(index, index + 1) > 0) this.#openAt(index);
    }
    return true;
  }

  /** The only block with which a rule counts, if it counts for the total of one measure alone. */
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

  /**
   * Where a rule with one block raises the total to its limit. Changes no tree, because most rules do not
   * fit.
   */
  #rangesExposedBy({ coverage, node }: CoveredNode, { from, to }: RuleSpan): readonly IndexRange[] {
    const reached: IndexRange[] = [];
    let width = 0;
    for (const { from: start, to: end, size } of this.#uncovered(node, from, to)) {
      for (const range of this.#atLimit(coverage, start, end, size)) {
        reached.push(range);
        width += this.#closed.sum(...range);
      }
      if (width > this.#room && width > 0) break;
    }
    return reached;
  }

  /** Where the total of a measure reaches its limit after `more` addresses are added. */
  #atLimit(coverage: Coverage, from: number, to: number, more: bigint): readonly IndexRange[] {
    const { limit } = coverage.measure;
    const total = this.#totals.get(coverage);
    return limit === undefined || total === undefined ? [] : this.#atLeast(total, from, to, limit - more);
  }

  /** Where a tree has at least `least`. Stops as soon as the ranges do not fit. */
  #atLeast(tree: SegmentTree, from: number, to: number, least: bigint): readonly IndexRange[] {
    const found: IndexRange[] = [];
    let width = 0;
    tree.forEachAtLeast(from, to, least, (start, end) => {
      found.push([start, end]);
      width += this.#closed.sum(start, end);
      return width <= this.#room || width === 0;
    });
    return found;
  }

  /** What the staying rules expose after this rule is added. */
  #exposed(one: RuleSpan): readonly IndexRange[] {
    return this.#prepared.coverages.flatMap((coverage) => {
      const found = [...this.#atLimit(coverage, one.from, one.to, 0n)];
      for (const own of coverage.nodesOf(one.reach)) {
        for (let node: PrefixNode | undefined = own; node !== undefined; node = node.parent) {
          const tree = node.watched ? this.#trees.get(node) : undefined;
          if (tree !== undefined) found.push(...this.#atLeast(tree, one.from, one.to, node.size));
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

  /** The trees of a block and of the blocks around it. A block that no other rule can overlap has no tree. */
  #treesAt(node: PrefixNode): readonly SegmentTree[] {
    const trees = node.users > 1 || node.hasChildren || node.watched ? [this.#treeOf(node)] : [];
    for (let { parent } = node; parent !== undefined; parent = parent.parent) trees.push(this.#treeOf(parent));
    return trees;
  }

  /** Where a block is not completely covered, and how many of its addresses are not covered. */
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

/** The same indexes as disjoint ranges. */
function mergeIndexRanges(ranges: readonly IndexRange[]): readonly IndexRange[] {
  if (ranges.length <= 1) return ranges;
  const apart: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = apart.at(-1);
    if (last === undefined || from > last[1]) apart.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return apart;
}
