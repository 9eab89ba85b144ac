import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Bytes of a scratch file, both ends as places in it; `end` is the first place after. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Read at a time. */
const CHUNK_BYTES = 1 << 16;

/**
 * A temporary file for what does not fit memory. It loses its name as soon as it is open: nobody else can open it, and it is gone with
 * the process, however that ends.
 */
export class Scratch {
  readonly #file: number;
  #size = 0;

  constructor() {
    const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-'));
    try {
      this.#file = openSync(path.join(folder, 'scratch'), 'wx+', 0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Writes at the end, and says where. */
  append(bytes: Uint8Array): Span {
    const start = this.#size;
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at, start + at);
    this.#size += bytes.length;
    return { start, end: this.#size };
  }

  /** What was written there; as often as it is needed. */
  async *read({ start, end }: Span = { start: 0, end: this.#size }): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; ) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - at));
      const count = readSync(this.#file, chunk, 0, chunk.length, at);
      yield chunk.subarray(0, count);
      at += count;
    }
  }

  /** Gives the space back. */
  close(): void {
    closeSync(this.#file);
  }
}
