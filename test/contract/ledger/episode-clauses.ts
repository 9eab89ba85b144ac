import { expect } from 'vitest';
import type { Clause } from './clause.ts';
import { DAY, episodeOf, GROUP, OTHER_GROUP, START } from './samples.ts';

/** What episodes are kept and found by. */
export const episodeClauses: readonly Clause[] = [
  {
    says: 'a group’s episodes come oldest first, whole, and only its own',
    async check({ open }) {
      const [first, second] = [episodeOf('event-9', { at: START - 2, ruleId: 'sgr-1' }), episodeOf('event-1')];
      await open().episodes.record([second]);
      await open().episodes.record([first, episodeOf('event-2', { groupId: OTHER_GROUP })]);
      expect(await open().episodes.of(GROUP)).toEqual([first, second]);
      expect(await open().episodes.of('sg-00000000000000009')).toEqual([]);
    },
  },
  {
    says: 'an event that comes twice is on record once',
    async check({ open }) {
      const told = [episodeOf('event-1'), episodeOf('event-1', { content: 'ingress tcp 3389 3389 0/0' })];
      await open().episodes.record(told);
      await open().episodes.record(told);
      expect(await open().episodes.of(GROUP)).toEqual(told);
    },
  },
  {
    says: 'an event that tells more the second time is on record with all of it, each once',
    async check({ open }) {
      const [one, other] = [episodeOf('event-1'), episodeOf('event-1', { content: 'ingress tcp 3389 3389 0/0' })];
      await open().episodes.record([one]);
      await open().episodes.record([one, other]);
      await open().episodes.record([one]);
      expect((await open().episodes.of(GROUP)).map(({ content }) => content).toSorted()).toEqual([
        one.content,
        other.content,
      ]);
    },
  },
  {
    says: 'an opening and its closing are two, and so are two events at the same time',
    async check({ open }) {
      await open().episodes.record([episodeOf('event-1'), episodeOf('event-2', { what: 'closed' })]);
      await open().episodes.record([episodeOf('event-3')]);
      expect(await open().episodes.of(GROUP)).toHaveLength(3);
    },
  },
  {
    says: 'episodes count for exactly a day',
    async check({ open, clock }) {
      await open().episodes.record([episodeOf('event-1'), episodeOf('event-2', { at: START + 1 })]);
      clock.time += DAY - 1;
      expect(await open().episodes.of(GROUP)).toHaveLength(2);
      clock.time += 1;
      expect((await open().episodes.of(GROUP)).map(({ changeId }) => changeId)).toEqual(['event-2']);
    },
  },
  {
    says: 'an event that opens a thousand things is on record with all of them',
    async check({ open }) {
      const told = Array.from({ length: 1000 }, (_, port) =>
        episodeOf('event-1', { content: `ingress tcp ${port} ${port} 0/0`, ruleId: `sgr-${port}` }),
      );
      await open().episodes.record(told);
      expect(await open().episodes.of(GROUP)).toEqual(told);
    },
  },
  {
    says: 'nothing to record is nothing recorded',
    async check({ open }) {
      await open().episodes.record([]);
      expect(await open().episodes.of(GROUP)).toEqual([]);
    },
  },
];
