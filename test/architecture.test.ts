import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ambientIn } from './ambient.ts';
import { importsOf, sourceFiles } from './source-files.ts';

const ROOT = new URL('..', import.meta.url).pathname;

/** What each folder may import besides itself. Type imports count. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'shared/domain': [],
  'shared/network': ['shared/domain'],
  'shared/events': ['shared/network', 'shared/domain'],
  'shared/controls': ['shared/network', 'shared/domain'],
  'shared/policy': ['shared/network', 'shared/domain'],
  'shared/remediation': ['shared/controls', 'shared/policy', 'shared/network', 'shared/domain'],
  'shared/actions': ['shared/workflows', 'shared/remediation', 'shared/policy', 'shared/network', 'shared/domain'],
  'shared/notifications': ['shared/controls', 'shared/network', 'shared/domain'],
  'shared/reports': ['shared/controls', 'shared/network', 'shared/domain'],
  'shared/adapters': ['shared/events', 'shared/network', 'shared/domain'],
  'shared/catalogue': ['shared/controls', 'shared/events', 'shared/adapters/aws/permissions.ts', 'shared/domain'],
  'shared/catalogue.ts': [
    'shared/catalogue',
    'shared/controls',
    'shared/adapters/aws/permissions.ts',
    'shared/adapters/aws/dynamodb/keys.ts',
  ],
  functions: ['shared'],
  cli: ['shared', 'infra/local', 'infra/build', 'functions', 'package.json'],
  'infra/local': ['shared', 'functions', 'infra/build'],
  infra: [
    'shared/catalogue.ts',
    'shared/policy',
    'shared/controls/registry.ts',
    'shared/network/sensitive-ports.ts',
    'shared/domain',
  ],
  ...workflowRules(),
};

/** A workflow may import the main flow and `common`, and no other workflow. */
function workflowRules(): Readonly<Record<string, readonly string[]>> {
  const flow = ['shared/remediation', 'shared/controls', 'shared/policy', 'shared/network', 'shared/domain'];
  const names = readdirSync(path.join(ROOT, 'shared/workflows'));
  return Object.fromEntries(
    names.map((name) => [`shared/workflows/${name}`, name === 'common' ? flow : ['shared/workflows/common', ...flow]]),
  );
}

/** Folders that may not use an SDK, `node:` modules and the environment. */
const PURE = [
  'domain',
  'network',
  'controls',
  'policy',
  'events',
  'remediation',
  'workflows',
  'actions',
  'reports',
  'notifications/compose',
  'notifications/dispatch',
  'notifications/channels',
].map((layer) => `shared/${layer}`);

const LAYERS = Object.keys(MAY_IMPORT).toSorted((a, b) => b.length - a.length);
function isWithin(file: string, folder: string) {
  return file === folder || file.startsWith(`${folder}/`);
}
function layerOf(file: string) {
  return LAYERS.find((layer) => isWithin(file, layer));
}

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Why an import is not allowed; undefined if it is allowed. */
function objection({ file, target }: Import): string | undefined {
  const layer = layerOf(file);
  if (layer === undefined) return `${file} is in no layer of the design`;
  const isPure = PURE.some((folder) => isWithin(file, folder));
  if (!target.startsWith('.')) {
    const outside = isPure && (target.startsWith('node:') || target.includes('@aws-sdk') || target.includes('@smithy'));
    return outside ? `${file} imports ${target}, but ${layer} is pure` : undefined;
  }
  const resolved = path.posix.join(path.posix.dirname(file), target);
  if (layerOf(resolved) === layer) return undefined;
  const allowed = (MAY_IMPORT[layer] ?? []).some((folder) => isWithin(resolved, folder));
  return allowed ? undefined : `${file} imports ${resolved}, which ${layer} must not`;
}

const sources = sourceFiles('shared', 'functions', 'infra', 'cli');

describe('the architecture', () => {
  it('lets imports go one way only', () => {
    const objections = sources.flatMap(({ file, text }) =>
      importsOf(text).flatMap((target) => objection({ file, target }) ?? []),
    );
    expect(objections).toEqual([]);
  });

  it('keeps the environment out of the pure folders', () => {
    const guilty = sources.filter(
      ({ file, text }) => PURE.some((folder) => isWithin(file, folder)) && text.includes('process.'),
    );
    expect(guilty.map(({ file }) => file)).toEqual([]);
  });

  it.each([
    ['shared/domain/rule.ts', "import { decide } from '../remediation/decide/decide.ts';"],
    ['shared/network/cidr.ts', "import type { Policy } from '../policy/compile.ts';"],
    ['shared/remediation/look.ts', "import {\n  securityGroups,\n} from '../adapters/aws/ec2/security-groups.ts';"],
    ['shared/remediation/remediate.ts', "import { restore } from '../workflows/restore/restore.ts';"],
    ['shared/workflows/restore/restore.ts', "import { migrate } from '../migration/migrate.ts';"],
    ['shared/workflows/common/give.ts', "import { restore } from '../restore/restore.ts';"],
    [
      'shared/adapters/aws/dynamodb/ledger/ledger.ts',
      "export { decide } from '../../../../remediation/decide/decide.ts';",
    ],
    ['shared/controls/world-open-admin.ts', "const x = await import('../../functions/on-change/handler.ts');"],
    ['shared/events/fields.ts', "import { readFileSync } from 'node:fs';"],
    ['shared/notifications/compose/alert.ts', "import { SNSClient } from '@aws-sdk/client-sns';"],
    ['infra/stack/portcullis-stack.ts', "import { remediate } from '../../shared/remediation/remediate.ts';"],
    ['shared/odd/thing.ts', "import '../domain/rule.ts';"],
  ])('objects to a planted upward import in %s', (file, text) => {
    expect(importsOf(text).map((target) => objection({ file, target }))).toEqual([expect.any(String)]);
  });
});

