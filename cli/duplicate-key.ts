import { InputInvalid } from '../shared/domain/errors.ts';

const [QUOTE, BACKSLASH, COLON, OPEN, CLOSE] = [0x22, 0x5c, 0x3a, 0x7b, 0x7d];

/** Place of the quote that ends the string whose first quote is at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

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

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

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
