import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { parseJson } from '../../shared/events/json.ts';
import type { Terminal } from '../terminal.ts';

/** A JSON input and its name in messages. */
export interface Input {
  /** The file name as the user wrote it, or `stdin`. */
  readonly name: string;
  readonly json: unknown;
}

/** Parses JSON. `name` is its place in messages. Throws InputInvalid. */
export type Parse = (text: string, name: string) => unknown;

/**
 * Refuses an object that has a key twice. `JSON.parse` keeps only the last value, so the groups or rules of
 * the first value would not be judged.
 *
 * @param text valid JSON or JSON lines.
 * @param place names the input in messages.
 * @throws InputInvalid with the place, the key and its line.
 */
export function refuseDuplicateKeys(text: string, place: string): void {
  const duplicate = firstDuplicate(text);
  if (duplicate === undefined) return;
  const { key, at } = duplicate;
  const line = text.includes('\n') ? `:${lineAt(text, at)}` : '';
  throw new InputInvalid(
    `${place}${line}: ${JSON.stringify(key)} is in the same object twice, so one of its values would not be read: put each value into an object of its own, such as one answer per line`,
  );
}

const [QUOTE, BACKSLASH, COLON, OPEN, CLOSE] = [0x22, 0x5c, 0x3a, 0x7b, 0x7d];

/** The first key that an object of valid JSON (or JSON lines) has twice; undefined if there is none. */
function firstDuplicate(text: string): { readonly key: string; readonly at: number } | undefined {
  /** Keys of the open objects, the outermost first. Later objects reuse the sets. */
  const keys: Set<string>[] = [];
  let depth = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === OPEN) {
      depth += 1;
      if (keys[depth] === undefined) keys.push(new Set());
      else keys[depth]?.clear();
    } else if (code === CLOSE) depth -= 1;
    else if (code === QUOTE) {
      const [start, end] = [at, endOfString(text, at)];
      at = end;
      if (!isBeforeColon(text, end + 1)) continue;
      const raw = text.slice(start + 1, end);
      const key: string = raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw;
      const seen = keys[depth];
      if (seen?.has(key)) return { key, at: start };
      seen?.add(key);
    }
  }
  return undefined;
}

/** The index of the quote that ends the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

/** Whether the next character that is not blank is a colon. If so, the string before it is a key. */
function isBeforeColon(text: string, from: number): boolean {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === COLON;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** Greatest size of an input after decompression. A string in V8 has at most 2^29 - 24 characters. */
export const MOST_BYTES = 500_000_000;

/** What Node's error codes mean for a file. */
const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder; expected a file',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ENOTDIR: 'there is no such file',
  ENAMETOOLONG: 'is not a valid file name',
  ERR_FS_FILE_TOO_LARGE: 'is larger than 2 GiB',
  ERR_INVALID_ARG_VALUE: 'is not a valid file name',
};

/**
 * Explains an error that Node threw for a file. An error that the user cannot correct is returned unchanged.
 */
export function explainFileError(error: unknown, file: string): unknown {
  const reason = FILE_PROBLEMS[codeOf(error)];
  return reason === undefined ? error : new InputInvalid(`${file}: ${reason}`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether bytes are compressed with gzip, by the first two bytes. */
export function isGzip([first, second]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b;
}

/** Decodes UTF-8. Throws InputInvalid with the name of the input. */
export function textOf(bytes: Uint8Array, name: string): string {
  if (bytes.length > MOST_BYTES) throw new InputInvalid(`${name}: holds more than ${MOST_BYTES} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputInvalid(`${name}: is not text in UTF-8; expected JSON`, { cause: error });
  }
}

/** Reads the text of a file. Throws InputInvalid with the file and the reason. */
export async function readText(file: string): Promise<string> {
  return textOf(await bytesOf(file), file);
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw explainFileError(error, file);
  }
}

/**
 * Parses JSON or JSON lines.
 *
 * @throws InputInvalid with the place if the text is not JSON or an object has a key twice.
 */
export function parseInput(text: string, name: string): unknown {
  const json = parseJson(text, name);
  refuseDuplicateKeys(text, name);
  return json;
}

/**
 * Reads JSON or JSON lines from a file, or from standard input for `-`. The input may be compressed with
 * gzip.
 *
 * @throws InputInvalid with the file, the place and what was expected.
 */
export async function readInput(file: string, terminal: Terminal): Promise<Input> {
  const name = file === '-' ? 'stdin' : file;
  const bytes = file === '-' ? await readAll(terminal.stdin()) : await bytesOf(file);
  return { name, json: parseInput(textOf(unpacked(bytes, name), name), name) };
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Decompresses gzip. CloudTrail compresses its log files. */
function unpacked(bytes: Uint8Array, name: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    const reason = codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? `holds more than ${MOST_BYTES} bytes` : 'is broken';
    throw new InputInvalid(`${name}: the gzip file ${reason}`, { cause: error });
  }
}
