import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inputBytes } from '../../../cli/input/input-bytes.ts';
import { isJsonLines, jsonLines, readWhole } from '../../../cli/input/json-lines.ts';
import { parseInput } from '../../../cli/input/read-input.ts';
import { processSurroundings } from '../../../cli/terminal.ts';
import { cliThen as cli, file, GUARD, group, permission } from '../command-line.ts';

function id(index: number): string {
  return `sg-${index.toString(16).padStart(17, '0')}`;
}

/** Groups with a finding each; every hundredth has a bad one. */
function groups(count: number) {
  return Array.from({ length: count }, (_, index) =>
    group([permission('tcp', index % 100 === 0 ? 22 : 8080, '0.0.0.0/0')], {
      GroupId: id(index),
      GroupName: `group-${String(index).padStart(6, '0')}`,
    }),
  );
}

function lines(all: readonly unknown[]): string {
  return all.map((one) => `${JSON.stringify(one)}\n`).join('');
}

function terminal(chunks: readonly Uint8Array[]) {
  return {
    out: () => {},
    err: () => {},
    colour: false,
    stdin: async function* () {
      yield* chunks;
    },
    ...processSurroundings,
    stopped: async () => {},
  };
}

function chunked(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

describe('standard input', () => {
  const text = lines(groups(50));

  it.each([
    ['in memory', Buffer.from(text), 1e6],
    ['in a temporary file', Buffer.from(text), 100],
    ['packed, in a temporary file', gzipSync(text), 10],
  ])('can be read again and again %s', async (_where, bytes, mostHeld) => {
    const input = await inputBytes('-', terminal(chunked(bytes, 64)), mostHeld);
    try {
      expect(await isJsonLines(input)).toBe(true);
      for (let walk = 0; walk < 2; walk += 1) {
        const values = await Array.fromAsync(jsonLines(input, parseInput));
        expect(values.map(({ json }) => json)).toEqual(groups(50));
        expect(values[7]?.name).toBe('stdin:8');
      }
      expect((await readWhole(input)).json).toEqual(groups(50));
    } finally {
      input.close();
    }
  });

  it('gives the same report as a file of the same lines', async () => {
    const fromFile = await cli(['scan', file('same.jsonl', text), '--policy', GUARD, '--format', 'json']);
    expect(await cli(['scan', '-', '--policy', GUARD, '--format', 'json'], text)).toEqual(fromFile);
    expect(JSON.parse(fromFile.out)).toMatchObject({ groups: 50, errors: [] });
  });

  it('is one value if it has a single line or an incomplete first line', async () => {
    for (const one of [JSON.stringify(groups(3)), JSON.stringify(groups(3), undefined, 2), '', '\n'])
      expect(await isJsonLines(await inputBytes('-', terminal([Buffer.from(one)])))).toBe(false);
  });
});

describe('a packed file', () => {
  it('that is truncated is refused with one line', async () => {
    const whole = gzipSync(lines(groups(400)));
    const { code, out, err } = await cli([
      'scan',
      file('cut.jsonl.gz', whole.subarray(0, whole.length - 20)),
      '--policy',
      GUARD,
    ]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^portcullis: [^\n]*cut\.jsonl\.gz: the gzip file is broken\n$/);
  });
});

describe('a scan of very many groups', () => {
  const many = groups(1500);

  it('shows the thousand worst groups in full and counts the rest by control', async () => {
    const { code, out } = await cli(['scan', '-', '--policy', GUARD], lines(many));
    expect(code).toBe(1);
    const shown = out.split('\n').filter((line) => line.startsWith('group-'));
    expect(shown).toHaveLength(1000);
    expect(shown.slice(0, 16).map((line) => line.slice(0, 12))).toEqual([
      ...Array.from({ length: 15 }, (_, index) => `group-${String(index * 100).padStart(6, '0')}`),
      'group-000001',
    ]);
    expect(out).toContain(
      '… and 500 findings more in 500 groups, none worse than these: --format json has all\n  world-open-other  500\n',
    );
    expect(out).toContain('1500 findings (15 high, 1485 medium) in 1500 of 1500 groups with 1500 rules.');
  });

  it('prints all of them as JSON, the worst first, in any order of the input', async () => {
    const there = await cli(['scan', '-', '--policy', GUARD, '--format', 'json'], lines(many));
    const back = await cli(['scan', '-', '--policy', GUARD, '--format', 'json'], lines(many.toReversed()));
    expect(back).toEqual(there);
    const { findings } = JSON.parse(there.out);
    expect(findings).toHaveLength(1500);
    expect(findings.slice(0, 15).every(({ severity }: { severity: string }) => severity === 'high')).toBe(true);
  });
});
