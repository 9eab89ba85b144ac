import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';

/** A problem in a policy and its line. */
export interface Problem {
  readonly line: number;
  readonly text: string;
}

/** The path of a value in a policy: keys and indices from the top. */
export type Path = readonly PropertyKey[];

/** The result of parsing a YAML text. */
export interface YamlText {
  /** Undefined if the text is not readable. */
  readonly value?: unknown;
  readonly problems: readonly Problem[];
  /** Line of a value, starting with 1. For a missing value, the line of its nearest existing parent. */
  readonly lineOf: (path: Path) => number;
}

/** Parses a YAML text. Never throws. */
export function readYaml(text: string): YamlText {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { problems: [{ line: 1, text: 'not YAML: nested too deeply' }], lineOf: () => 1 };
  }
}

function read(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const faults = [...document.errors, ...document.warnings];
  const aliases = isAlias(document.contents) ? [0] : aliasesIn(document);
  const problems = [
    ...faults.map((fault) => ({ line: lineAt(fault.pos[0]), text: wording(fault, text) })),
    ...aliases.map((offset) => ({
      line: lineAt(offset),
      text: 'aliases (*name) are not allowed: repeat the value',
    })),
  ];
  const lineOf = (path: Path): number => lineAt(offsetOf(document, path));
  const isReadable = aliases.length === 0 && faults.every(({ code }) => code === 'DUPLICATE_KEY');
  return isReadable ? { value: document.toJS() as unknown, problems, lineOf } : { problems, lineOf };
}

/** Aliases are refused because a few nested aliases can expand to gigabytes. */
function aliasesIn(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, { Alias: (_, node) => void offsets.push(startOf(node, 0)) });
  return offsets;
}

/** The offset of a node, or the fallback if there is no node. */
function startOf(node: Node | undefined, fallback: number): number {
  return node?.range?.[0] ?? fallback;
}

function wording({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY') return `${text.slice(pos[0]).split(/[\s:]/, 1)[0]} occurs twice in the same map`;
  return `not YAML: ${message.split('\n', 1)[0]}`;
}

function offsetOf(document: Document, path: Path): number {
  let node = nodeOf(document.contents);
  let offset = startOf(node, 0);
  for (const key of path) {
    const [start, value] = stepInto(node, key);
    offset = startOf(start, offset);
    node = value;
  }
  return offset;
}

function nodeOf(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

/** The node at the start of a part (key or element), and the part itself. */
function stepInto(
  node: Node | undefined,
  key: PropertyKey,
): readonly [start: Node | undefined, value: Node | undefined] {
  if (isSeq(node)) {
    const element = nodeOf(node.items[Number(key)]);
    return [element, element];
  }
  const pair = isMap(node)
    ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
    : undefined;
  return [nodeOf(pair?.key), nodeOf(pair?.value)];
}
