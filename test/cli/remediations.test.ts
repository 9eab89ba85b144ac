import { describe, expect, it } from 'vitest';
import type { RemediationLine } from '../../shared/model/command.ts';
import { fakeCell, fault, ID } from './fake-cell.ts';

const LINE: RemediationLine = {
  id: ID,
  at: Date.parse('2026-01-02T03:04:05Z'),
  status: 'done',
  groupId: 'sg-0aaaaaaaaaaaaaaa1',
  groupName: 'shop-web',
  region: 'eu-west-1',
  controls: ['world-open-admin', 'world-open-other'],
  rules: ['sgr-1 ingress tcp 22 from 0.0.0.0/0'],
  actor: 'alice@example.com',
};

const cell = fakeCell();

describe('portcullis remediations', () => {
  it('lists them with the ids to use, and what can be done with those', async () => {
    cell.answers({ kind: 'remediations', lines: [LINE] });
    const { code, out, err } = await cell.run('remediations');
    expect([code, err, out.split('\n')]).toEqual([
      0,
      '',
      [
        `${ID}  2026-01-02T03:04Z  done`,
        '  shop-web (sg-0aaaaaaaaaaaaaaa1) in eu-west-1  by alice@example.com',
        '  world-open-admin, world-open-other',
        '  sgr-1 ingress tcp 22 from 0.0.0.0/0',
        'portcullis restore ID --reason … puts back what one removed.',
        '',
      ],
    ]);
    expect(cell.asked).toEqual([{ do: 'list', what: 'remediations', most: 20 }]);
  });

  it.each(['pending', 'held'] as const)('lists only those that are %s, as many as asked for', async (status) => {
    const { actor: _, ...nobody } = LINE;
    cell.answers({ kind: 'remediations', lines: [{ ...nobody, status, groupName: '', controls: [] }] });
    const { out } = await cell.run('remediations', `--${status}`, '--most', '7');
    expect(out).toContain(`  ${status}\n  sg-0aaaaaaaaaaaaaaa1 in eu-west-1\n  sgr-1`);
    expect(out).toContain(status === 'pending' ? 'portcullis approve ID' : 'portcullis resume --reason');
    expect(cell.asked).toEqual([{ do: 'list', what: status, most: 7 }]);
  });

  it('says that there are none', async () => {
    cell.answers({ kind: 'remediations', lines: [] });
    expect(await cell.run('remediations')).toEqual({ code: 0, err: '', out: 'There are none.\n' });
  });

  it('gives everything as JSON', async () => {
    const result = { kind: 'remediations', lines: [{ ...LINE, groupName: 'a\u202eb\u009b' }] } as const;
    cell.answers(result);
    const { out } = await cell.run('remediations', '--format', 'json');
    expect(JSON.parse(out)).toEqual(result);
    expect(out).toContain(String.raw`"a\u202eb\u009b"`);
  });

  it('obeys no escape sequence in what strangers wrote', async () => {
    const bad = '\u001b[31mred\u202e\nnext';
    const line = { ...LINE, groupName: bad, actor: bad, rules: [bad], controls: [bad], status: bad };
    cell.answers({ kind: 'remediations', lines: [line] });
    const { out } = await cell.run('remediations');
    expect(out).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(out.split('\n')).toHaveLength(5);
  });

  it.each([
    ['--pending and --held: give one of them', ['--pending', '--held']],
    ['--most "0": expected a whole number from 1 to 500', ['--most', '0']],
    ['--most "501": expected', ['--most', '501']],
    ['--most "many": expected', ['--most', 'many']],
  ])('asks nothing where it is used wrongly: %s', async (message, argv) => {
    expect(await cell.tries('remediations', ...argv)).toEqual(fault(message));
  });
});
