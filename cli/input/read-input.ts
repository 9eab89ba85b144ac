import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { parseJson } from '../../shared/events/json.ts';
import type { Terminal } from '../terminal.ts';

/** Every byte of a stream. */
async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const [QUOTE, BACKSLASH, COLON, OPEN, CLOSE] = [0x22, 0x5c, 0x3a, 0x7b, 0x7d];

/** Place of the quote that ends the string whose first quote is at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Whether the next character that is not blank is a colon, so that the string before it is a key. */
function isBeforeColon(text: string, from: number): boolean {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === COLON;
}

/** The first key that one object of valid JSON (or of JSON lines) holds twice; undefined if there is none. */
function firstDuplicate(text: string): { readonly key: string; readonly at: number } | undefined {
  /** Keys of the open objects, the outermost first. The sets are used again for later objects. */
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

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/**
 * Refuses an object that holds a key twice. `JSON.parse` keeps the last value, so the groups or rules of the others would be judged as if
 * they did not exist.
 *
 * @param text valid JSON or JSON lines.
 * @param place names the input in messages.
 * @throws InputInvalid naming the place, the key and its line.
 */
export function refuseDuplicateKeys(text: string, place: string): void {
  const duplicate = firstDuplicate(text);
  if (duplicate === undefined) return;
  const { key, at } = duplicate;
  const line = text.includes('\n') ? `:${lineAt(text, at)}` : '';
  throw new InputInvalid(
    `${place}${line}: ${JSON.stringify(key)} stands twice in the same object, so one of its values would not be read: give each value in an object of its own, such as one answer on each line`,
  );
}

/** A JSON input, and how messages name it. */
export interface Input {
  /** The file as the user wrote it, or `stdin`. */
  readonly name: string;
  readonly json: unknown;
}

/** Reads the JSON of a text whose place messages name. Throws InputInvalid. */
export type Parse = (text: string, name: string) => unknown;

/** The most that an input may hold, unpacked: a text of more than 2^29 - 24 characters is not possible in V8. */
export const MOST_BYTES = 500_000_000;

/** What the system says of a file that cannot be read. */
const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder; expected a file',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ENOTDIR: 'there is no such file',
  ENAMETOOLONG: 'is no name of a file',
  ERR_FS_FILE_TOO_LARGE: 'is larger than 2 GiB',
  ERR_INVALID_ARG_VALUE: 'is no name of a file',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** What the system threw over a file, in words for the user; what is no fault of the user's stays as it is. */
export function explainFileError(error: unknown, file: string): unknown {
  const reason = FILE_PROBLEMS[codeOf(error)];
  return reason === undefined ? error : new InputInvalid(`${file}: ${reason}`, { cause: error });
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw explainFileError(error, file);
  }
}

/** Whether bytes are packed: the first two tell. */
export function isGzip([first, second]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b;
}

/** CloudTrail delivers its log files packed. */
function unpacked(bytes: Uint8Array, name: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    const reason = codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? `holds more than ${MOST_BYTES} bytes` : 'is broken';
    throw new InputInvalid(`${name}: the gzip file ${reason}`, { cause: error });
  }
}

/** Text of bytes in UTF-8. Throws InputInvalid naming where they are from. */
export function textOf(bytes: Uint8Array, name: string): string {
  if (bytes.length > MOST_BYTES) throw new InputInvalid(`${name}: holds more than ${MOST_BYTES} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputInvalid(`${name}: is not text in UTF-8; expected JSON`, { cause: error });
  }
}

/** Text of a file. Throws InputInvalid naming the file and what is wrong with it. */
export async function readText(file: string): Promise<string> {
  return textOf(await bytesOf(file), file);
}

/**
 * JSON or JSON lines of a text.
 *
 * @throws InputInvalid naming the place: for what is not JSON, and for an object that holds a key twice.
 */
export function parseInput(text: string, name: string): unknown {
  const json = parseJson(text, name);
  refuseDuplicateKeys(text, name);
  return json;
}

/**
 * Reads JSON or JSON lines, packed with gzip or not, from a file, or from standard input where it is named `-`.
 *
 * @throws InputInvalid naming the file, the place and what was expected.
 */
export async function readInput(file: string, terminal: Terminal): Promise<Input> {
  const name = file === '-' ? 'stdin' : file;
  const bytes = file === '-' ? await readAll(terminal.stdin()) : await bytesOf(file);
  return { name, json: parseInput(textOf(unpacked(bytes, name), name), name) };
}
