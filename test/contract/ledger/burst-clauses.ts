import { expect } from 'vitest';
import type { AlertBursts, DigestEntry } from '../../../shared/domain/notification.ts';
import type { Clause } from './clause.ts';
import { DAY, gist, MINUTE, START } from './samples.ts';

/** When a minute that begins at `START` is over: its end and two minutes more. */
const OVER = 3 * MINUTE;

async function admitAll(bursts: AlertBursts, gists: readonly DigestEntry[], perMinute: number) {
  return await Promise.all(gists.map(async (one) => await bursts.admit(one, perMinute)));
}

function numbers(from: number, count: number) {
  return Array.from({ length: count }, (_, index) => from + index);
}

function idsIn(bursts: readonly { readonly gists: readonly DigestEntry[] }[]) {
  return bursts.flatMap(({ gists }) => gists.map(({ id }) => id)).toSorted();
}

/** What bursts keep from people, and what they do not. */
export const stormClauses: readonly Clause[] = [
  {
    says: 'so many outcomes of a minute are told alone, the others are gathered whole',
    async check({ open, clock }) {
      const answers = [];
      for (const number of numbers(1, 5)) answers.push(await open().bursts.admit(gist(number), 3));
      expect(answers).toEqual(['alone', 'alone', 'alone', 'gathered', 'gathered']);
      clock.time += OVER;
      expect(await open().bursts.finished()).toEqual([
        { minute: START, closedAt: START + OVER, gists: [gist(4), gist(5)] },
      ]);
    },
  },
  {
    says: 'what calls people has as much room of its own, which a flood of what does not cannot take',
    async check({ open, clock }) {
      const flood = numbers(1, 5).map((number) => gist(number));
      await admitAll(open().bursts, flood, 2);
      const calls = [gist(6, { status: 'failed' }), gist(7, { status: 'pending' }), gist(8, { status: 'failed' })];
      const answers = [];
      for (const call of [...calls, ...calls]) answers.push(await open().bursts.admit(call, 2));
      expect(answers).toEqual(['alone', 'alone', 'gathered', 'alone', 'alone', 'gathered']);
      clock.time += OVER;
      expect(idsIn(await open().bursts.finished())).toHaveLength(4);
    },
  },
  {
    says: 'each minute has room of its own',
    async check({ open, clock }) {
      await admitAll(
        open().bursts,
        numbers(1, 3).map((number) => gist(number)),
        2,
      );
      clock.time += MINUTE;
      const later = numbers(11, 3).map((number) => gist(number, { at: START + MINUTE }));
      const answers = await admitAll(open().bursts, later, 2);
      expect(answers.toSorted()).toEqual(['alone', 'alone', 'gathered']);
      clock.time += OVER;
      expect((await open().bursts.finished()).map(({ minute }) => minute)).toEqual([START, START + MINUTE]);
    },
  },
  {
    says: 'the same time of another day, month or year is another minute',
    async check({ open, clock }) {
      const days = [0, 1, 31, 365];
      for (const day of days) {
        clock.time = START + day * DAY;
        const own = numbers(1, 2).map((number) => gist(1000 * day + number, { at: clock.time }));
        const answers = [];
        for (const one of own) answers.push(await open().bursts.admit(one, 1));
        expect(answers).toEqual(['alone', 'gathered']);
        clock.time += OVER;
        expect(await open().bursts.finished()).toEqual([
          { minute: START + day * DAY, closedAt: clock.time, gists: own.slice(1) },
        ]);
        await open().bursts.remove({ minute: START + day * DAY, closedAt: clock.time, gists: [] });
      }
    },
  },
  {
    says: 'the same outcome gets the same answer, and is gathered once, in its minute and when that is over',
    async check({ open, clock }) {
      const all = numbers(1, 4).map((number) => gist(number));
      const first = await admitAll(open().bursts, all, 2);
      expect(await admitAll(open().bursts, all, 2)).toEqual(first);
      clock.time += OVER;
      expect(await admitAll(open().bursts, all, 2)).toEqual(first);
      const [storm] = await open().bursts.finished();
      expect(storm?.gists).toHaveLength(2);
      expect(await admitAll(open().bursts, all, 2)).toEqual(first);
      await open().bursts.remove({ minute: START, closedAt: clock.time, gists: [] });
      clock.time += DAY;
      expect(await admitAll(open().bursts, all, 2)).toEqual(first);
      clock.time += OVER;
      expect(await open().bursts.finished()).toEqual([]);
    },
  },
  {
    says: 'a plan that is done after it was held is another outcome',
    async check({ open }) {
      expect(await open().bursts.admit(gist(1, { status: 'held' }), 1)).toBe('alone');
      expect(await open().bursts.admit(gist(1, { status: 'done' }), 1)).toBe('gathered');
    },
  },
  {
    says: 'a minute is over two minutes after its end, and not before',
    async check({ open, clock }) {
      await admitAll(open().bursts, [gist(1), gist(2)], 1);
      clock.time += OVER - 1;
      expect(await open().bursts.finished()).toEqual([]);
      clock.time += 1;
      expect(await open().bursts.finished()).toHaveLength(1);
    },
  },
  {
    says: 'a minute that gathered nothing is no storm',
    async check({ open, clock }) {
      await open().bursts.admit(gist(1), 1);
      clock.time += OVER;
      expect(await open().bursts.finished()).toEqual([]);
      expect(await open().bursts.finished()).toEqual([]);
    },
  },
  {
    says: 'a storm comes again, the same, until it is told',
    async check({ open, clock }) {
      await admitAll(open().bursts, [gist(1), gist(2), gist(3)], 1);
      clock.time += OVER;
      const first = await open().bursts.finished();
      clock.time += MINUTE;
      expect(await open().bursts.finished()).toEqual(first);
      for (const storm of first) await open().bursts.remove(storm);
      expect(await open().bursts.finished()).toEqual([]);
    },
  },
  {
    says: 'an outcome whose minute is over counts in the present one, and so does its retry',
    async check({ open, clock }) {
      await admitAll(open().bursts, [gist(1), gist(2)], 1);
      clock.time += OVER + 10 * MINUTE;
      const [storm] = await open().bursts.finished();
      const late = [gist(3), gist(4)];
      const answers = [];
      for (const one of late) answers.push(await open().bursts.admit(one, 1));
      expect(answers).toEqual(['alone', 'gathered']);
      expect(await open().bursts.finished()).toEqual([storm]);
      clock.time += OVER;
      expect(await admitAll(open().bursts, late, 1)).toEqual(answers);
      expect(idsIn(await open().bursts.finished())).toEqual(idsIn([{ gists: [gist(2), gist(4)] }]));
    },
  },
  {
    says: 'minutes that are closed together say so, and later ones are told apart from them',
    async check({ open, clock }) {
      await admitAll(open().bursts, [gist(1), gist(2)], 1);
      clock.time += MINUTE;
      await admitAll(open().bursts, [gist(3, { at: clock.time }), gist(4, { at: clock.time })], 1);
      clock.time += OVER;
      const together = await open().bursts.finished();
      expect(new Set(together.map(({ closedAt }) => closedAt)).size).toBe(1);
      await admitAll(open().bursts, [gist(5, { at: clock.time }), gist(6, { at: clock.time })], 1);
      clock.time += OVER;
      const [first, second, third] = await open().bursts.finished();
      expect([first, second]).toEqual(together);
      expect(third?.closedAt).toBe(clock.time);
    },
  },
  {
    says: 'of 1,000 outcomes at once exactly so many are told alone, and none is lost',
    async check({ open, clock }) {
      const all = numbers(1, 1000).map((number) => gist(number));
      const answers = await admitAll(open().bursts, all, 10);
      expect(answers.filter((answer) => answer === 'alone')).toHaveLength(10);
      clock.time += OVER;
      const gathered = all.filter((_, index) => answers[index] === 'gathered');
      expect(idsIn(await open().bursts.finished())).toEqual(gathered.map(({ id }) => id).toSorted());
    },
  },
];
