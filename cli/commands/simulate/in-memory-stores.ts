import { exemptionKeptUntil } from '../../../shared/adapters/aws/dynamodb/retention.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import {
  EPISODES_KEPT_MS,
  type Episode,
  type GroupRecord,
  type GroupRecords,
  RECORD_KEPT_MS,
  type Recheck,
  type RecordChange,
} from '../../../shared/domain/group-record.ts';
import type {
  Confirmations,
  Episodes,
  Exemptions,
  Ledger,
  PendingConfirmation,
  RemovalBudget,
} from '../../../shared/domain/ledger.ts';
import type { Clock } from '../../../shared/domain/ports.ts';
import { isInForce } from '../../../shared/policy/exemptions.ts';
import { InMemoryLedger } from './in-memory-ledger.ts';

type StoredRecord = GroupRecord & { readonly addedAt?: number };

function withoutSome<T>(all: readonly T[], some: readonly T[] = []): readonly T[] {
  const gone = new Set(some.map((one) => JSON.stringify(one)));
  return all.filter((one) => !gone.has(JSON.stringify(one)));
}

function mergeUnique<T>(all: readonly T[], some: readonly T[] = []): readonly T[] {
  return [...withoutSome(all, some), ...some];
}

function withRemoved(record: StoredRecord, { remove = [], forget = {} }: RecordChange): StoredRecord {
  return {
    ...record,
    contents: record.contents.difference(new Set(remove)),
    ownChanges: withoutSome(record.ownChanges, forget.ownChanges),
    notified: withoutSome(record.notified, forget.notified),
    openCases: withoutSome(record.openCases, forget.openCases),
  };
}

function withAdded(record: StoredRecord, { add = [], remember = {} }: RecordChange, now: number): StoredRecord {
  return {
    ...record,
    contents: record.contents.union(new Set(add)),
    ownChanges: mergeUnique(record.ownChanges, remember.ownChanges),
    notified: mergeUnique(record.notified, remember.notified),
    openCases: mergeUnique(record.openCases, remember.openCases),
    ...(add.length > 0 && { addedAt: now }),
  };
}

