import { describe, expect, it } from 'vitest';
import { readYaml, type YamlText } from '../../shared/policy/schema/yaml-text.ts';

/** Reads a text with an almost full stack. */
function readAtTheEnd(text: string): YamlText {
  try {
    return readAtTheEnd(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return readYaml(text);
  }
}

describe('a YAML text', () => {
  it('is refused without an error if the stack overflows', () => {
    const { lineOf, ...rest } = readAtTheEnd('[[]]');
    expect(rest).toEqual({ problems: [{ line: 1, text: 'not YAML: nested too deeply' }] });
    expect(lineOf(['a'])).toBe(1);
  });

  it('that is not a text is a programming error and is rethrown', () => {
    expect(() => readYaml(null as never)).toThrow(TypeError);
  });

  it('has the line of each part; for a missing part the line of its parent', () => {
    const { lineOf, value, problems } = readYaml('\na:\n  - x\n  - b: 1\n    c: 2\n');
    expect([value, problems]).toEqual([{ a: ['x', { b: 1, c: 2 }] }, []]);
    expect([[], ['a'], ['a', 0], ['a', 1], ['a', 1, 'c'], ['a', 1, 'd'], ['a', 7], ['z', 'y']].map(lineOf)).toEqual([
      2, 2, 3, 4, 5, 4, 2, 2,
    ]);
  });

  it('without content is null at line 1', () => {
    const { lineOf, value, problems } = readYaml('');
    expect([value, problems, lineOf(['a'])]).toEqual([null, [], 1]);
  });

  it.each([
    ['*a', 'aliases (*name) are not allowed: repeat the value', 1],
    ['a: &x 1\nb: *x', 'aliases (*name) are not allowed: repeat the value', 2],
    ['a: 1\na: 2', 'a occurs twice in the same map', 2],
    ['a: 1\nb: [', 'not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]', 2],
  ])('%j is reported with its line', (text, problem, line) => {
    expect(readYaml(text).problems).toContainEqual({ line, text: problem });
  });

  it('with a duplicate key still has a value for further checks', () => {
    expect(readYaml('a: 1\na: 2')).toHaveProperty('value', { a: 2 });
    expect(readYaml('a: [')).not.toHaveProperty('value');
    expect(readYaml('a: &x 1\nb: *x')).not.toHaveProperty('value');
  });
});
