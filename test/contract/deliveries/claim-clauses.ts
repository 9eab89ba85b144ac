import { expect } from 'vitest';
import { messageOf, SLACK } from '../../notifications/dispatch/samples.ts';
import { type Clause, LEASE_MS } from './clause.ts';

const FIRST = messageOf('m-1');
const SECOND = messageOf('m-2');
const ELSEWHERE = messageOf('m-3', { thread: '111122223333/eu-west-1/sg-00000000000000002' });

/** Who may be at a thread, and how long. */
export const claimClauses: readonly Clause[] = [
  {
    says: 'a message that nobody has claimed is mine, with no thread',
    async check({ open }) {
      expect(await open().claim(SLACK, FIRST, 'a')).toEqual({ kind: 'mine' });
    },
  },
  {
    says: 'a thread that somebody is at is busy for every message of it, and not for another thread or channel',
    async check({ open }) {
      await open().claim(SLACK, FIRST, 'a');
      expect(await open().claim(SLACK, FIRST, 'b')).toEqual({ kind: 'busy' });
      expect(await open().claim(SLACK, SECOND, 'b')).toEqual({ kind: 'busy' });
      expect(await open().claim(SLACK, ELSEWHERE, 'b')).toEqual({ kind: 'mine' });
      expect(await open().claim('webhook:default', FIRST, 'b')).toEqual({ kind: 'mine' });
    },
  },
  {
    says: 'my own claim is mine again: the answer to the first may have been lost',
    async check({ open }) {
      await open().claim(SLACK, FIRST, 'a');
      expect(await open().claim(SLACK, FIRST, 'a')).toEqual({ kind: 'mine' });
    },
  },
  {
    says: 'a claim whose owner says no more runs out',
    async check({ open, clock }) {
      await open().claim(SLACK, FIRST, 'a');
      clock.time += LEASE_MS - 1;
      expect(await open().claim(SLACK, FIRST, 'b')).toEqual({ kind: 'busy' });
      clock.time += 1;
      expect(await open().claim(SLACK, FIRST, 'b')).toEqual({ kind: 'mine' });
      expect(await open().claim(SLACK, FIRST, 'a')).toEqual({ kind: 'busy' });
    },
  },
  {
    says: 'a claim that is given back is free, and can be given back again',
    async check({ open }) {
      await open().claim(SLACK, FIRST, 'a');
      await open().release(SLACK, FIRST, 'a');
      await open().release(SLACK, FIRST, 'a');
      expect(await open().claim(SLACK, FIRST, 'b')).toEqual({ kind: 'mine' });
    },
  },
  {
    says: 'nobody gives back the claim of another, nor one that is not there',
    async check({ open }) {
      await open().release(SLACK, FIRST, 'b');
      await open().claim(SLACK, FIRST, 'a');
      await open().release(SLACK, FIRST, 'b');
      expect(await open().claim(SLACK, FIRST, 'b')).toEqual({ kind: 'busy' });
    },
  },
  {
    says: 'of many that claim at once one gets it',
    async check({ open }) {
      const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
      const claims = await Promise.all(owners.map(async (owner) => await open().claim(SLACK, FIRST, owner)));
      expect(claims.filter(({ kind }) => kind === 'mine')).toHaveLength(1);
      expect(claims.filter(({ kind }) => kind === 'busy')).toHaveLength(19);
    },
  },
];
