import { describe, expect, it } from 'vitest';
import type { RemediationSummary } from '../../../shared/domain/command.ts';
import { fakeCell, fault, ID } from '../fake-cell.ts';

const LINE: RemediationSummary = {
  id: ID,
  at: Date.parse('2026-01-02T03:04:05Z'),
  status: 'done',
  groupId: 'sg-0aaaaaaaaaaaaaaa1',
  groupName: 'shop-web',
  region: 'eu-west-1',
  controls: ['world-open-admin', 'world-open-other'],
  rules: ['sgr-1 ingress tcp 22 from 0.0.0.0/0'],
  actor: 'alice@example.com',
  events: [],
};

const cell = fakeCell();

describe('portcullis remediations', () => {
  it('lists them with their ids and the commands that take them', async () => {
    cell.answers({ kind: 'remediations', lines: [LINE] });
    const { code, out, err } = await cell.run('remediations');
    expect([code, err, out.split('\n')]).toEqual([
      0,
      '',
      [
        `${ID}  2026-01-02T03:04Z  closed`,
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
    expect(out).toMatch(new RegExp(`  ${status}: .*\\n  sg-0aaaaaaaaaaaaaaa1 in eu-west-1\\n  sgr-1`));
    expect(out).toContain(status === 'pending' ? 'portcullis approve ID' : 'portcullis resume --reason');
    expect(cell.asked).toEqual([{ do: 'list', what: status, most: 7 }]);
  });

  it('shows the status of each', async () => {
    const at = LINE.at + 60_000;
    const until = LINE.at + 86_400_000;
    const by = 'bob';
    const lines: readonly RemediationSummary[] = [
      {
        ...LINE,
        events: [
          { what: 'acknowledged', by, at },
          { what: 'restored', by, at, rules: 1, refused: 1, exemptUntil: until, owner: 'web' },
          { what: 'exempt', by, at, exemptUntil: until, owner: 'web' },
        ],
      },
      { ...LINE, status: 'released', events: [{ what: 'approved', by, at, as: ID }] },
      { ...LINE, events: [{ what: 'approved', by, at, from: ID }] },
      { ...LINE, status: 'declined', events: [{ what: 'declined', by, at }] },
      { ...LINE, status: 'failed', fault: 'RevokeSecurityGroupIngress failed' },
      { ...LINE, status: 'reported', events: [{ what: 'narrowed', by, at, rules: 2, refused: 0 }] },
    ];
    cell.answers({ kind: 'remediations', lines });
    const { out } = await cell.run('remediations');
    const told = out.split('\n').filter((line) => /^(?!  (?:shop-web|world|sgr))(?!portcullis)./.test(line));
    expect(told).toEqual([
      `${ID}  2026-01-02T03:04Z  closed`,
      '  acknowledged: by bob, 2026-01-02T03:05Z',
      '  restored 1 rule, 1 refused, exempt until 2026-01-03T03:04Z (owner web): by bob, 2026-01-02T03:05Z',
      '  exempt until 2026-01-03T03:04Z (owner web): by bob, 2026-01-02T03:05Z',
      `${ID}  2026-01-02T03:04Z  approved`,
      `  approved as ${ID}: by bob, 2026-01-02T03:05Z`,
      `${ID}  2026-01-02T03:04Z  closed`,
      `  approved in ${ID}: by bob, 2026-01-02T03:05Z`,
      `${ID}  2026-01-02T03:04Z  declined`,
      '  declined: by bob, 2026-01-02T03:05Z',
      `${ID}  2026-01-02T03:04Z  failed: its rules are still open`,
      '  failed because: RevokeSecurityGroupIngress failed',
      `${ID}  2026-01-02T03:04Z  reported, nothing was closed`,
      '  narrowed 2 rules: by bob, 2026-01-02T03:05Z',
    ]);
  });

  it('prints that there are none', async () => {
    cell.answers({ kind: 'remediations', lines: [] });
    expect(await cell.run('remediations')).toEqual({ code: 0, err: '', out: 'There are none.\n' });
  });

  it('prints everything as JSON', async () => {
    const result = { kind: 'remediations', lines: [{ ...LINE, groupName: 'a\u202eb\u009b' }] } as const;
    cell.answers(result);
    const { out } = await cell.run('remediations', '--format', 'json');
    expect(JSON.parse(out)).toEqual({
      ...result,
      lines: result.lines.map((one) => ({ ...one, at: '2026-01-02T03:04:05.000Z' })),
    });
    expect(out).toContain(String.raw`"a\u202eb\u009b"`);
  });

  it('prints no escape sequence of untrusted text', async () => {
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
