import { createReadStream } from 'node:fs';
import { fileFault } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';
import { Scratch } from './scratch.ts';

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

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw fileFault(error, file);
  }
}

async function* inMemory(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Standard input comes once only, so what does not fit memory is written down. */
const kept = async (name: string, stream: AsyncIterable<Uint8Array>, mostHeld: number): Promise<InputBytes> => {
  const held: Uint8Array[] = [];
  let size = 0;
  let scratch: Scratch | undefined;
  for await (const chunk of stream) {
    held.push(chunk);
    size += chunk.length;
    if (size <= mostHeld) continue;
    scratch ??= new Scratch();
    for (const one of held.splice(0)) scratch.append(one);
  }
  const written = scratch;
  if (written === undefined) return { name, read: () => inMemory(held), close: () => {} };
  return { name, read: () => written.read(), close: () => written.close() };
};

/** A file, or standard input where it is named `-`: that is read to its end here, and held in memory up to `mostHeld` bytes. */
export const inputBytes = async (file: string, terminal: Terminal, mostHeld = MOST_HELD): Promise<InputBytes> =>
  file === '-'
    ? await kept('stdin', terminal.stdin(), mostHeld)
    : { name: file, read: () => bytesOf(file), close: () => {} };
