import { describe, expect, it } from 'vitest';
import { ALICE, fakeCell, fault, ID } from '../fake-cell.ts';

const cell = fakeCell();
const AT = Date.parse('2026-01-02T03:04:05Z');

describe('portcullis acknowledge', () => {
  it('notifies people, and says so', async () => {
    cell.answers({ kind: 'acknowledged', first: true, by: ALICE, at: AT });
    const { code, out } = await cell.run('acknowledge', ID, '--reason', 'seen');
    expect([code, out]).toEqual([0, 'Acknowledged by alice@example.com.\n']);
    expect(cell.asked).toEqual([{ do: 'acknowledge', id: ID, by: ALICE, reason: 'seen' }]);
  });

  it('names the first person who acknowledged', async () => {
    cell.answers({ kind: 'acknowledged', first: false, by: { name: 'bob', through: 'button' }, at: AT });
    const { code, out } = await cell.run('acknowledge', ID, '--reason', 'seen');
    expect([code, out]).toEqual([0, 'It was acknowledged by bob on 2026-01-02T03:04Z.\n']);
  });

  it('needs an id and a reason', async () => {
    expect(await cell.tries('acknowledge', '--reason', 'seen')).toEqual(fault('the id of a remediation is needed'));
    expect(await cell.tries('acknowledge', ID)).toEqual(fault('--reason is needed'));
  });
});