/** Group records held in memory, with the answers of those in DynamoDB. */
export class InMemoryGroupRecords implements GroupRecords {
  readonly #all = new Map<string, StoredRecord>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  #get(groupId: string): StoredRecord | undefined {
    const record = this.#all.get(groupId);
    return record !== undefined && record.keptUntil > this.#clock.now() ? record : undefined;
  }

  #put(record: StoredRecord): void {
    this.#all.set(record.groupId, { ...record, keptUntil: this.#clock.now() + RECORD_KEPT_MS });
  }

  #orEmpty(groupId: string): StoredRecord {
    return (
      this.#get(groupId) ?? { groupId, contents: new Set(), ownChanges: [], notified: [], openCases: [], keptUntil: 0 }
    );
  }

  get: GroupRecords['get'] = async (groupIds) =>
    new Map(groupIds.flatMap((id) => [this.#get(id)].flatMap((record) => (record ? [[id, record] as const] : []))));

  begin: GroupRecords['begin'] = async ({ groupId, contents, since }) => {
    const record = this.#orEmpty(groupId);
    if (record.since === undefined) this.#put({ ...record, since, contents: record.contents.union(new Set(contents)) });
  };

  change: GroupRecords['change'] = async (groupId, parts) => {
    const record = this.#orEmpty(groupId);
    const { unlessAddedSince: limit = Number.POSITIVE_INFINITY } = parts;
    const isStale = (record.addedAt ?? Number.NEGATIVE_INFINITY) > limit;
    this.#put(withAdded(isStale ? record : withRemoved(record, parts), parts, this.#clock.now()));
  };

  scheduleRecheck: GroupRecords['scheduleRecheck'] = async (groupId, recheck) => {
    const record = this.#orEmpty(groupId);
    const now = this.#clock.now();
    const due = record.recheck?.at ?? Number.POSITIVE_INFINITY;
    const at = due > recheck.at ? recheck.at : due < now ? now : undefined;
    const hold = recheck.hold ?? record.recheck?.hold;
    const { at: time = due, place = record.recheck ?? recheck } = at === undefined ? {} : { at, place: recheck };
    this.#put({ ...record, recheck: { ...place, at: time, ...(hold && { hold }) } });
  };

  dueForRecheck: GroupRecords['dueForRecheck'] = async () =>
    [...this.#all.values()].filter(({ groupId, recheck }) => {
      const isDue = recheck !== undefined && recheck.at <= this.#clock.now();
      return isDue && this.#get(groupId) !== undefined;
    });

  completeRecheck: GroupRecords['completeRecheck'] = async (groupId: string, { at }: Recheck) => {
    const record = this.#get(groupId);
    if (record?.recheck?.at !== at) return;
    const { recheck: _, ...rest } = record;
    this.#all.set(groupId, rest);
  };
}

/** The time that a budget looks back, ms. */
const HOUR_MS = 3_600_000;

/** A budget held in memory. */
export function inMemoryBudget({ now }: Pick<Clock, 'now'>): RemovalBudget {
  let taken: { readonly planId: string; readonly removals: number; readonly at: number }[] = [];
  let spentBy: string | undefined;
  return {
    spend: async (planId, removals, { removalsPerHour }) => {
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
}

/** Exemptions held in memory. */
export function inMemoryExemptions({ now }: Pick<Clock, 'now'>): Exemptions {
  const all = new Map<string, Exemption>();
  const isKept = (one: Exemption) => exemptionKeptUntil(one) > now();
  return {
    active: async (groupIds) =>
      [...all.values()].filter(
        (one) => isInForce(one, now()) && (one.scope.groupId === undefined || groupIds.includes(one.scope.groupId)),
      ),
    all: async () => [...all.values()].filter(isKept).toSorted((a, b) => b.at - a.at),
    find: async (id) => [all.get(id)].find((one) => one !== undefined && isKept(one)),
    put: async (exemption) => {
      const isOver = exemption.ended === undefined && all.get(exemption.id)?.ended !== undefined;
      if (!isOver) all.set(exemption.id, exemption);
    },
  };
}

function confirmationKey(one: PendingConfirmation): string {
  return `${one.what} ${one.eventId}${one.what === 'restore' ? ` ${one.planId}` : ''}`;
}

/** What waits for CloudTrail, held in memory. */
export function inMemoryConfirmations(): Confirmations {
  const all = new Map<string, PendingConfirmation>();
  return {
    add: async (one) => void (all.has(confirmationKey(one)) || all.set(confirmationKey(one), one)),
    pending: async () => [...all.values()].toSorted((a, b) => a.since - b.since),
    remove: async (one) => void all.delete(confirmationKey(one)),
  };
}

/** Episodes held in memory. */
export function inMemoryEpisodes({ now }: Pick<Clock, 'now'>): Episodes {
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
}

/** What a cell remembers from one event to the next. */
export interface InMemoryStores {
  /** Time of the event that is played, milliseconds since the epoch. */
  now: number;
  readonly ledger: Ledger;
  readonly budget: RemovalBudget;
  readonly exemptions: Exemptions;
  readonly episodes: Episodes;
  records: GroupRecords;
  readonly confirmations: Confirmations;
}

/** The memory of a cell that has seen no event yet. */
export function inMemoryStores(): InMemoryStores {
  const now = () => memory.now;
  const memory = {
    now: 0,
    budget: inMemoryBudget({ now }),
    exemptions: inMemoryExemptions({ now }),
    episodes: inMemoryEpisodes({ now }),
    records: new InMemoryGroupRecords({ now }),
    confirmations: inMemoryConfirmations(),
  };
  return Object.assign(memory, { ledger: new InMemoryLedger({ now: () => 0 }, Number.POSITIVE_INFINITY, memory) });
}
