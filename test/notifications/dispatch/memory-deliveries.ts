import type { Deliveries, Thread } from '../../../shared/domain/delivery.ts';
import type { Clock } from '../../../shared/domain/runtime.ts';

interface State {
  owner?: string | undefined;
  heldUntil: number;
  last?: string;
  owes: boolean;
  thread?: Thread | undefined;
}

/** Deliveries held in memory. */
export function memoryDeliveries(clock: Pick<Clock, 'now'>, leaseMs: number): Deliveries {
  const threads = new Map<string, State>();
  const had = new Set<string>();
  const keyOf = (channel: string, name: string) => JSON.stringify([channel, name]);
  const stateOf = (channel: string, thread: string): State => {
    const key = keyOf(channel, thread);
    const state = threads.get(key) ?? { heldUntil: 0, owes: false };
    threads.set(key, state);
    return state;
  };
  const giveBack = (state: State, owner: string) => {
    if (state.owner === owner) state.owner = undefined;
  };
  const note = (
    channel: string,
    { id, thread: name }: { readonly id: string; readonly thread: string },
    owner: string,
    thread: Thread | undefined,
    owes: boolean,
  ) => {
    const state = stateOf(channel, name);
    had.add(keyOf(channel, `${name} ${id}`));
    if (state.owner === owner) Object.assign(state, { last: id, owes, thread });
  };
  return {
    claim: async (channel, { id, thread: name }, owner) => {
      const state = stateOf(channel, name);
      const isOwed = state.last === id && state.owes;
      const isKnown = had.has(keyOf(channel, `${name} ${id}`)) && !isOwed;
      if (isKnown) return { kind: 'done' };
      if (state.owner !== undefined && state.owner !== owner && state.heldUntil > clock.now()) return { kind: 'busy' };
      Object.assign(state, { owner, heldUntil: clock.now() + leaseMs });
      const thread = structuredClone(state.thread);
      return isOwed && thread !== undefined
        ? { kind: 'posted', thread }
        : { kind: 'mine', ...(thread !== undefined && { thread }) };
    },
    posted: async (channel, message, owner, thread) => note(channel, message, owner, thread, true),
    delivered: async (channel, message, owner, thread) => {
      note(channel, message, owner, thread, false);
      giveBack(stateOf(channel, message.thread), owner);
    },
    release: async (channel, { thread }, owner) => giveBack(stateOf(channel, thread), owner),
  };
}
