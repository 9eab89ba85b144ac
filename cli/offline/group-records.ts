import {
  type GroupRecord,
  type GroupRecords,
  RECORD_KEPT_MS,
  type Recheck,
  type RecordChange,
} from '../../shared/domain/group-record.ts';
import type { Clock } from '../../shared/domain/ports.ts';

type Kept = GroupRecord & { readonly addedAt?: number };

const without = <T>(all: readonly T[], some: readonly T[] = []): readonly T[] => {
  const gone = new Set(some.map((one) => JSON.stringify(one)));
  return all.filter((one) => !gone.has(JSON.stringify(one)));
};

const merged = <T>(all: readonly T[], some: readonly T[] = []): readonly T[] => [...without(all, some), ...some];

const less = (record: Kept, { remove = [], forget = {} }: RecordChange): Kept => ({
  ...record,
  contents: record.contents.difference(new Set(remove)),
  ours: without(record.ours, forget.ours),
  told: without(record.told, forget.told),
  open: without(record.open, forget.open),
});

const more = (record: Kept, { add = [], remember = {} }: RecordChange, now: number): Kept => ({
  ...record,
  contents: record.contents.union(new Set(add)),
  ours: merged(record.ours, remember.ours),
  told: merged(record.told, remember.told),
  open: merged(record.open, remember.open),
  ...(add.length > 0 && { addedAt: now }),
});

/** Group records held in memory, with the answers of those in DynamoDB. */
export class OfflineGroupRecords implements GroupRecords {
  readonly #all = new Map<string, Kept>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  #get(groupId: string): Kept | undefined {
    const record = this.#all.get(groupId);
    return record !== undefined && record.keptUntil > this.#clock.now() ? record : undefined;
  }

  #put(record: Kept): void {
    this.#all.set(record.groupId, { ...record, keptUntil: this.#clock.now() + RECORD_KEPT_MS });
  }

  #orEmpty(groupId: string): Kept {
    return this.#get(groupId) ?? { groupId, contents: new Set(), ours: [], told: [], open: [], keptUntil: 0 };
  }

  of: GroupRecords['of'] = async (groupIds) =>
    new Map(groupIds.flatMap((id) => [this.#get(id)].flatMap((record) => (record ? [[id, record] as const] : []))));

  begin: GroupRecords['begin'] = async ({ groupId, contents, since }) => {
    const record = this.#orEmpty(groupId);
    if (record.since === undefined) this.#put({ ...record, since, contents: record.contents.union(new Set(contents)) });
  };

  change: GroupRecords['change'] = async (groupId, parts) => {
    const record = this.#orEmpty(groupId);
    const { unlessAddedSince: limit = Number.POSITIVE_INFINITY } = parts;
    const isStale = (record.addedAt ?? Number.NEGATIVE_INFINITY) > limit;
    this.#put(more(isStale ? record : less(record, parts), parts, this.#clock.now()));
  };

  lookAgain: GroupRecords['lookAgain'] = async (groupId, recheck) => {
    const record = this.#orEmpty(groupId);
    const now = this.#clock.now();
    const due = record.recheck?.at ?? Number.POSITIVE_INFINITY;
    const at = due > recheck.at ? recheck.at : due < now ? now : undefined;
    const hold = recheck.hold ?? record.recheck?.hold;
    const { at: time = due, place = record.recheck ?? recheck } = at === undefined ? {} : { at, place: recheck };
    this.#put({ ...record, recheck: { ...place, at: time, ...(hold && { hold }) } });
  };

  due: GroupRecords['due'] = async () =>
    [...this.#all.values()].filter(({ groupId, recheck }) => {
      const isDue = recheck !== undefined && recheck.at <= this.#clock.now();
      return isDue && this.#get(groupId) !== undefined;
    });

  lookedAt: GroupRecords['lookedAt'] = async (groupId: string, { at }: Recheck) => {
    const record = this.#get(groupId);
    if (record?.recheck?.at !== at) return;
    const { recheck: _, ...rest } = record;
    this.#all.set(groupId, rest);
  };
}
