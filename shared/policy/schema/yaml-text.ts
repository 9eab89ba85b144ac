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

/** Something wrong with a policy, and the line it stands on. */
export interface Problem {
  readonly line: number;
  readonly text: string;
}

/** Place of a value in a policy: keys and indices from the top. */
export type Path = readonly PropertyKey[];

/** A YAML text read: its value, what is wrong with it as YAML, and the line of each of its parts. */
export interface YamlText {
  /** Undefined where the text has no value that could be judged. */
  readonly value?: unknown;
  readonly problems: readonly Problem[];
  /** Line of a part, 1-based; of what is next above it where it is not there. */
  readonly lineOf: (path: Path) => number;
}

/** Reads a YAML text. Never throws, whatever the text. */
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
      text: 'aliases (*name) are not allowed, write the value out',
    })),
  ];
  const lineOf = (path: Path): number => lineAt(offsetOf(document, path));
  const isReadable = aliases.length === 0 && faults.every(({ code }) => code === 'DUPLICATE_KEY');
  return isReadable ? { value: document.toJS() as unknown, problems, lineOf } : { problems, lineOf };
}

/** Aliases are refused: a policy is short enough to be written out, and a few nested ones make gigabytes. */
function aliasesIn(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, { Alias: (_, node) => void offsets.push(startOf(node, 0)) });
  return offsets;
}

/** Where a node begins, or another place where there is no node. */
function startOf(node: Node | undefined, otherwise: number): number {
  return node?.range?.[0] ?? otherwise;
}

function wording({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY') return `${text.slice(pos[0]).split(/[\s:]/, 1)[0]} stands twice in the same map`;
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

/** Where a part begins, and the part itself: for a key of a map the key, for an element of a list the element. */
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
