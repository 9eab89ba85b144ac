import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands/registry.ts';
import { paintFor } from '../../cli/output/text.ts';
import { run } from '../../cli/run.ts';
import { processSurroundings, wantsColour } from '../../cli/terminal.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { cli, file, GUARD, group, permission } from './command-line.ts';

/** How the exit codes of commands begin that do more than print something. */
const EXIT_CODES: Readonly<Record<string, string>> = {
  scan: 'clean, 1 findings, 2 error',
  simulate: 'clean, 1 findings, 2 error',
  preflight: 'ready, 1 not ready, 2 error',
  ...Object.fromEntries(
    'remediations restore approve decline acknowledge exempt resume roll-back break-glass redrive'
      .split(' ')
      .map((name) => [name, 'done, 1 refused, 2 error']),
  ),
};

/** Arguments with which a command gets as far as to its options. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  scan: ['-'],
  simulate: ['-'],
  explain: ['naming'],
  policy: ['check', GUARD],
  exempt: ['list'],
};

const FORMATTED = COMMANDS.filter(({ prints }) => prints !== 'stream').map(({ name }) => name);

describe('portcullis', () => {
  it('lists its commands, and ends with 2 without a command', async () => {
    const help = await cli(['--help']);
    expect(help.code).toBe(0);
    for (const { name, summary } of COMMANDS) expect(help.out).toMatch(new RegExp(`${name} +${summary}`));
    expect(await cli([])).toEqual({ ...help, code: 2 });
  });

  it.each(COMMANDS.map(({ name }) => name))('explains %s with --help, whatever else is given', async (name) => {
    const { code, out, err } = await cli([name, '--help', 'a', 'b', 'c']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^Usage: portcullis ${name}`));
    expect(out).toContain(`Exit codes: 0 ${EXIT_CODES[name] ?? 'done'}`);
  });

  it.each(COMMANDS.map(({ name }) => name))('prints the same with help %s', async (name) => {
    expect(await cli(['help', name])).toEqual(await cli([name, '--help']));
    expect(await cli(['--help', name])).toEqual(await cli([name, '--help']));
  });

  it('suggests a command if help is asked for an unknown one', async () => {
    expect(await cli(['help', 'scna'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('mean scan?') });
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    for (const option of ['--version', '-V'])
      expect(await cli([option])).toEqual({ code: 0, out: `portcullis ${version}\n`, err: '' });
  });

  it.each(FORMATTED)('%s refuses an unknown --format and names the formats', async (name) => {
    const { code, err } = await cli([name, ...(ARGUMENTS[name] ?? []), '--format', 'xml'], '{}');
    expect(code).toBe(2);
    expect(err).toMatch(/^portcullis: --format "xml": expected text or json.*\n$/);
  });

  it('has --dry-run for every command that changes something at once', () => {
    const reading = new Set('scan simulate controls explain policy preflight local remediations'.split(' '));
    const changing = COMMANDS.filter(({ name }) => !reading.has(name));
    expect(changing.flatMap(({ name, dryRun }) => (dryRun === undefined ? [name] : []))).toEqual(['roll-back']);
  });

  it.each([['controls'], ['explain', 'naming'], ['policy', 'check', GUARD], ['policy', 'show', GUARD]])(
    'prints JSON: %s %s',
    async (...argv) => {
      const { code, out } = await cli([...argv, '--format', 'json']);
      expect(code).toBe(0);
      expect(Object.keys(JSON.parse(out)).length).toBeGreaterThan(1);
    },
  );

  it('prints the errors of a policy as JSON', async () => {
    const broken = file('broken.yaml', 'version: 1\npreset: gard\n');
    const { code, out, err } = await cli(['policy', 'check', broken, '--format', 'json']);
    expect([code, err]).toEqual([2, '']);
    expect(JSON.parse(out)).toMatchObject({ valid: false, problems: [expect.stringContaining('broken.yaml:2')] });
  });

  it.each([
    ['"scna" is not a command (did you mean scan?); there are', ['scna']],
    ['"quite-another" is not a command; there are scan,', ['quite-another']],
    ["Unknown option '--nope'; see portcullis scan --help", ['scan', '--nope']],
    ["Option '--policy <value>' argument missing; see portcullis scan --help", ['scan', '--policy']],
    ["Option '-h, --help' does not take an argument", ['scan', '--help=yes']],
    ['b is one argument too many; see portcullis simulate --help', ['simulate', 'a', 'b']],
    ['"world-open-admn" is not a control (did you mean world-open-admin?)', ['explain', 'world-open-admn']],
    ['explain: expected the id of a control', ['explain']],
    ['policy "try": expected check or show', ['policy', 'try']],
    ['--port "x": expected a number from 0', ['local', '--port', 'x']],
    ['--port "65536": expected a number from 0', ['local', '--port', '65536']],
  ])('says in one line: %s', async (message, argv) => {
    const { code, out, err } = await cli(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^portcullis: [^\n]*\n$/);
    expect(err).toContain(message);
  });

  it('reports an internal error with its stack and exit code 2', async () => {
    let err = '';
    const terminal = {
      out: () => {
        throw new RangeError('broken');
      },
      err: (text: string) => void (err += text),
      colour: false,
      stdin: async function* () {},
      ...processSurroundings,
      stopped: async () => {},
    };
    expect(await run(['--help'], terminal)).toBe(2);
    expect(err).toMatch(/^portcullis: RangeError: broken\n +at [^]*please report it/);
  });
});

describe('input', () => {
  it.each([
    ['stdin: not JSON', '{'],
    ['stdin: is empty; expected JSON', ''],
    ['stdin:2: not JSON', '{"a":1}\n{"b"\n'],
    ['stdin: is not text in UTF-8; expected JSON', new Uint8Array([0xff, 0xfe, 0x00])],
    ['stdin: the gzip file is broken', new Uint8Array([0x1f, 0x8b, 0x08, 0x00])],
  ])('is refused in one line: %s', async (message, stdin) => {
    for (const command of ['scan', 'simulate']) {
      const { code, out, err } = await cli([command, '-', '--policy', GUARD], stdin);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^portcullis: [^\n]*\n$/);
      expect(err).toContain(message);
    }
  });

  it('is refused if it decompresses to more than a string can hold', async () => {
    const bomb = gzipSync(Buffer.alloc(500_000_001), { level: 1 });
    expect(await cli(['scan', '-', '--policy', GUARD], bomb)).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^portcullis: stdin:1: holds more than \d+ bytes in one value, which does not fit in memory: use JSON lines .*\n$/,
      ),
    });
  });

  it('names the place and the expected form for other JSON', async () => {
    const { code, err } = await cli(['scan', '-', '--policy', GUARD], '{"Subnets": []}');
    expect(code).toBe(2);
    expect(err).toContain('stdin: top level: expected DescribeSecurityGroups or DescribeSecurityGroupRules JSON');
  });
});

describe('portcullis controls and explain', () => {
  it('lists every control with its modes', async () => {
    const { code, out } = await cli(['controls']);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(CONTROLS.length + 1);
    expect(out).toMatch(/world-open-admin +high +enforce \/ alert +The world reaches an admin port/);
  });

  it.each(CONTROLS.map(({ id }) => id))('explains %s: why, what to do, what it fires on', async (id) => {
    const { code, out } = await cli(['explain', id]);
    expect(code).toBe(0);
    const sections = out.match(/^[A-Z][a-z ]+$/gm) ?? [];
    expect(sections.filter((title) => title !== 'Asked for by')).toEqual([
      'Why',
      'What fires',
      'Modes',
      'How to fix it',
      'How to configure it',
      'How to exempt from it',
      'Fires on',
      'Is silent on',
      'See',
    ]);
    expect(out).not.toMatch(/undefined|\[object/);
  });

  it('finds the documentation of a control in the file with its name', () => {
    const files = readdirSync(new URL('../../shared/controls/', import.meta.url));
    expect(CONTROLS.filter(({ id }) => !files.includes(`${id}.ts`))).toEqual([]);
  });
});

describe('portcullis policy', () => {
  it('accepts a valid policy', async () => {
    expect(await cli(['policy', 'check', GUARD])).toMatchObject({ code: 0, out: expect.stringContaining('no errors') });
  });

  it('lists every error, one per line with its place', async () => {
    const bad = file('bad.yaml', 'version: 1\npreset: gard\ncontrols:\n  world-open-admn: alert\n');
    const { code, out, err } = await cli(['policy', 'check', bad]);
    expect([code, out]).toEqual([2, '']);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${bad}:2: `),
      expect.stringContaining(`${bad}:4: `),
    ]);
    expect((await cli(['scan', '-', '--policy', bad], '[]')).err).toBe(err);
  });

  it('shows the compiled policy as JSON', async () => {
    const { code, out } = await cli(['policy', 'show', GUARD]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      preset: 'guard',
      controls: { 'world-open-admin': { fresh: 'enforce' } },
    });
  });

  it('decides which controls run', async () => {
    const off = file('off.yaml', 'version: 1\ncontrols: {world-open-admin: off, world-open-other: off}\n');
    const input = JSON.stringify([group([permission('tcp', 22, '0.0.0.0/0')])]);
    expect((await cli(['scan', '-', '--policy', off], input)).code).toBe(0);
    expect((await cli(['scan', '-', '--policy', GUARD], input)).code).toBe(1);
  });

  it('is the one in the folder, otherwise the one as shipped', async () => {
    expect((await cli(['scan', '-'], '[]')).out).toMatch(/Policy: preset \w+, portcullis\.yaml\./);
    const here = process.cwd();
    process.chdir('/');
    try {
      expect((await cli(['scan', '-'], '[]')).out).toContain('Policy: preset guard, as shipped.');
    } finally {
      process.chdir(here);
    }
  });
});

describe('colour', () => {
  it.each([
    [true, true, {}],
    [false, false, {}],
    [false, true, { NO_COLOR: '1' }],
    [true, true, { NO_COLOR: '' }],
    [false, true, { TERM: 'dumb' }],
  ])('is %s on a terminal: %s, with %o', (expected, isTerminal, environment) => {
    expect(wantsColour(environment, isTerminal)).toBe(expected);
  });

  it('marks text only on a terminal that shows colours', () => {
    expect(paintFor({ colour: true })('bad', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(paintFor({ colour: false })('bad', 'x')).toBe('x');
  });
});
