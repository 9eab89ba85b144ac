import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Spool } from '../../../../cli/commands/scan/finding-spool.ts';

interface Value {
  readonly key: number;
  readonly text: string;
}

function byKey(a: Value, b: Value): number {
  return a.key - b.key;
}

async function spooled(values: readonly Value[], most: number) {
  const spool = new Spool<Value>(byKey, most);
  for (const value of values) spool.add(value, 1);
  return await Array.fromAsync(spool.inOrder());
}

const values = fc.array(fc.record({ key: fc.nat(5), text: fc.string({ unit: 'binary' }) }), { maxLength: 60 });

function leftovers() {
  return readdirSync(tmpdir()).filter((name) => /^portcullis-.{6}$/.test(name));
}

describe('a spool', () => {
  it('returns values in stable order, however few fit in memory', async () => {
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 1, max: 70 }), async (all, most) => {
        expect(await spooled(all, most)).toEqual(all.toSorted(byKey));
      }),
    );
  });

  it('preserves line breaks and special characters', async () => {
    const text = '\u2028 "\n\r\\ \ud800 \u0000';
    expect(
      await spooled(
        [
          { key: 1, text },
          { key: 0, text },
        ],
        1,
      ),
    ).toEqual([
      { key: 0, text },
      { key: 1, text },
    ]);
  });

  it('leaves no file behind, read or not', async () => {
    const before = leftovers();
    const spool = new Spool<Value>(byKey, 1);
    for (const key of [3, 1, 2]) spool.add({ key, text: '' }, 1);
    expect(leftovers()).toEqual(before);
    for await (const { key } of spool.inOrder()) if (key === 2) break;
    spool.close();
    expect(leftovers()).toEqual(before);
  });
});
