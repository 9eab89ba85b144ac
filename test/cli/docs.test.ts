import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../cli/command.ts';
import { COMMANDS } from '../../cli/commands/registry.ts';

const ROOT = new URL('../../', import.meta.url);

const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(new URL('docs/', ROOT)).map((name) => `docs/${name}`)];

/**
 * Commands as pages write them: `portcullis NAME …` in code, up to the end of the code or the start of a
 * comment.
 */
function commandsIn(page: string): readonly string[] {
  const text = readFileSync(new URL(page, ROOT), 'utf8');
  return [...text.matchAll(/(?:`|^|npx )portcullis ([a-z][^`\n#|]*)/gm)].map(([, command = '']) => command.trim());
}

/** What is wrong with a command; undefined if the command line understands its name and options. */
function problemOf(written: string): string | undefined {
  const [name = '', ...words] = written.split(/\s+/);
  if (name === 'help') return undefined;
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) return `${written}: there is no command ${name}`;
  const options = Object.keys(optionsOf(command));
  const unknown = words
    .flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? [])
    .find((option) => !options.includes(option));
  return unknown === undefined ? undefined : `${written}: ${name} has no option --${unknown}`;
}

describe('the documentation', () => {
  it('names only commands and options that exist', () => {
    expect(PAGES.flatMap((page) => commandsIn(page).flatMap((one) => problemOf(one) ?? []))).toEqual([]);
  });

  it('names every command at least once', () => {
    const named = new Set(PAGES.flatMap((page) => commandsIn(page).map((one) => one.split(/\s+/)[0])));
    expect(COMMANDS.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(['scna FILE', 'scan --proflie x'])('would be refused for %s', (planted) => {
    expect(problemOf(planted)).toEqual(expect.any(String));
  });
});
