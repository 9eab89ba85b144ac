import { describe, expect, it } from 'vitest';
import { burstHeadline, burstListings } from '../../../shared/notifications/compose/summaries.ts';
import { gist } from '../../contract/ledger/samples.ts';

const GISTS = [
  gist(1, { severity: 'low', status: 'reported', control: 'naming' }),
  gist(2, { actor: 'bob' }),
  gist(3, { status: 'failed', rules: 2 }),
  gist(4, { rules: 3 }),
  gist(5, { severity: 'medium', region: 'us-east-1' }),
];

const { actor: _, ...nobodys } = gist(6, { severity: 'low' });

describe('the text of an alert burst', () => {
  it('counts outcomes by status, the most urgent first', () => {
    expect(burstHeadline(GISTS)).toBe('5 outcomes in one message: 1 NOT CLOSED; 1 open, only told; 3 closed');
  });

  it('counts by actor, control and account, and lists all of up to ten outcomes', () => {
    expect(burstListings([...GISTS, nobodys])).toEqual([
      {
        title: 'By actor',
        lines: [
          'ann@example.com: 4 (1 NOT CLOSED; 1 open, only told; 2 closed)',
          'bob: 1 (1 closed)',
          'unknown: 1 (1 closed)',
        ],
      },
      {
        title: 'By control',
        lines: ['world-open-admin: 5 (1 NOT CLOSED; 4 closed)', 'naming: 1 (1 open, only told)'],
      },
      {
        title: 'By account',
        lines: [
          '111122223333, eu-central-1: 5 (1 NOT CLOSED; 1 open, only told; 3 closed)',
          '111122223333, us-east-1: 1 (1 closed)',
        ],
      },
      {
        title: 'Each',
        lines: [
          expect.stringMatching(/^high: sg-0*3 \(web\), eu-central-1: world-open-admin, 2 rules NOT CLOSED, by ann@/),
          expect.stringMatching(/^high: sg-0*4 .* 3 rules closed, by ann@example\.com, R{25}4$/),
          expect.stringMatching(/^high: sg-0*2 .* 1 rule closed, by bob/),
          expect.stringMatching(/^medium: sg-0*5 .*us-east-1/),
          expect.stringMatching(/^low: sg-0*1 .* open, only told/),
          expect.stringMatching(/^low: sg-0*6 .* 1 rule closed, by unknown/),
        ],
      },
    ]);
  });

  it('lists an outcome that needs a person before ten closed openings of higher severity', () => {
    const flood = Array.from({ length: 20 }, (_one, number) => gist(number, { severity: 'high', rules: 60 }));
    const calls = [
      gist(97, { severity: 'low', status: 'pending' }),
      gist(98, { severity: 'medium', status: 'failed' }),
    ];
    const worst = burstListings([...flood, gist(99, { status: 'reported' }), ...calls]).at(-1);
    expect(worst?.lines.slice(0, 4).map((line) => Number(/sg-(\d+)/.exec(line)?.[1]))).toEqual([98, 97, 99, 0]);
  });

  it('names the ten worst of 1,000', () => {
    const many = Array.from({ length: 1000 }, (_one, number) =>
      gist(number, { severity: number % 100 === 99 ? 'high' : 'low' }),
    );
    const worst = burstListings(many).at(-1);
    expect(worst?.title).toBe('The 10 worst');
    expect(worst?.lines.map((line) => Number(/sg-(\d+)/.exec(line)?.[1]))).toEqual([
      99, 199, 299, 399, 499, 599, 699, 799, 899, 999,
    ]);
  });
});
