import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../../cli/run.ts';

const EVENTS = readdirSync('events').filter((file) => file.startsWith('cloudtrail.'));

const simulate = async (file: string): Promise<string> => {
  const lines: string[] = [];
  const write = (text: string) => void lines.push(text);
  const code = await run(['simulate', `events/${file}`], { out: write, err: write, colour: false, stdin: async () => new Uint8Array() });
  return `${lines.join('')}exit code ${code}\n`;
};

describe('each sample event', () => {
  it.each(EVENTS)('%s is simulated as it was read and found right', async (file) => {
    await expect(await simulate(file)).toMatchFileSnapshot(`events/${file.replace(/\.json$/, '.txt')}`);
  });

  it('covers every kind of change there is an event for', () => {
    expect(EVENTS.length).toBeGreaterThanOrEqual(13);
  });
});
