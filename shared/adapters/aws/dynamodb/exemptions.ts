import type { Exemption } from '../../../domain/exemption.ts';
import type { Exemptions } from '../../../domain/ledger.ts';
import { ACCOUNT, EXEMPTIONS_PARTITION, fitsSortKey, SORT_KEYS } from './keys.ts';
import { exemptionKeptUntil } from './retention.ts';
import {
  bind,
  type CommonAttributes,
  currentItems,
  getItem,
  type Item,
  isAlive,
  itemsInHistory,
  type Packed,
  pack,
  putItem,
  queryAll,
  type Table,
  ttlOf,
  unpack,
} from './table.ts';

/** Exemptions in the ledger's table. */
export function exemptionsIn(table: Table): Exemptions {
  return bind(table, {
    active: readActiveExemptions,
    all: readAllExemptions,
    find: findExemption,
    put: putExemption,
  });
}

/** The item of an exemption: all of it, and its times. */
interface ExemptionItem extends CommonAttributes {
  readonly exemption?: Packed;
  readonly at?: number;
  readonly until?: number;
}

function exemptionIn(item: ExemptionItem): Exemption {
  return unpack('exemption', item.exemption);
}

/** The exemptions among the current items of a partition that hold at `now`. Throws InputInvalid. */
export function activeExemptions(items: readonly Item[], now: number): readonly Exemption[] {
  const all: readonly ExemptionItem[] = items;
  return all
    .filter(({ exemption, at = 0, until = 0 }) => exemption !== undefined && at <= now && until > now)
    .map(exemptionIn);
}

/**
 * Active exemptions of these groups and of every group, with every write before. Throws CallFailed,
 * InputInvalid.
 */
async function readActiveExemptions(table: Table, groupIds: readonly string[]): Promise<readonly Exemption[]> {
  const subjects = [...new Set([ACCOUNT, ...groupIds])];
  const items = await Promise.all(subjects.map((subject) => queryAll(table, currentItems(subject))));
  return activeExemptions(items.flat(), table.clock.now());
}

/**
 * Every exemption that the ledger still keeps, newest first. The index lags about a second. Throws
 * CallFailed, InputInvalid.
 */
async function readAllExemptions(table: Table): Promise<readonly Exemption[]> {
  const items = await queryAll(table, itemsInHistory(EXEMPTIONS_PARTITION));
  const now = table.clock.now();
  return items
    .map(exemptionIn)
    .filter((exemption) => exemptionKeptUntil(exemption) > now)
    .toSorted((a, b) => b.at - a.at);
}

/**
 * One exemption as it is now. The index that leads to it lags about a second. Throws CallFailed,
 * InputInvalid.
 */
async function findExemption(table: Table, id: string): Promise<Exemption | undefined> {
  if (!fitsSortKey(id)) return undefined;
  const [pointer] = await queryAll(table, itemsInHistory(EXEMPTIONS_PARTITION, id));
  if (pointer === undefined) return undefined;
  const { subject = '', record = '' }: CommonAttributes = pointer;
  const item = await getItem(table, { subject, record });
  return item !== undefined && isAlive(item, table) ? exemptionIn(item) : undefined;
}

/**
 * Writes an exemption among its group's other items, or over itself. One that has ended stays ended: a caller
 * that still knows it as active cannot revive it. Throws CallFailed.
 */
async function putExemption(table: Table, exemption: Exemption): Promise<void> {
  const { id, scope, at, until, ended } = exemption;
  const item = {
    subject: scope.groupId ?? ACCOUNT,
    record: SORT_KEYS.exemption + id,
    period: EXEMPTIONS_PARTITION,
    publicId: id,
    expiresAt: ttlOf(exemptionKeptUntil(exemption)),
    exemption: pack(exemption),
    at,
    until,
  };
  await (ended === undefined
    ? putItem(table, { ...item, current: 'exemption' }, { condition: 'attribute_not_exists(#ended)' })
    : putItem(table, { ...item, ended: ended.at }));
}
