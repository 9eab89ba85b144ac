import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fileGroupJudge } from '../../cli/commands/scan/judge.ts';
import { wantedBy } from '../../cli/commands/scan/sources.ts';
import { readGroupsAlone } from '../../cli/input/account-input.ts';
import { type Survey, surveyInputs, withFacts } from '../../cli/input/group-files.ts';
import { type InputBytes, inputBytes } from '../../cli/input/input-bytes.ts';
import { jsonLines, linesOf } from '../../cli/input/json-lines.ts';
import { parseInput } from '../../cli/input/read-input.ts';
import { processSurroundings, type Terminal } from '../../cli/terminal.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { GroupSnapshot } from '../../shared/domain/ec2.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { type Size, writeEstate } from './generate-estate.ts';

/** The time of each step, ms, and its result. */
interface Laps {
  parse: number;
  read: number;
  evaluate: number;
  groups: number;
  rules: number;
  findings: number;
}

const CLI = fileURLToPath(new URL('../../cli/portcullis.ts', import.meta.url));

/** Number of lines in a batch: enough for the clock, and few enough for constant memory. */
const LINES_AT_ONCE = 50;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;

/**
 * Runs a step and returns its time. Collects garbage first, so that each step pays only for its own.
 */
function lap<T>(laps: Laps, step: 'parse' | 'read' | 'evaluate', work: () => T): T {
  collect({ type: 'minor' });
  const start = performance.now();
  const result = work();
  laps[step] += performance.now() - start;
  return result;
}

function sightingsOf(json: unknown, surveyed: Survey): readonly GroupSnapshot[] {
  return readGroupsAlone({ name: 'bench', json }).groups.map((group) => withFacts(group, surveyed));
}

async function* pagesOf(file: InputBytes): AsyncGenerator<readonly string[]> {
  let page: string[] = [];
  for await (const { text } of linesOf(file)) {
    if (page.push(text) < LINES_AT_ONCE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/**
 * The steps of a scan over the same lines, timed separately: text to JSON, JSON to groups with facts, groups
 * to findings.
 */
async function timed(file: InputBytes, surveyed: Survey, policy: Policy): Promise<Laps> {
  const judge = fileGroupJudge(policy);
  const laps: Laps = { parse: 0, read: 0, evaluate: 0, groups: 0, rules: 0, findings: 0 };
  for await (const page of pagesOf(file)) {
    const values = lap(laps, 'parse', () => page.map((text): unknown => JSON.parse(text)));
    const sightings = lap(laps, 'read', () => values.flatMap((json) => sightingsOf(json, surveyed)));
    const judged = lap(laps, 'evaluate', () => sightings.flatMap((sighting) => judge(sighting, [])));
    laps.findings += judged.length;
    laps.groups += sightings.length;
    laps.rules += sightings.reduce((sum, { group }) => sum + group.rules.length, 0);
  }
  return laps;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function peakMb(): string {
  return `${Math.round(process.resourceUsage().maxRSS / 1024)} MB`;
}

const TERMINAL: Terminal = {
  out: () => {},
  err: (text) => void process.stderr.write(text),
  colour: false,
  stdin: async function* () {},
  ...processSurroundings,
  stopped: async () => {},
};

/** The measured process reports its peak memory at the end. */
const SAY_PEAK = 'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';

/**
 * Small compared with 365 MB of input, so that a leak for each group would not fit. V8 uses all memory before
 * it collects.
 */
const HEAP_MB = 64;

/**
 * The whole command in its own process with a small heap: seconds and MB. Throws if it does not end.
 */
function scanned(file: string): string {
  const flags = [`--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=4', `--import=${SAY_PEAK}`];
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...flags, CLI, 'scan', file, '--format', 'json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 1) throw new Error(`the scan of the generated account ended with ${status}: ${stderr}`);
  const peak = Math.round(Number(stderr.trim().split('\n').at(-1)) / 1024);
  return `${seconds(performance.now() - start)}, ${peak} MB`;
}

async function measure(file: string, size: Size): Promise<void> {
  const started = peakMb();
  await writeEstate(file, size);
  const policy = compilePolicy('version: 1\n', 'the preset guard', CONTROLS);
  const from = performance.now();
  const input = await inputBytes(file, TERMINAL);
  const surveyed = await surveyInputs(jsonLines(input, parseInput), wantedBy(policy));
  if (surveyed === undefined) throw new Error('the generated account describes a group twice');
  const first = performance.now() - from;
  const laps = await timed(input, surveyed, policy);
  const streamed = peakMb();
  const small = `${file}.small`;
  await writeEstate(small, { groups: Math.ceil(size.groups / 10), rules: Math.ceil(size.rules / 10) });
  const ratio = (ms: number) => `${(ms / laps.parse).toFixed(2)} × JSON.parse`;
  process.stdout.write(
    [
      `${laps.groups} groups, ${laps.rules} rules, ${Math.round(statSync(file).size / 1e6)} MB of JSON lines, ${laps.findings} findings`,
      `JSON.parse     ${seconds(laps.parse)}`,
      `evaluation     ${seconds(laps.evaluate)}  ${ratio(laps.evaluate)}`,
      `reading        ${seconds(laps.read)}  ${ratio(laps.read)}`,
      `first walk     ${seconds(first)}  (JSON.parse, reading, the index of the set)`,
      `peak memory    ${streamed}  (${started} before the first group)`,
      `portcullis scan --format json, a heap of ${HEAP_MB} MB: ${scanned(file)}; a tenth of the groups: ${scanned(small)}`,
      '',
    ].join('\n'),
  );
}

/**
 * `node test/bench/scan.ts [--groups 100000] [--rules 2000000]`: evaluation against JSON.parse over the same
 * bytes, and peak memory, from one run.
 */
const { values } = parseArgs({
  options: { groups: { type: 'string', default: '100000' }, rules: { type: 'string', default: '2000000' } },
});
const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-bench-'));
try {
  await measure(path.join(folder, 'estate.jsonl'), { groups: Number(values.groups), rules: Number(values.rules) });
} finally {
  rmSync(folder, { recursive: true });
}