/** Entry points, which take time, randomness and the environment from the process and pass them on. */
const ENTRIES: ReadonlySet<string> = new Set([
  'functions/runtime/lambda.ts',
  'cli/portcullis.ts',
  'cli/terminal.ts',
  'cli/demo/main.ts',
  'infra/local/time/machine.ts',
]);

const EXCEPTIONS: Readonly<Record<string, string>> = {
  'infra/local/time/clock.ts': 'waits for a turn of the event loop: no time passes by it',
  'cli/commands/scan/scan.ts':
    'waits for a turn of the event loop, so that the stream writes the report: no time passes by it',
  'infra/local/faults.ts': 'counts how often each fault came, by the fault itself, which belongs to one account',
};

function isJudged(file: string) {
  return ['shared', 'functions', 'cli', 'infra/local'].some((layer) => isWithin(file, layer)) && !ENTRIES.has(file);
}

describe('what a cell gets from outside', () => {
  const guilty = new Map(
    sources
      .filter(({ file }) => isJudged(file))
      .map(({ file, text }) => [file, ambientIn(text, importsOf(text))] as const)
      .filter(([, found]) => found.length > 0),
  );

  it('is given to it: no file takes time, randomness, the environment or the network, or keeps state, by itself', () => {
    expect(Object.fromEntries([...guilty].filter(([file]) => !(file in EXCEPTIONS)))).toEqual({});
  });

  it('has no exception that is not needed any more', () => {
    expect(Object.keys(EXCEPTIONS).filter((file) => !guilty.has(file))).toEqual([]);
  });

  it.each([
    'export const at = (): number => Date.now();',
    'export const at = () => new Date().toISOString();',
    'export const at = () => `${new Date()}`;',
    'export const since = () => performance.now();',
    'export const since = () => process.hrtime.bigint();',
    'export const any = () => Math.random();',
    "import { randomUUID } from 'node:crypto';",
    'export const id = () => crypto.randomUUID();',
    "import { setTimeout as sleep } from 'node:timers/promises';",
    "import * as waiting from 'timers';",
    'export const later = (act: () => void) => setTimeout(act, 10);',
    'export const soon = (act: () => void) => setImmediate(act);',
    'export const signal = () => AbortSignal.timeout(5);',
    "export const table = () => process.env['LEDGER_TABLE'];",
    'const { env } = process;',
    'export const call = async (url: URL) => await fetch(url);',
    'export const call = async (url: URL) => await globalThis.fetch(url);',
    'export const pager = (api: string) => pagerDuty(api, { fetch, clock });',
    'let written = 0;',
    'export let last: string | undefined;',
    'const made = new Map<string, object>();',
    'const made: Map<string, object> = new Map();',
    'export const known = new WeakMap<object, number>();',
    'const seen: string[] = [];\nexport const see = (name: string) => void seen.push(name);',
    'const totals = { calls: 0 };\nexport const count = () => {\n  totals.calls += 1;\n};',
    'const byName: Record<string, number> = {};\nexport const note = (name: string) => {\n  byName[name] = 1;\n};',
    'const ec2 = new EC2Client({});',
    'const table = lazily(async () => await read());',
    'class Counter {\n  static count = 0;\n}',
  ])('objects to planted %s', (text) => {
    expect(ambientIn(text, importsOf(text))).not.toEqual([]);
  });

  it.each([
    '/** Not Date.now(), and no Math.random(). */\n// let written = 0;',
    "const HELP = 'new Date() and process.env and setTimeout';",
    'const HELP = `let x = Date.now(), ${name}`;',
    'const QUOTE = /[\'"`]/;\nexport const at = (clock: Clock) => clock.now();',
    'export const at = (ms: number) => new Date(ms).toISOString();',
    'export const call = async ({ fetch }: Http, url: URL) => await fetch(url, {});',
    'export interface Http {\n  readonly fetch: Fetch;\n}',
    'export const signal = (clock: Clock) => clock.timeout(5);',
    "const GONE: ReadonlySet<string> = new Set(['a']);",
    "const NAMES = ['a', 'b'] as const;\nexport const sorted = () => NAMES.toSorted();",
    'export const counter = () => {\n  let count = 0;\n  const made = new Map();\n  return () => made.set(count, (count += 1));\n};',
  ])('has nothing against %s', (text) => {
    expect(ambientIn(text, importsOf(text))).toEqual([]);
  });
});
