import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cli } from '../cli/command-line.ts';

const EVENTS = readdirSync('events').filter((file) => file.startsWith('cloudtrail.'));

async function simulate(file: string): Promise<string> {
  const { code, out, err } = await cli(['simulate', `events/${file}`]);
  return `${out}${err}exit code ${code}\n`;
}

describe('each sample event', () => {
  it.each(EVENTS)('%s is simulated as its golden file says', async (file) => {
    await expect(await simulate(file)).toMatchFileSnapshot(`events/${file.replace(/\.json$/, '.txt')}`);
  });

  it('covers every kind of change', () => {
    expect(EVENTS.length).toBeGreaterThanOrEqual(13);
  });
});
