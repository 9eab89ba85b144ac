import type { GroupRecord, OpenCase, OwnChange, Recheck, ToldRule } from '../../../../domain/group-record.ts';
import { type Item, numberIn } from '../ledger/item.ts';
import { itemKey, RECORDS } from '../ledger/keys.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';

/** What records are in the index of what is due. */
export const RECHECK = 'recheck';

/** Attributes of a group's record beside the keys. Each of the four sets is a string set, so that parallel writes are merged. */
export const GROUP_RECORD = {
  since: 'since',
  addedAt: 'addedAt',
  contents: 'contents',
  ours: 'ours',
  told: 'told',
  open: 'open',
  region: 'region',
  account: 'account',
  hold: 'hold',
} as const;

/** Primary key of a group's record: in the partition of the group's other items. */
export const recordKey = (groupId: string) => itemKey(groupId, RECORDS.group);

/** Elements of the sets, as text: fields parted by blanks, the content last, since it has blanks of its own. */
export const elementOf = {
  ours: ({ at, what, ruleId, content }: OwnChange): string => `${at} ${what} ${ruleId} ${content}`,
  told: ({ at, mode, ruleId, content }: ToldRule): string => `${at} ${mode} ${ruleId} ${content}`,
  open: ({ at, caseId, planId }: OpenCase): string => `${at} ${caseId} ${planId}`,
} as const;

/** The first fields of an element, and all that follows on them. */
const fieldsOf = (element: string): readonly [at: number, second: string, third: string, rest: string] => {
  const [at = '', second = '', third = '', ...rest] = element.split(' ');
  return [Number(at), second, third, rest.join(' ')];
};

const ownChange = (element: string): OwnChange => {
  const [at, what, ruleId, content] = fieldsOf(element);
  return { at, what: what === 'granted' ? 'granted' : 'removed', ruleId, content };
};

const toldRule = (element: string): ToldRule => {
  const [at, mode, ruleId, content] = fieldsOf(element);
  return { at, mode: mode === 'approve' ? 'approve' : 'alert', ruleId, content };
};

const openCase = (element: string): OpenCase => {
  const [at, caseId, planId] = fieldsOf(element);
  return { at, caseId, planId };
};

const textsIn = (item: Item, name: 'contents' | 'ours' | 'told' | 'open'): readonly string[] =>
  item[GROUP_RECORD[name]]?.SS ?? [];

const recheckOf = (item: Item): Recheck | undefined => {
  const at = numberIn(item[LEDGER_TABLE.due.sortKey]);
  if (at === undefined) return undefined;
  const { region, account, hold } = GROUP_RECORD;
  return {
    at,
    region: item[region]?.S ?? '',
    account: item[account]?.S ?? '',
    ...(item[hold]?.BOOL === true && { hold: true as const }),
  };
};

/** A record out of its item. */
export const recordOf = (item: Item): GroupRecord => {
  const since = numberIn(item[GROUP_RECORD.since]);
  const recheck = recheckOf(item);
  return {
    groupId: item[LEDGER_TABLE.partitionKey]?.S ?? '',
    ...(since !== undefined && { since }),
    contents: new Set(textsIn(item, 'contents')),
    ours: textsIn(item, 'ours').map(ownChange),
    told: textsIn(item, 'told').map(toldRule),
    open: textsIn(item, 'open').map(openCase),
    ...(recheck && { recheck }),
    keptUntil: Number(item[LEDGER_TABLE.ttl]?.N ?? Number.POSITIVE_INFINITY) * 1000,
  };
};
