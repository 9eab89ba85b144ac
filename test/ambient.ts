/** Parts of a source that are no code, and what stands for each. */
const NO_CODE: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^\n]*/y, ''],
  [/\/\*[^]*?\*\//y, ''],
  [/'(?:\\.|[^'\\])*'/y, "''"],
  [/"(?:\\.|[^"\\])*"/y, "''"],
];

/** A regular expression, whose classes may hold slashes. */
const REGEXP = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])+\//y;

/** A slash after one of these begins a regular expression; after anything else it divides. */
const BEFORE_A_REGEXP = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|await|yield))\s*$/;

/** Text of a template: from its beginning or the end of an expression in it, to its end or the beginning of the next expression. */
const TEMPLATE_TEXT = /[`}](?:\\.|(?!\$\{)[^`\\])*(`|\$\{)/sy;

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** What is no code at a place, and what stands for it; undefined where code is. */
function noCodeAt(source: string, at: number, before: string) {
  const plain = NO_CODE.map(([pattern, instead]) => ({ found: matchAt(pattern, source, at), instead }));
  const isRegExp = source[at] === '/' && BEFORE_A_REGEXP.test(before);
  const regExp = { found: isRegExp ? matchAt(REGEXP, source, at) : null, instead: '0' };
  return [...plain, regExp].find(({ found }) => found !== null);
}

function bracesOpenedBy(sign: string): number {
  return Number(sign === '{') - Number(sign === '}');
}

/**
 * The code of a TypeScript source without comments and without what is in texts and regular expressions; expressions in templates
 * stay. Line breaks of the code stay, so that a line that begins at its first column is at the top level.
 */
function codeOf(source: string): string {
  /** Of each template around this place, how many braces are open in its expression. */
  const braces: number[] = [];
  let code = '';
  for (let at = 0; at < source.length; ) {
    const skipped = noCodeAt(source, at, code.slice(-20));
    const sign = source[at] ?? '';
    if (skipped?.found) {
      code += skipped.instead;
      at += skipped.found[0].length;
    } else if (sign === '`' || (sign === '}' && braces.at(-1) === 0)) {
      const [text, end] = matchAt(TEMPLATE_TEXT, source, at) ?? [sign];
      if (sign === '}') braces.pop();
      if (end === '${') braces.push(0);
      code += sign === '`' ? '0 (' : ') (';
      at += text.length;
    } else {
      const open = braces.pop();
      if (open !== undefined) braces.push(open + bracesOpenedBy(sign));
      code += sign;
      at += 1;
    }
  }
  return code;
}

/** What a file takes from the process instead of being given it. */
const AMBIENT: Readonly<Record<string, RegExp>> = {
  'the time': /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bperformance\.\w|\bprocess\.(?:hrtime|uptime)\b/,
  randomness: /\bMath\.random\b|\b(?:randomUUID|getRandomValues|randomBytes|randomInt)\b/,
  timers: /(?<![.\w])(?:setTimeout|setInterval|setImmediate)\b|\bAbortSignal\.timeout\b/,
  'anything global, by name': /\bglobalThis\b/,
  'the environment': /\bprocess\.env\b|\bprocess\s*\}|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/,
};

/** A use of the name `fetch`, which is the global one unless the file binds the name. Neither a property nor a method. */
const FETCH = /(?<![.\w])fetch\b(?!\s*[?:])/;
const BINDS_FETCH = /\{[^{}]*(?<![.\w])fetch\b[^{}]*\}\s*(?::|=[^=>])|\bconst fetch\b|[(,]\s*fetch\s*:/;

/** State that outlives a call and that all cells of a process would share. */
const STATE: Readonly<Record<string, RegExp>> = {
  'a variable at the top level': /^(?:export )?(?:let|var) /m,
  'a collection at the top level that is not typed Readonly…':
    /^(?:export )?const \w+(?:: (?!Readonly(?:Map|Set)\b)[^=]*)? = new (?:Map|Set|WeakMap|WeakSet)\b/m,
  'a client at the top level': /^(?:export )?const \w+(?:: [^=]*)? = new \w+Client\(/m,
  'something lazy at the top level': /^(?:export )?const \w+(?:: [^=]*)? = lazi?ly?\w*\(/m,
  'a static field that changes': /^\s+(?:private |protected |public )?static (?!readonly\b)#?\w+\s*(?::|=|;)/m,
};

const CHANGES = 'push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear';

/** Constants at the top level whose content is changed in the file. */
function changedConstants(code: string): readonly string[] {
  return Array.from(code.matchAll(/^(?:export )?const (\w+)\b/gm), ([, name = '']) => name).filter((name) =>
    new RegExp(
      String.raw`(?<![.\w])${name}(?:\.(?:${CHANGES})\(|(?:\.\w+|\[[^\]]*\])\s*(?:[-+*/|&]|\?\?|\|\|)?=(?![=>]))|Object\.assign\(${name}\b`,
    ).test(code),
  );
}

/** Modules whose functions are timers or randomness. */
function isAmbientModule(target: string): boolean {
  return /^(?:node:)?timers(?:\/promises)?$/.test(target);
}

/**
 * What a file has that keeps two cells from running side by side in one process, each with a clock of its own.
 *
 * @param imports what it imports.
 */
export function ambientIn(source: string, imports: readonly string[]): readonly string[] {
  const code = codeOf(source);
  const matching = (patterns: Readonly<Record<string, RegExp>>) =>
    Object.entries(patterns).flatMap(([what, pattern]) => (pattern.test(code) ? [what] : []));
  return [
    ...matching(AMBIENT),
    ...imports.filter(isAmbientModule),
    ...(FETCH.test(code) && !BINDS_FETCH.test(code) ? ['the network'] : []),
    ...matching(STATE),
    ...changedConstants(code).map((name) => `${name}, which changes`),
  ];
}
