import { InputInvalid } from '../domain/errors.ts';

type Parsed = { readonly value: unknown } | { readonly error: SyntaxError };

const tryParse = (text: string): Parsed => {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { error };
    throw error;
  }
};

const parse = (text: string, place: string): unknown => {
  if (text.trim() === '')
    throw new InputInvalid(`${place}: is empty; expected JSON (perhaps the command that wrote it failed)`);
  const parsed = tryParse(text);
  if ('error' in parsed) throw new InputInvalid(`${place}: not JSON: ${parsed.error.message}`, { cause: parsed.error });
  return parsed.value;
};

/** Whether the text is one JSON value a line: more than one line, the first of which is whole by itself. */
const isLines = (lines: readonly string[]): boolean => {
  const [first, second] = lines.filter((line) => line !== '');
  return first !== undefined && second !== undefined && 'value' in tryParse(first);
};

/**
 * Reads JSON, or JSON lines (one value on each line) as an array of them.
 *
 * @param source names the input in messages: a file, or `stdin`.
 * @throws InputInvalid naming the source, and the line of JSON lines.
 */
export const parseJson = (text: string, source: string): unknown => {
  const body = text.replace(/^\uFEFF/, '');
  const lines = body.split('\n').map((line) => line.trim());
  if (!isLines(lines)) return parse(body, source);
  return lines.flatMap((line, index) => (line === '' ? [] : [parse(line, `${source}:${index + 1}`)]));
};
