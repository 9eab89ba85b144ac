import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../cli/command.ts';
import { COMMANDS as COMMAND_LIST } from '../../cli/commands/registry.ts';
import type { CommandResult } from '../../shared/domain/command.ts';
import { ALICE, fakeCell, fault, ID } from './fake-cell.ts';

const cell = fakeCell();

const ANSWER: CommandResult = { kind: 'acknowledged', first: true, by: ALICE, at: 0 };

const REASON = ['--reason', 'a test'];

const TERMS = ['--days', '3', '--owner', 'web'];

const COMMANDS = [
  ['approve', ID],
  ['decline', ID],
  ['acknowledge', ID],
  ['resume'],
  ['exempt', 'add', '--group', 'sg-0aaaaaaaaaaaaaaa1', ...TERMS],
  ['exempt', 'renew', ID, '--days', '3'],
  ['exempt', 'revoke', ID],
];

describe('--dry-run', () => {
  it.each(COMMANDS)('is asked of the cell, and said: %s %s', async (...argv) => {
    cell.answers(ANSWER);
    const { out } = await cell.run(...argv, ...REASON, '--dry-run');
    expect(cell.asked).toMatchObject([{ dryRun: true }]);
    expect(out).toBe(
      'Dry run: nothing was changed. Without --dry-run the answer would be:\nAcknowledged by alice@example.com.\n',
    );
  });

  it.each(COMMANDS)('is in the JSON, and nowhere without the option: %s %s', async (...argv) => {
    cell.answers(ANSWER);
    const dry = await cell.run(...argv, ...REASON, '--dry-run', '--format', 'json');
    const answer = { ...ANSWER, at: '1970-01-01T00:00:00.000Z' };
    expect(JSON.parse(dry.out)).toEqual({ ...answer, dryRun: true });
    const real = await cell.run(...argv, ...REASON, '--format', 'json');
    expect(JSON.parse(real.out)).toEqual(answer);
    expect(cell.asked.map((command) => 'dryRun' in command)).toEqual([true, false]);
  });

  it('is refused for a list', async () => {
    expect(await cell.tries('exempt', 'list', '--dry-run')).toEqual(fault('exempt list does not take --dry-run'));
  });

  it('is an option of every command that changes something, or the help says why not', () => {
    const changing = COMMAND_LIST.filter(({ options }) => 'reason' in options);
    expect(changing.length).toBeGreaterThan(7);
    for (const command of changing)
      expect('dry-run' in optionsOf(command) || command.details.includes('There is no --dry-run')).toBe(true);
  });

  it('does not write the parameter of break-glass', async () => {
    const { code, out } = await cell.run('break-glass', '--mode', 'off', '--for', '1h', ...REASON, '--dry-run');
    expect([code, out]).toEqual([0, expect.stringContaining('nothing was changed')]);
    expect(out).toMatch(/\/portcullis\/Portcullis\/switch would be written: mode off until \S+Z, reason: a test\./);
    expect(cell.local().calls.filter(({ operation }) => operation === 'PutParameter')).toEqual([]);
  });
});
