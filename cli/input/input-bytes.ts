import { closeSync, createReadStream, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Terminal } from '../terminal.ts';
import { explainFileError } from './read-input.ts';

/** A range of bytes in a temporary file. `end` is the first offset after the range. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** An input that can be read from the beginning several times. */
export interface InputBytes {
  /** The file name as the user wrote it, or `stdin`. */
  readonly name: string;
  /** Reads every byte as stored. Throws InputInvalid if the file cannot be read. */
  readonly read: () => AsyncIterable<Uint8Array>;
  /** Frees memory and disk space. */
  readonly close: () => void;
}

/** Number of bytes read at a time. */
const READ_BYTES = 1 << 16;

/**
 * A temporary file for data that does not fit in memory. Its name is removed as soon as the file is open, so
 * no other process can open it, and the system frees it when this process ends.
 */
export class TemporaryFile {
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

  /** Appends bytes and returns their range. */
  append(bytes: Uint8Array): Span {
    const start = this.#size;
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at, start + at);
    this.#size += bytes.length;
    return { start, end: this.#size };
  }

  /** Reads a range; by default the whole file. */
  async *read({ start, end }: Span = { start: 0, end: this.#size }): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; ) {
      const chunk = new Uint8Array(Math.min(READ_BYTES, end - at));
      const count = readSync(this.#file, chunk, 0, chunk.length, at);
      yield chunk.subarray(0, count);
      at += count;
    }
  }

  /** Frees the disk space. */
  close(): void {
    closeSync(this.#file);
  }
}

/** Number of bytes of standard input that are kept in memory. A longer input goes to a temporary file. */
const MOST_IN_MEMORY = 1 << 24;

/**
 * Opens a file, or standard input for `-`. Standard input is read to its end here, and at most `mostInMemory`
 * bytes of it are kept in memory.
 */
export async function inputBytes(file: string, terminal: Terminal, mostInMemory = MOST_IN_MEMORY): Promise<InputBytes> {
  return file === '-'
    ? await keptStream('stdin', terminal.stdin(), mostInMemory)
    : { name: file, read: () => fileBytes(file), close: () => {} };
}

/** Keeps standard input, which can be read only once: in memory, or in a temporary file if it is large. */
async function keptStream(name: string, stream: AsyncIterable<Uint8Array>, mostInMemory: number): Promise<InputBytes> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let scratch: TemporaryFile | undefined;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= mostInMemory) continue;
    scratch ??= new TemporaryFile();
    for (const one of chunks.splice(0)) scratch.append(one);
  }
  const written = scratch;
  if (written === undefined) return { name, read: () => inMemory(chunks), close: () => {} };
  return { name, read: () => written.read(), close: () => written.close() };
}

async function* inMemory(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Number of bytes read from a file at a time. */
const CHUNK_BYTES = 1 << 20;

async function* fileBytes(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw explainFileError(error, file);
  }
}
