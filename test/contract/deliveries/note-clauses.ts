import { expect } from 'vitest';
import type { Thread } from '../../../shared/domain/delivery.ts';
import { messageOf, SLACK, START } from '../../notifications/dispatch/samples.ts';
import { type Clause, LEASE_MS, type Subject } from './clause.ts';

function message(n: number) {
  return messageOf(`m-${n}`, { at: START + n });
}

/** A thread that began with the first message and has as many later ones. */
function threadOf(later: number): Thread {
  return {
    ts: '1777636800.000100',
    first: message(1),
    later: Array.from({ length: later }, (_, index) => ({ headline: `later ${index}`, at: START + index })),
  };
}

async function deliver({ open }: Subject, n: number, thread?: Thread) {
  expect((await open().claim(SLACK, message(n), 'a')).kind).toBe('mine');
  await open().delivered(SLACK, message(n), 'a', thread);
}

/** What is remembered. */
export const noteClauses: readonly Clause[] = [
  {
    says: 'a delivered message is done for everybody, and frees the thread for the next with the thread as it was left',
    async check(subject) {
      await deliver(subject, 1, threadOf(0));
      expect(await subject.open().claim(SLACK, message(1), 'b')).toEqual({ kind: 'done' });
      expect(await subject.open().claim(SLACK, message(2), 'b')).toEqual({ kind: 'mine', thread: threadOf(0) });
    },
  },
  {
    says: 'every message that was delivered stays done, however many come after it, and while another is at the thread',
    async check(subject) {
      for (let n = 1; n <= 5; n += 1) await deliver(subject, n, threadOf(n - 1));
      await subject.open().claim(SLACK, message(6), 'b');
      for (let n = 1; n <= 5; n += 1)
        expect(await subject.open().claim(SLACK, message(n), 'c')).toEqual({ kind: 'done' });
      await subject.open().release(SLACK, message(6), 'b');
      for (let n = 1; n <= 5; n += 1)
        expect(await subject.open().claim(SLACK, message(n), 'c')).toEqual({ kind: 'done' });
      expect(await subject.open().claim(SLACK, message(6), 'c')).toEqual({ kind: 'mine', thread: threadOf(4) });
    },
  },
  {
    says: 'asking for what is done leaves the thread free',
    async check(subject) {
      await deliver(subject, 1);
      expect(await subject.open().claim(SLACK, message(1), 'b')).toEqual({ kind: 'done' });
      expect((await subject.open().claim(SLACK, message(2), 'c')).kind).toBe('mine');
    },
  },
  {
    says: 'a channel without threads has none',
    async check(subject) {
      await deliver(subject, 1);
      expect(await subject.open().claim(SLACK, message(2), 'b')).toEqual({ kind: 'mine' });
    },
  },
  {
    says: 'what is posted keeps the claim, and is mine to finish once that is given back or has run out',
    async check({ open, clock }) {
      await open().claim(SLACK, message(2), 'a');
      await open().posted(SLACK, message(2), 'a', threadOf(1));
      expect(await open().claim(SLACK, message(2), 'b')).toEqual({ kind: 'busy' });
      await open().release(SLACK, message(2), 'a');
      expect(await open().claim(SLACK, message(2), 'b')).toEqual({ kind: 'posted', thread: threadOf(1) });
      clock.time += LEASE_MS;
      expect(await open().claim(SLACK, message(2), 'c')).toEqual({ kind: 'posted', thread: threadOf(1) });
      await open().delivered(SLACK, message(2), 'c', threadOf(1));
      expect(await open().claim(SLACK, message(2), 'd')).toEqual({ kind: 'done' });
    },
  },
  {
    says: 'what is posted is done once a later message has the thread: its edit covers both',
    async check({ open }) {
      await open().claim(SLACK, message(2), 'a');
      await open().posted(SLACK, message(2), 'a', threadOf(1));
      await open().release(SLACK, message(2), 'a');
      expect(await open().claim(SLACK, message(3), 'b')).toEqual({ kind: 'mine', thread: threadOf(1) });
      await open().delivered(SLACK, message(3), 'b', threadOf(2));
      expect(await open().claim(SLACK, message(2), 'c')).toEqual({ kind: 'done' });
    },
  },
  {
    says: 'a note after the claim ran out is kept, and leaves the thread to whoever has it now',
    async check({ open, clock }) {
      await open().claim(SLACK, message(1), 'a');
      clock.time += LEASE_MS;
      expect((await open().claim(SLACK, message(2), 'b')).kind).toBe('mine');
      await open().delivered(SLACK, message(1), 'a', threadOf(0));
      expect(await open().claim(SLACK, message(1), 'c')).toEqual({ kind: 'done' });
      expect(await open().claim(SLACK, message(3), 'c')).toEqual({ kind: 'busy' });
    },
  },
  {
    says: 'noting it again changes nothing',
    async check(subject) {
      await deliver(subject, 1, threadOf(0));
      await subject.open().delivered(SLACK, message(1), 'a', threadOf(0));
      expect(await subject.open().claim(SLACK, message(2), 'b')).toEqual({ kind: 'mine', thread: threadOf(0) });
    },
  },
  {
    says: 'a thread of 200 messages that begins with a large one, and the longest names, come back whole',
    async check({ open }) {
      const lines = Array.from({ length: 3000 }, (_, index) => `tcp ${index} from 192.0.2.${index % 256}/32`);
      const first = messageOf('ä'.repeat(512), { thread: 'é'.repeat(512), listings: [{ title: 'Rules', lines }] });
      const thread = { ...threadOf(200), first };
      await open().claim(SLACK, first, 'a');
      await open().delivered(SLACK, first, 'a', thread);
      expect(await open().claim(SLACK, { ...first, id: 'next' }, 'a')).toEqual({ kind: 'mine', thread });
      expect(await open().claim(SLACK, first, 'b')).toEqual({ kind: 'done' });
    },
  },
];
