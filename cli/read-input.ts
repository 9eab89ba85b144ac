import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { InputInvalid } from '../shared/domain/errors.ts';
import { parseJson } from '../shared/events/json-text.ts';
import { refuseDuplicateKeys } from './duplicate-key.ts';
import { readAll } from './read-all.ts';
import type { Terminal } from './terminal.ts';

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
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder; expected a file',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ENOTDIR: 'there is no such file',
  ENAMETOOLONG: 'is no name of a file',
  ERR_FS_FILE_TOO_LARGE: 'is larger than 2 GiB',
  ERR_INVALID_ARG_VALUE: 'is no name of a file',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** What the system threw over a file, in words for the user; what is no fault of the user's stays as it is. */
export const fileFault = (error: unknown, file: string): unknown => {
  const reason = REASONS[codeOf(error)];
  return reason === undefined ? error : new InputInvalid(`${file}: ${reason}`, { cause: error });
};

const bytesOf = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (error) {
    throw fileFault(error, file);
  }
};

/** Whether bytes are packed: the first two tell. */
export const isGzip = ([first, second]: Uint8Array): boolean => first === 0x1f && second === 0x8b;

/** CloudTrail delivers its log files packed. */
const unpacked = (bytes: Uint8Array, name: string): Uint8Array => {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    const reason = codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? `holds more than ${MOST_BYTES} bytes` : 'is broken';
    throw new InputInvalid(`${name}: the gzip file ${reason}`, { cause: error });
  }
};

/** Text of bytes in UTF-8. Throws InputInvalid naming where they are from. */
export const textOf = (bytes: Uint8Array, name: string): string => {
  if (bytes.length > MOST_BYTES) throw new InputInvalid(`${name}: holds more than ${MOST_BYTES} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputInvalid(`${name}: is not text in UTF-8; expected JSON`, { cause: error });
  }
};

/** Text of a file. Throws InputInvalid naming the file and what is wrong with it. */
export const readText = async (file: string): Promise<string> => textOf(await bytesOf(file), file);

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
export const readInput = async (file: string, terminal: Terminal): Promise<Input> => {
  const name = file === '-' ? 'stdin' : file;
  const bytes = file === '-' ? await readAll(terminal.stdin()) : await bytesOf(file);
  return { name, json: parseInput(textOf(unpacked(bytes, name), name), name) };
};
