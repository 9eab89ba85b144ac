import { pipeline, Readable } from 'node:stream';
import { getHeapStatistics } from 'node:v8';
import { createGunzip } from 'node:zlib';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { WHOLE_OUTPUT } from '../../shared/events/describe/descriptions.ts';
import { parseJson } from '../../shared/events/json.ts';
import type { InputBytes } from './input-bytes.ts';
import { type Input, isGzip, MOST_BYTES, type Parse, refuseDuplicateKeys, textOf } from './read-input.ts';

/**
 * Greatest number of bytes of one JSON value. V8 limits the length of a string, and the groups of a value of
 * 109 MB took 800 MB of memory. A process that runs out of memory ends without a message.
 */
export const MOST_WHOLE = Math.min(MOST_BYTES, Math.floor(getHeapStatistics().heap_size_limit / 8_000_000) * 1_000_000);

interface InputLine {
  readonly text: string;
  readonly number: number;
}

const LINE_FEED = 10;

/** Reads the lines that are not empty, one in memory at a time. Throws InputInvalid. */
export async function* linesOf(input: InputBytes): AsyncGenerator<InputLine> {
  let [number, size] = [0, 0];
  let parts: Uint8Array[] = [];
  const line = (): InputLine => {
    number += 1;
    const text = lineOf(parts, input);
    [parts, size] = [[], 0];
    return { text, number };
  };
  for await (const chunk of unpacked(input)) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      parts.push(chunk.subarray(from, end));
      from = end + 1;
      const complete = line();
      if (complete.text !== '') yield complete;
    }
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MOST_WHOLE) throw tooLargeError(`${input.name}:${number + 1}`);
  }
  const last = line();
  if (last.text !== '') yield last;
}

function lineOf(parts: readonly Uint8Array[], { name }: InputBytes): string {
  const [only = new Uint8Array(), ...more] = parts;
  return textOf(more.length === 0 ? only : Buffer.concat(parts), name)
    .replace(/^\uFEFF/, '')
    .trim();
}

async function* unpacked(input: InputBytes): AsyncGenerator<Uint8Array> {
  yield* isGzip(await startOf(input)) ? gunzipped(input) : input.read();
}

async function startOf(input: InputBytes): Promise<Uint8Array> {
  for await (const chunk of input.read()) return chunk;
  return new Uint8Array();
}

/** Number of bytes decompressed at a time. */
const CHUNK_BYTES = 1 << 20;

async function* gunzipped(input: InputBytes): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // What goes wrong with either of the two ends the loop below.
  pipeline(Readable.from(input.read()), gunzip, () => {});
  try {
    yield* gunzip;
  } catch (error) {
    throw isBroken(error) ? new InputInvalid(`${input.name}: the gzip file is broken`, { cause: error }) : error;
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

function tooLargeError(place: string): InputInvalid {
  return new InputInvalid(
    `${place}: holds more than ${MOST_WHOLE} bytes in one value, which does not fit in memory: use JSON lines (one answer or group per line, each group on one line only), which may have any size: jq -c '.SecurityGroups[]' converts an answer, jq -c '.[]' an array`,
  );
}

/**
 * Whether an input is JSON lines: it has several lines, and the first line is valid JSON. Throws
 * InputInvalid.
 */
export async function isJsonLines(input: InputBytes): Promise<boolean> {
  let first: string | undefined;
  for await (const { text } of linesOf(input)) {
    if (first !== undefined) return isJson(first);
    first = text;
  }
  return false;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * Reads the values of JSON lines, one in memory at a time. The name of each value includes the line number.
 * Throws InputInvalid.
 */
export async function* jsonLines(input: InputBytes, parse: Parse): AsyncGenerator<Input> {
  for await (const { text, number } of linesOf(input)) {
    const name = `${input.name}:${number}`;
    yield { name, json: parse(text, name) };
  }
}

/** Reads the whole input, at most `MOST_WHOLE` bytes. Throws InputInvalid. */
export async function readWhole(input: InputBytes): Promise<Input> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of unpacked(input)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_WHOLE) throw tooLargeError(input.name);
  }
  const { name } = input;
  const text = textOf(Buffer.concat(chunks), name);
  const json = parseJsonOrExplain(text, name);
  refuseDuplicateKeys(text, name);
  return { name, json };
}

/**
 * Parses JSON. The message for other text suggests `--output json`, because the AWS CLI can print tables and
 * YAML.
 */
function parseJsonOrExplain(text: string, name: string): unknown {
  try {
    return parseJson(text, name);
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    throw new InputInvalid(`${error.message}; ${WHOLE_OUTPUT} --output json`, { cause: error });
  }
}
