/** Comments and strings of a source, with their replacements. */
const NO_CODE: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^\n]*/y, ''],
  [/\/\*[^]*?\*\//y, ''],
  [/'(?:\\.|[^'\\])*'/y, "''"],
  [/"(?:\\.|[^"\\])*"/y, "''"],
];

/** A regular expression literal. Its character classes may contain slashes. */
const REGEXP = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])+\//y;

/** Text before a slash that begins a regular expression. After other text, a slash is a division. */
const BEFORE_A_REGEXP = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|await|yield))\s*$/;

/** A part of a template literal between its beginning, its expressions and its end. */
const TEMPLATE_TEXT = /[`}](?:\\.|(?!\$\{)[^`\\])*(`|\$\{)/sy;

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/**
 * The comment, string or regular expression at a position, with its replacement; undefined if there is code.
 */
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
 * The code of a TypeScript source without comments, strings and regular expressions. Expressions in template
 * literals and line breaks of the code stay, so a line that begins in the first column is at the top level.
 */
export function codeOf(source: string): string {
  /** For each enclosing template literal: the number of open braces in its current expression. */
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

/** Things that a file has to get as parameters instead of taking them from the process. */
const AMBIENT: Readonly<Record<string, RegExp>> = {
  'the time': /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bperformance\.\w|\bprocess\.(?:hrtime|uptime)\b/,
  randomness: /\bMath\.random\b|\b(?:randomUUID|getRandomValues|randomBytes|randomInt)\b/,
  timers: /(?<![.\w])(?:setTimeout|setInterval|setImmediate)\b|\bAbortSignal\.timeout\b/,
  'anything global, by name': /\bglobalThis\b/,
  'the environment': /\bprocess\.env\b|\bprocess\s*\}|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/,
};

/** A use of `fetch` that is not a property. It is the global function unless the file declares the name. */
const FETCH = /(?<![.\w])fetch\b(?!\s*[?:])/;
const BINDS_FETCH = /\{[^{}]*(?<![.\w])fetch\b[^{}]*\}\s*(?::|=[^=>])|\bconst fetch\b|[(,]\s*fetch\s*:/;

/** State that outlives a call, which all cells of a process would share. */
const STATE: Readonly<Record<string, RegExp>> = {
  'a variable at the top level': /^(?:export )?(?:let|var) /m,
  'a collection at the top level that is not typed Readonly…':
    /^(?:export )?const \w+(?:: (?!Readonly(?:Map|Set)\b)[^=]*)? = new (?:Map|Set|WeakMap|WeakSet)\b/m,
  'a client at the top level': /^(?:export )?const \w+(?:: [^=]*)? = new \w+Client\(/m,
  'something lazy at the top level': /^(?:export )?const \w+(?:: [^=]*)? = lazi?ly?\w*\(/m,
  'a static field that changes': /^\s+(?:private |protected |public )?static (?!readonly\b)#?\w+\s*(?::|=|;)/m,
};

const CHANGES = 'push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear';

/** Top-level constants whose content the file changes. */
function changedConstants(code: string): readonly string[] {
  return Array.from(code.matchAll(/^(?:export )?const (\w+)\b/gm), ([, name = '']) => name).filter((name) =>
    new RegExp(
      String.raw`(?<![.\w])${name}(?:\.(?:${CHANGES})\(|(?:\.\w+|\[[^\]]*\])\s*(?:[-+*/|&]|\?\?|\|\|)?=(?![=>]))|Object\.assign\(${name}\b`,
    ).test(code),
  );
}

/** Whether the module exports timers. */
function isAmbientModule(target: string): boolean {
  return /^(?:node:)?timers(?:\/promises)?$/.test(target);
}

/**
 * Reasons why two cells with different clocks could not share a process if they use this source.
 *
 * @param imports module specifiers that the source imports.
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
