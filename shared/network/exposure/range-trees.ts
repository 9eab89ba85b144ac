/**
 * A node without children is a range with one value. `max` and `min` include `add`, but not the `add` of
 * parents.
 */
interface TreeNode {
  add: bigint;
  max: bigint;
  min: bigint;
  left: TreeNode | undefined;
  right: TreeNode | undefined;
}

function leaf(): TreeNode {
  return { add: 0n, max: 0n, min: 0n, left: undefined, right: undefined };
}

/** More than any number of addresses. */
const BEYOND = 1n << 200n;

/** Visits a half-open range of indexes. To end the search, it returns false. */
type Visit = (from: number, to: number) => boolean;

/**
 * A segment tree: one number for each index of a range, 0 at first. It adds to a range and finds the indexes
 * whose number is at least a limit, in O(log n) each.
 *
 * Children exist only below ranges that were cut, so a tree that was changed k times has O(k log n) nodes,
 * however long the range is. Numbers are BigInt because they count IPv6 addresses: at the threshold, a sum
 * must be exact to one address, and a double is exact only up to 2^53.
 */
export class SegmentTree {
  readonly #size: number;
  readonly #work: Work;
  readonly #root = leaf();

  /** @param size number of indexes; ranges are half-open, [from, to). */
  constructor(size: number, work: Work) {
    this.#size = size;
    this.#work = work;
  }

  /** Adds to every index of a range. */
  add(from: number, to: number, delta: bigint): void {
    this.#add(this.#root, 0, this.#size, from, to, delta, delta);
  }

  /**
   * Excludes an index from every later search. Ranges that a search finds may include it, so that it does not
   * cut them.
   */
  exclude(index: number): void {
    this.#add(this.#root, 0, this.#size, index, index + 1, -BEYOND, BEYOND);
  }

  /** Calls `visit` for each run of the range that is stored with one value, from left to right. */
  forEachRun(from: number, to: number, visit: (from: number, to: number, value: bigint) => void): void {
    this.#runs(this.#root, 0, this.#size, from, to, 0n, visit);
  }

  /**
   * Calls `visit` with the parts of a range whose numbers are at least `limit`, from left to right, until
   * `visit` returns false. O(log n) for each run of such indexes.
   */
  forEachAtLeast(from: number, to: number, limit: bigint, visit: Visit): void {
    this.#atLeast(this.#root, 0, this.#size, from, to, limit, visit);
  }

  /** The parts of a range whose numbers are below `limit`: O(log n) for each. */
  partsBelow(from: number, to: number, limit: bigint): readonly (readonly [number, number])[] {
    const parts: [number, number][] = [];
    this.#below(this.#root, 0, this.#size, from, to, limit, parts);
    return parts;
  }

  #add(node: TreeNode, start: number, end: number, from: number, to: number, max: bigint, min: bigint): void {
    this.#work.steps += 1;
    if (from <= start && end <= to) {
      if (max === min) node.add += max;
      node.max += max;
      node.min += min;
      return;
    }
    const middle = (start + end) >> 1;
    node.left ??= leaf();
    node.right ??= leaf();
    const { left, right } = node;
    if (from < middle) this.#add(left, start, middle, from, to, max, min);
    if (to > middle) this.#add(right, middle, end, from, to, max, min);
    node.max = node.add + (left.max > right.max ? left.max : right.max);
    node.min = node.add + (left.min < right.min ? left.min : right.min);
  }

  #runs(
    node: TreeNode,
    start: number,
    end: number,
    from: number,
    to: number,
    above: bigint,
    visit: (from: number, to: number, value: bigint) => void,
  ): void {
    if (to <= start || end <= from) return;
    this.#work.steps += 1;
    const { left, right } = node;
    if (left === undefined || right === undefined || node.min === node.max) {
      visit(Math.max(start, from), Math.min(end, to), above + node.max);
      return;
    }
    const middle = (start + end) >> 1;
    this.#runs(left, start, middle, from, to, above + node.add, visit);
    this.#runs(right, middle, end, from, to, above + node.add, visit);
  }

  #atLeast(node: TreeNode, start: number, end: number, from: number, to: number, limit: bigint, visit: Visit): boolean {
    if (to <= start || end <= from || node.max < limit) return true;
    this.#work.steps += 1;
    const { left, right } = node;
    if (left === undefined || right === undefined || node.min >= limit)
      return visit(Math.max(start, from), Math.min(end, to));
    const [middle, rest] = [(start + end) >> 1, limit - node.add];
    return (
      this.#atLeast(left, start, middle, from, to, rest, visit) &&
      this.#atLeast(right, middle, end, from, to, rest, visit)
    );
  }

  #below(
    node: TreeNode,
    start: number,
    end: number,
    from: number,
    to: number,
    limit: bigint,
    parts: [number, number][],
  ): void {
    if (to <= start || end <= from || node.min >= limit) return;
    this.#work.steps += 1;
    const { left, right } = node;
    if (left === undefined || right === undefined || node.max < limit) {
      const last = parts.at(-1);
      const [first, past] = [Math.max(start, from), Math.min(end, to)];
      if (last?.[1] === first) last[1] = past;
      else parts.push([first, past]);
      return;
    }
    const [middle, rest] = [(start + end) >> 1, limit - node.add];
    this.#below(left, start, middle, from, to, rest, parts);
    this.#below(right, middle, end, from, to, rest, parts);
  }
}

/**
 * A Fenwick tree: sums of numbers over ranges of indexes, and changes of single numbers, in O(log n) each.
 */
export class RangeSums {
  readonly #sums: Float64Array;

  constructor(numbers: readonly number[]) {
    this.#sums = new Float64Array(numbers.length + 1);
    for (const [index, number] of numbers.entries()) this.add(index, number);
  }

  /** Adds to one number. */
  add(index: number, delta: number): void {
    for (let i = index + 1; i < this.#sums.length; i += i & -i) this.#sums[i] = (this.#sums[i] ?? 0) + delta;
  }

  /** The sum over a half-open range. */
  sum(from: number, to: number): number {
    return this.#below(to) - this.#below(from);
  }

  #below(end: number): number {
    let sum = 0;
    for (let i = end; i > 0; i -= i & -i) sum += this.#sums[i] ?? 0;
    return sum;
  }
}

/**
 * Counts the steps of an evaluation: updates of trees, and visits of rules and segments. A test limits the
 * growth of this number, which does not depend on the machine as a time does.
 */
export interface Work {
  steps: number;
}
