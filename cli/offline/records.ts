import { exemptionKeptUntil } from '../../shared/adapters/aws/dynamodb/ledger/keep.ts';
import { EPISODES_KEPT_MS, type Episode } from '../../shared/domain/episode.ts';
import type { Exemption } from '../../shared/domain/exemption.ts';
import type { BudgetAccount, Episodes, Exemptions } from '../../shared/domain/ledger.ts';
import type { Clock } from '../../shared/domain/ports.ts';
import type { Confirmations, Unconfirmed } from '../../shared/domain/requests/confirmation.ts';
import { isLive } from '../../shared/policy/exempt.ts';

/** The time that a budget looks back, ms. */
const HOUR_MS = 3_600_000;

/** A budget held in memory. */
export const offlineBudget = ({ now }: Pick<Clock, 'now'>): BudgetAccount => {
  let taken: { readonly planId: string; readonly removals: number; readonly at: number }[] = [];
  let spentBy: string | undefined;
  return {
    take: async (planId, removals, { removalsPerHour }) => {
      taken = taken.filter(({ at }) => at > now() - HOUR_MS);
      if (taken.some((one) => one.planId === planId)) return 'taken';
      if (spentBy !== undefined) return spentBy === planId ? 'spent' : 'held';
      const sum = taken.reduce((total, one) => total + one.removals, removals);
      if (sum <= removalsPerHour) {
        taken.push({ planId, removals, at: now() });
        return 'taken';
      }
      spentBy = planId;
      return 'spent';
    },
    resume: async () => {
      taken = [];
      spentBy = undefined;
    },
  };
};

/** Exemptions held in memory. */
export const offlineExemptions = ({ now }: Pick<Clock, 'now'>): Exemptions => {
  const all = new Map<string, Exemption>();
  const isKept = (one: Exemption) => exemptionKeptUntil(one) > now();
  return {
    live: async (groupIds) =>
      [...all.values()].filter(
        (one) => isLive(one, now()) && (one.scope.groupId === undefined || groupIds.includes(one.scope.groupId)),
      ),
    all: async () => [...all.values()].filter(isKept).toSorted((a, b) => b.at - a.at),
    find: async (id) => [all.get(id)].find((one) => one !== undefined && isKept(one)),
    put: async (exemption) => {
      const isOver = exemption.ended === undefined && all.get(exemption.id)?.ended !== undefined;
      if (!isOver) all.set(exemption.id, exemption);
    },
  };
};

const keyOf = (one: Unconfirmed): string =>
  `${one.what} ${one.eventId}${one.what === 'restore' ? ` ${one.planId}` : ''}`;

/** What waits for CloudTrail, held in memory. */
export function offlineConfirmations(): Confirmations {
  const all = new Map<string, Unconfirmed>();
  return {
    wait: async (one) => void (all.has(keyOf(one)) || all.set(keyOf(one), one)),
    waiting: async () => [...all.values()].toSorted((a, b) => a.since - b.since),
    done: async (one) => void all.delete(keyOf(one)),
  };
}

/** Episodes held in memory. */
export const offlineEpisodes = ({ now }: Pick<Clock, 'now'>): Episodes => {
  const all = new Map<string, Episode>();
  return {
    record: async (episodes) => {
      for (const one of episodes) all.set([one.groupId, one.changeId, one.what, one.content].join(' '), one);
    },
    of: async (groupId) =>
      [...all.values()]
        .filter((one) => one.groupId === groupId && one.at > now() - EPISODES_KEPT_MS)
        .toSorted((a, b) => a.at - b.at),
  };
};
