import type { Ledger } from '../model/ledger.ts';
import type { Notices, Switch } from '../model/ports.ts';

/** Loads once, when it is first asked for; a load that failed is tried again at the next call. */
export function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return async () => {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
}

/** A ledger that is loaded by its first call. */
export function lazyLedger(load: () => Promise<Ledger>): Ledger {
  const ledger = lazily(load);
  return {
    reserve: async (plan, owner) => (await ledger()).reserve(plan, owner),
    settle: async (outcome) => (await ledger()).settle(outcome),
    entries: async (groupId) => (await ledger()).entries(groupId),
    unsettled: async (groupId) => (await ledger()).unsettled(groupId),
  };
}

/** Notices that are loaded by the first message. */
export function lazyNotices(load: () => Promise<Notices>): Notices {
  const notices = lazily(load);
  return { publish: async (outcome) => (await notices()).publish(outcome) };
}

/** A switch that is loaded by its first reading. */
export function lazySwitch(load: () => Promise<Switch>): Switch {
  const runtimeSwitch = lazily(load);
  return { ceiling: async () => (await runtimeSwitch()).ceiling() };
}
