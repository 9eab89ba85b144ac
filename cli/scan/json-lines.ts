import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { InputInvalid } from '../../shared/model/errors.ts';
import { parseJson } from '../../shared/readers/json-text.ts';
import { fileFault, type Input, isGzip, MOST_BYTES, textOf } from '../read-input.ts';

const LINE_FEED = 10;

/** Read at a time. */
const CHUNK_BYTES = 1 << 20;

const startOf = async (file: string): Promise<Uint8Array> => {
  for await (const chunk of createReadStream(file, { end: 1 })) return chunk;
  return new Uint8Array();
};

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    const isPacked = isGzip(await startOf(file));
    const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    yield* isPacked ? stream.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : stream;
  } catch (error) {
    throw fileFault(error, file);
  }
}

interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/** Lines that are not empty, one in memory at a time. */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  let [number, size] = [0, 0];
  let parts: Uint8Array[] = [];
  const line = (): Line => {
    number += 1;
    const text = textOf(Buffer.concat(parts), file)
      .replace(/^\uFEFF/, '')
      .trim();
    [parts, size] = [[], 0];
    return { text, number };
  };
  for await (const chunk of bytesOf(file)) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      parts.push(chunk.subarray(from, end));
      from = end + 1;
      const complete = line();
      if (complete.text !== '') yield complete;
    }
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MOST_BYTES) throw new InputInvalid(`${file}:${number + 1}: holds more than ${MOST_BYTES} bytes`);
  }
  const last = line();
  if (last.text !== '') yield last;
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

/** Whether a file is one JSON value a line: more than one line, the first of which is whole by itself. Throws InputInvalid. */
export const isJsonLines = async (file: string): Promise<boolean> => {
  let first: string | undefined;
  for await (const { text } of linesOf(file)) {
    if (first !== undefined) return true;
    if (!isJson(text)) return false;
    first = text;
  }
  return false;
};

/** The values of a file of JSON lines, one in memory at a time, each named with its line. Throws InputInvalid. */
export async function* jsonLines(file: string): AsyncGenerator<Input> {
  for await (const { text, number } of linesOf(file)) {
    const name = `${file}:${number}`;
    yield { name, json: parseJson(text, name) };
  }
}
