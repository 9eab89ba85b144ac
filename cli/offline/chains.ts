/** Whole numbers by index, 4 bytes each; 0 where none was set. */
export class Numbers {
  #cells = new Int32Array(1024);

  /** The number at an index. */
  get(index: number): number {
    return this.#cells[index] ?? 0;
  }

  /** Puts a number at an index, and makes room for it. */
  set(index: number, value: number): void {
    if (index >= this.#cells.length) {
      const cells = new Int32Array(Math.max(index + 1, this.#cells.length * 2));
      cells.set(this.#cells);
      this.#cells = cells;
    }
    this.#cells[index] = value;
  }
}

/** Lists of numbers by a number: 4 bytes for each key and 8 for each element. */
export class Chains {
  /** By key: 1 + the place of its last link. */
  readonly #ends = new Numbers();
  readonly #values = new Numbers();
  /** By place: 1 + the place of the link before it. */
  readonly #before = new Numbers();
  #links = 0;

  /** Puts a value at the end of a key's list. */
  add(key: number, value: number): void {
    this.#values.set(this.#links, value);
    this.#before.set(this.#links, this.#ends.get(key));
    this.#links += 1;
    this.#ends.set(key, this.#links);
  }

  /** The list of a key, in the order in which it was added. */
  of(key: number): readonly number[] {
    const values: number[] = [];
    for (let link = this.#ends.get(key); link > 0; link = this.#before.get(link - 1))
      values.push(this.#values.get(link - 1));
    return values.toReversed();
  }
}
