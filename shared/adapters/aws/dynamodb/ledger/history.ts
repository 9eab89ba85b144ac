import type { Entry } from '../../../../domain/ledger.ts';
import { plannedAt, REMEDIATION_ID } from '../../../../domain/remediation-id.ts';
import { pointedAt } from './entries.ts';
import type { Table } from './item.ts';
import { chapterOf } from './keys.ts';
import { inIndex, itemsOf, pagesOf } from './query.ts';
import { LEDGER_TABLE } from './table.ts';

const { history } = LEDGER_TABLE;

/** The entry of a remediation. Undefined for what is no such id. The index has it within a second or so. Throws CallFailed, InputInvalid. */
export async function byId(table: Table, remediationId: string): Promise<Entry | undefined> {
  if (!REMEDIATION_ID.test(remediationId)) return undefined;
  const chapter = inIndex(history, chapterOf(plannedAt(remediationId)));
  const pointers = await itemsOf(table, {
    ...chapter,
    KeyConditionExpression: `${chapter.KeyConditionExpression} AND #id = :id`,
    ExpressionAttributeNames: { ...chapter.ExpressionAttributeNames, '#id': history.sortKey },
    ExpressionAttributeValues: { ...chapter.ExpressionAttributeValues, ':id': { S: remediationId } },
  });
  return (await pointedAt(table, pointers))[0];
}

/** How far back it is looked: 400 days, and the months that these begin and end in. */
const MONTHS = 15;

/** Chapters up to a time, the latest first. */
const chaptersUntil = (ms: number): readonly string[] => {
  const date = new Date(ms);
  return Array.from({ length: MONTHS }, (_, back) =>
    chapterOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back)),
  );
};

/** The newest remediations, up to `most`, the latest first: a month's after the other's, no more of them than needed. Throws CallFailed, InputInvalid. */
export async function newest(table: Table, most: number): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  if (most < 1) return found;
  for (const chapter of chaptersUntil(table.clock.now())) {
    const query = { ...inIndex(history, chapter), ScanIndexForward: false, Limit: most };
    for await (const page of pagesOf(table, query)) {
      found.push(...(await pointedAt(table, page)));
      if (found.length >= most) return found.slice(0, most);
    }
  }
  return found;
}
