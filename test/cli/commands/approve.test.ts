import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../shared/domain/command.ts';
import { ALICE, fakeCell, fault, ID } from '../fake-cell.ts';

const AT = Date.parse('2026-01-02T03:04:05Z');
const BOB = { name: 'bob', through: 'button' } as const;

const cell = fakeCell();
const REASON = ['--reason', 'seen'];

function answered(more: Partial<Extract<CommandResult, { kind: 'answered' }>>): CommandResult {
  return {
    kind: 'answered',
    verdict: 'released',
    first: true,
    by: ALICE,
    at: AT,
    ...more,
  };
}

describe('portcullis approve and decline', () => {
  it('approves a pending remediation, and says what happens next', async () => {
    cell.answers(answered({}));
    const { code, out } = await cell.run('approve', ID, ...REASON);
    expect([code, out]).toEqual([
      0,
      'Approved by alice@example.com.\nIt is looked at again now: what has not changed since is closed. portcullis remediations tells.\n',
    ]);
    expect(cell.asked).toEqual([{ do: 'approve', id: ID, by: ALICE, reason: 'seen' }]);
  });

  it('declines a pending remediation', async () => {
    cell.answers(answered({ verdict: 'declined' }));
    const { code, out } = await cell.run('decline', ID, ...REASON);
    expect([code, out]).toEqual([0, 'Declined by alice@example.com.\nIt stays as it is.\n']);
    expect(cell.asked).toMatchObject([{ do: 'decline' }]);
  });

  it.each([
    ['approve', 'declined', 1],
    ['approve', 'released', 0],
    ['decline', 'released', 1],
    ['decline', 'declined', 0],
  ] as const)('%s ends after an earlier answer, %s, with %i: that one stands', async (command, verdict, expected) => {
    cell.answers(answered({ verdict, first: false, by: BOB }));
    const { code, out } = await cell.run(command, ID, ...REASON);
    expect([code, out]).toEqual([
      expected,
      `It was ${verdict === 'released' ? 'approved' : verdict} by bob on 2026-01-02T03:04Z: the first answer stands.\n`,
    ]);
  });

  it('prints the steps of a migration, and what blocks it', async () => {
    const migrated = { kind: 'migrated', replacement: 'sg-2', steps: ['attached eni-1'] } as const;
    cell.answers({ ...migrated, open: ['eni-2: RDS owns it'], remarks: ['new instances get sg-2'] });
    const stopped = await cell.run('approve', ID, ...REASON);
    expect([stopped.code, stopped.out.split('\n')]).toEqual([
      0,
      [
        'sg-2 stands in for the default group.',
        '  attached eni-1',
        'Still in the way:',
        '  eni-2: RDS owns it',
        'Note: new instances get sg-2.',
        '',
      ],
    ]);
    cell.answers({ kind: 'migrated', steps: [], open: [], remarks: [] });
    expect((await cell.run('approve', ID, ...REASON)).out).toBe(
      'Nothing used the default group.\nIt is looked at again now, to be stripped.\n',
    );
  });

  it.each(['approve', 'decline', 'roll-back'])('%s needs an id and a reason', async (command) => {
    expect(await cell.tries(command, ...REASON)).toEqual(fault('the id of a remediation is needed'));
    expect(await cell.tries(command, ID)).toEqual(fault('--reason is needed'));
  });
});

describe('portcullis resume', () => {
  it('resets the budget, and counts the held remediations', async () => {
    cell.answers({ kind: 'resumed', released: 2 });
    const { code, out } = await cell.run('resume', ...REASON);
    expect([code, out]).toEqual([0, 'The budget starts anew.\n2 held remediations looked at again.\n']);
    expect(cell.asked).toEqual([{ do: 'resume-budget', by: ALICE, reason: 'seen' }]);
  });

  it('needs a reason and nothing else', async () => {
    expect(await cell.tries('resume')).toEqual(fault('--reason is needed'));
    expect(await cell.tries('resume', ID, ...REASON)).toEqual(fault('is one argument too many'));
  });
});

describe('portcullis roll-back', () => {
  it('rolls a migration back, step by step', async () => {
    cell.answers({ kind: 'rolled-back', steps: ['attached the default group to eni-1', 'deleted sg-2'] });
    const { code, out } = await cell.run('roll-back', ID, ...REASON);
    expect([code, out]).toEqual([0, 'Rolled back.\n  attached the default group to eni-1\n  deleted sg-2\n']);
    expect(cell.asked).toEqual([{ do: 'roll-back', id: ID, by: ALICE, reason: 'seen' }]);
  });
});
