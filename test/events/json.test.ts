import { describe, expect, it } from 'vitest';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { parseJson } from '../../shared/events/json.ts';

describe('JSON text', () => {
  it.each([
    ['{"a": 1}', { a: 1 }],
    ['\uFEFF{\n  "a": [1,\n  2]\n}\n', { a: [1, 2] }],
    ['{"a":1}\n', { a: 1 }],
    ['{"a":1}\r\n\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ])('%j is read', (text, value) => {
    expect(parseJson(text, 'file')).toEqual(value);
  });

  it.each([
    ['', /^stdin: is empty; expected JSON/],
    ['{"a":', /^stdin: not JSON: /],
    ['{"a":1}\n\n{"a":', /^stdin:3: not JSON: /],
  ])('%j is refused with its path', (text, message) => {
    expect(() => parseJson(text, 'stdin')).toThrow(message);
    expect(() => parseJson(text, 'stdin')).toThrow(InputInvalid);
  });
});
