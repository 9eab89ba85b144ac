import type { AddressBlock } from '../public-space.ts';
import type { Measure } from './measure.ts';
import type { Work } from './range-trees.ts';
import type { Reach } from './reach.ts';

/**
 * A block in the tree of the blocks that rules name. Two CIDR blocks are either disjoint or nested, so the
 * blocks form a tree. It is at most 33 levels deep for IPv4 and 129 for IPv6, whatever the number of rules.
 */
export interface PrefixNode {
  /** Measured addresses of the block. */
  readonly size: bigint;
  /** The smallest block that contains this block. */
  readonly parent: PrefixNode | undefined;
  /** Whether the blocks within this block are an exposure if they cover all of it. */
  watched: boolean;
  /** Number of rules that name the block. */
  users: number;
  /** Whether the tree has blocks within this block. */
  hasChildren: boolean;
  /** Number of present rules that name the block. */
  present: number;
  /** Addresses of the block that present rules with smaller blocks cover. */
  inside: bigint;
}

/** The union of the present rules' blocks under one measure. */
export class Coverage {
  readonly measure: Measure;
  readonly #work: Work;
  readonly #nodes: ReadonlyMap<Reach, readonly PrefixNode[]>;
  #covered = 0n;
  #fullWatched = 0;

  constructor(reaches: readonly Reach[], measure: Measure, work: Work) {
    this.measure = measure;
    this.#work = work;
    this.#nodes = plant(reaches, measure);
  }

  /** The blocks of a rule that count under the measure. */
  nodesOf(reach: Reach): readonly PrefixNode[] {
    return this.#nodes.get(reach) ?? [];
  }

  /** Measured addresses of the present rules' union. */
  get covered(): bigint {
    return this.#covered;
  }

  /** Whether the present rules are an exposure. */
  get isExposed(): boolean {
    return this.#fullWatched > 0 || (this.measure.limit !== undefined && this.#covered >= this.measure.limit);
  }

  /** Makes a rule present. O(depth of the tree). */
  add(reach: Reach): void {
    for (const node of this.nodesOf(reach)) {
      node.present += 1;
      if (node.present === 1) this.#grow(node, node.size - node.inside);
    }
  }

  /** Makes a present rule absent. O(depth of the tree). */
  remove(reach: Reach): void {
    for (const node of this.nodesOf(reach)) {
      node.present -= 1;
      if (node.present === 0) this.#grow(node, node.inside - node.size);
    }
  }

  /**
   * Updates the blocks around a block whose covered part has changed, up to the first that is completely
   * covered.
   */
  #grow(start: PrefixNode, delta: bigint): void {
    if (delta === 0n) return;
    if (start.watched) this.#fullWatched += delta > 0n ? 1 : -1;
    for (let node = start.parent; node !== undefined; node = node.parent) {
      this.#work.steps += 1;
      const wasFull = node.present > 0 || node.inside === node.size;
      node.inside += delta;
      if (node.present > 0) return;
      const isFull = node.inside === node.size;
      if (node.watched && isFull !== wasFull) this.#fullWatched += isFull ? 1 : -1;
    }
    this.#work.steps += 1;
    this.#covered += delta;
  }
}

/** A block of a rule, or a watched block. */
interface PrefixEntry {
  readonly block: AddressBlock;
  readonly reach: Reach | undefined;
}

function entriesOf(reaches: readonly Reach[], { family, sizeOf, watched }: Measure): readonly PrefixEntry[] {
  const entries: PrefixEntry[] = watched.map((block) => ({ block, reach: undefined }));
  for (const reach of reaches) {
    for (const block of reach.blocks) if (block.family === family && sizeOf(block) > 0n) entries.push({ block, reach });
  }
  return entries.toSorted(byPlace);
}

/** Sorts a block right before the blocks within it. */
function byPlace({ block: a }: PrefixEntry, { block: b }: PrefixEntry): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.prefix - b.prefix;
}

/** Builds the tree of all blocks in one pass over the sorted blocks: O(n log n). */
function plant(reaches: readonly Reach[], measure: Measure): ReadonlyMap<Reach, readonly PrefixNode[]> {
  const nodes = new Map<Reach, PrefixNode[]>();
  const around: { readonly block: AddressBlock; readonly node: PrefixNode }[] = [];
  for (const { block, reach } of entriesOf(reaches, measure)) {
    let top = around.at(-1);
    while (top !== undefined && top.block.last < block.first) {
      around.pop();
      top = around.at(-1);
    }
    if (top?.block.first !== block.first || top.block.prefix !== block.prefix) {
      top = { block, node: childOf(top?.node, measure.sizeOf(block)) };
      around.push(top);
    }
    if (reach === undefined) top.node.watched = true;
    else use(top.node, reach, nodes);
  }
  return nodes;
}

function childOf(parent: PrefixNode | undefined, size: bigint): PrefixNode {
  if (parent !== undefined) parent.hasChildren = true;
  return { size, parent, watched: false, users: 0, hasChildren: false, present: 0, inside: 0n };
}

/** Records that a rule names a block. A prefix list may name the same block twice. */
function use(node: PrefixNode, reach: Reach, nodes: Map<Reach, PrefixNode[]>): void {
  const known = nodes.get(reach);
  if (known?.at(-1) === node) return;
  if (known === undefined) nodes.set(reach, [node]);
  else known.push(node);
  node.users += 1;
}
