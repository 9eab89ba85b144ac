import { closeSync, createReadStream, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Terminal } from '../terminal.ts';
import { explainFileError } from './read-input.ts';

/** Bytes of a scratch file, both ends as places in it; `end` is the first place after. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Read at a time. */
const READ_BYTES = 1 << 16;

/**
 * A temporary file for what does not fit memory. It loses its name as soon as it is open: nobody else can open it, and it is gone with
 * the process, however that ends.
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
      const chunk = new Uint8Array(Math.min(READ_BYTES, end - at));
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

/** An input that can be read from its beginning as often as it is needed. */
export interface InputBytes {
  /** The file as the user wrote it, or `stdin`. */
  readonly name: string;
  /** Every byte, as it is stored. Throws InputInvalid for a file that cannot be read. */
  readonly read: () => AsyncIterable<Uint8Array>;
  /** Gives back what it holds. */
  readonly close: () => void;
}

/** Read from a file at a time. */
const CHUNK_BYTES = 1 << 20;

/** What of standard input is held in memory; more than that goes to a temporary file. */
const MOST_HELD = 1 << 24;

async function* fileBytes(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw explainFileError(error, file);
  }
}

async function* inMemory(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Standard input comes once only, so what does not fit memory is written down. */
async function keptStream(name: string, stream: AsyncIterable<Uint8Array>, mostHeld: number): Promise<InputBytes> {
  const held: Uint8Array[] = [];
  let size = 0;
  let scratch: TemporaryFile | undefined;
  for await (const chunk of stream) {
    held.push(chunk);
    size += chunk.length;
    if (size <= mostHeld) continue;
    scratch ??= new TemporaryFile();
    for (const one of held.splice(0)) scratch.append(one);
  }
  const written = scratch;
  if (written === undefined) return { name, read: () => inMemory(held), close: () => {} };
  return { name, read: () => written.read(), close: () => written.close() };
}

/** A file, or standard input where it is named `-`: that is read to its end here, and held in memory up to `mostHeld` bytes. */
export async function inputBytes(file: string, terminal: Terminal, mostHeld = MOST_HELD): Promise<InputBytes> {
  return file === '-'
    ? await keptStream('stdin', terminal.stdin(), mostHeld)
    : { name: file, read: () => fileBytes(file), close: () => {} };
}
