import type { Episodes, Ledger } from '../model/ledger.ts';
import type { Findings, Notices, Ports, Switch } from '../model/ports.ts';

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
    find: async (groupId, planId) => (await ledger()).find(groupId, planId),
    settle: async (outcome) => (await ledger()).settle(outcome),
    unsettled: async (groupId) => (await ledger()).unsettled(groupId),
  };
}

/** A budget that is loaded by its first take. */
export function lazyBudget(load: () => Promise<Ports['budget']>): Ports['budget'] {
  const budget = lazily(load);
  return { take: async (planId, removals, limit) => (await budget()).take(planId, removals, limit) };
}

/** Exemptions that are loaded by the first question or entry. */
export function lazyExemptions(load: () => Promise<Ports['exemptions']>): Ports['exemptions'] {
  const exemptions = lazily(load);
  return {
    live: async (groupIds) => (await exemptions()).live(groupIds),
    put: async (exemption) => (await exemptions()).put(exemption),
  };
}

/** Episodes that are loaded by the first record or question. */
export function lazyEpisodes(load: () => Promise<Episodes>): Episodes {
  const episodes = lazily(load);
  return {
    record: async (some) => (await episodes()).record(some),
    of: async (groupId) => (await episodes()).of(groupId),
  };
}

/** Group records that are loaded by the first question or change. */
export function lazyRecords(load: () => Promise<Ports['records']>): Ports['records'] {
  const records = lazily(load);
  return {
    of: async (groupIds) => (await records()).of(groupIds),
    begin: async (first) => (await records()).begin(first),
    change: async (groupId, change) => (await records()).change(groupId, change),
    lookAgain: async (groupId, recheck) => (await records()).lookAgain(groupId, recheck),
  };
}

/** Storms that are loaded by the first outcome that may be one of many. */
export function lazyStorms(load: () => Promise<Ports['storms']>): Ports['storms'] {
  const storms = lazily(load);
  return { admit: async (gist, perMinute) => (await storms()).admit(gist, perMinute) };
}

/** Notices that are loaded by the first message. */
export function lazyNotices(load: () => Promise<Notices>): Notices {
  const notices = lazily(load);
  return {
    publish: async (outcome) => (await notices()).publish(outcome),
    announce: async (news) => (await notices()).announce(news),
  };
}

/** Findings whose way out is loaded by the first of them. */
export function lazyFindings(load: () => Promise<Findings>): Findings {
  const findings = lazily(load);
  return { publish: async (outcome) => (await findings()).publish(outcome) };
}

/** A switch that is loaded by its first reading. */
export function lazySwitch(load: () => Promise<Switch>): Switch {
  const runtimeSwitch = lazily(load);
  return { ceiling: async () => (await runtimeSwitch()).ceiling() };
}
