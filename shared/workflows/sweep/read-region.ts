import type { GroupInventory, GroupPage, Networks } from '../../domain/ec2.ts';
import { RemediatorError } from '../../domain/errors.ts';
import type { Group } from '../../domain/group.ts';
import {
  type GroupRecord,
  isConfirmed,
  outdated,
  RECORD_KEPT_MS,
  type RecordChange,
} from '../../domain/group-record.ts';
import type { SweepRemainder } from '../../domain/invocations.ts';
import { canonicalKey } from '../../network/rule-key.ts';
import { recordedStateFrom } from '../../remediation/decide/freshness.ts';
import { isOwnGroup } from '../../remediation/own-groups.ts';
import { settleAll } from '../../remediation/settle-all.ts';
import type { SweepCell } from './cell.ts';
import type { EvaluationContext, GroupEvaluation } from './evaluate.ts';
import { tallying } from './tally.ts';

/**
 * A rule that was recorded this shortly before the page was read may be missing in the page, because EC2 is
 * eventually consistent, ms.
 */
const SETTLED_MS = 60_000;

/** Parallel writes. */
const AT_ONCE = 25;

/** A group of a page with its record and its evaluation. */
interface SweptGroup {
  readonly group: Group;
  readonly record: GroupRecord | undefined;
  readonly verdict: GroupEvaluation;
}

/** Fresh rules that no control finds anything about. Groups that concern the sweep are left to on-change. */
function harmlessNew(
  { group, record, verdict }: SweptGroup,
  contents: ReadonlySet<string>,
  context: EvaluationContext,
  now: number,
): readonly string[] {
  if (record === undefined || !isConfirmed(record, now) || verdict.concerns) return [];
  const added = [...contents.difference(record.contents)];
  return added.length > 0 && context.isHarmless(group, recordedStateFrom(record, now)) ? added : [];
}

/**
 * The difference between the page and the record; undefined if there is none and the record need not be
 * renewed.
 */
function changeOf(
  swept: SweptGroup,
  context: EvaluationContext,
  readAt: number,
  now: number,
): RecordChange | undefined {
  const { group, record } = swept;
  if (record === undefined) return undefined;
  const contents = new Set(group.rules.map(canonicalKey));
  const add = harmlessNew(swept, contents, context, now);
  const remove = [...record.contents.difference(contents)];
  const forget = outdated(record, now);
  const isAging = record.keptUntil < now + RECORD_KEPT_MS / 2;
  if (add.length + remove.length === 0 && forget === undefined && !isAging) return undefined;
  return { add, remove, ...(forget && { forget }), unlessAddedSince: readAt - SETTLED_MS };
}

async function write(
  swept: SweptGroup,
  context: EvaluationContext,
  readAt: number,
  { ports }: SweepCell,
): Promise<void> {
  const { group, record } = swept;
  const now = ports.clock.now();
  if (record?.since === undefined)
    return await ports.records.begin({ groupId: group.id, contents: group.rules.map(canonicalKey), since: now });
  const change = changeOf(swept, context, readAt, now);
  if (change !== undefined) await ports.records.change(group.id, change);
}

/**
 * Writes the records of the groups of a page: first contents for groups without a record, otherwise the
 * difference.
 *
 * @param readAt when the page was requested, milliseconds since the epoch.
 * @returns faults
 */
async function writeRecords(
  swept: readonly SweptGroup[],
  context: EvaluationContext,
  readAt: number,
  cell: SweepCell,
): Promise<readonly unknown[]> {
  const faults: unknown[] = [];
  for (let from = 0; from < swept.length; from += AT_ONCE) {
    const some = swept.slice(from, from + AT_ONCE);
    faults.push(...(await settleAll(some.map(async (one) => await write(one, context, readAt, cell)))).faults);
  }
  return faults;
}

/**
 * Minimum time from one page to the next, ms. EC2 fills a bucket of 100 paged calls by 20 a second, so at
 * this pace a sweep never empties the bucket for others.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
 */
const PAGE_MS = 50;

/** Pauses before a page is requested again, beyond the SDK's own five attempts, ms. */
const PAUSES = [1000, 4000, 10_000];

/** Time that is kept for the work after reading, ms. Requesting evaluations of 10,000 groups takes 30 s. */
export const RESERVE_MS = 90_000;

/** Maximum number of groups that one part requests evaluations for. */
const MOST_CONCERNS = 10_000;

/** What one part of a sweep has read of a region. */
export interface SweptPart {
  /** Ids of groups that need an evaluation by on-change. */
  readonly concerns: readonly string[];
  /** Those of them in which existing rules may have to be removed. */
  readonly closing: ReadonlySet<string>;
  /** Number of groups that were read. */
  readonly groups: number;
  readonly tally: SweepRemainder['tally'];
  /** Where the next part begins. Absent: the region is complete. */
  readonly next?: string;
  readonly faults: readonly unknown[];
}

function isRetryable(error: unknown): boolean {
  return error instanceof RemediatorError && error.retryable;
}

async function readPage(census: GroupInventory, after: string | undefined, { ports }: SweepCell): Promise<GroupPage> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await census.page(after);
    } catch (error) {
      const pause = PAUSES[attempt];
      if (pause === undefined || !isRetryable(error)) throw error;
      await ports.clock.sleep(pause);
    }
  }
}

type Cidrs = Awaited<ReturnType<Networks['cidrs']>>;

/**
 * CIDR blocks of all VPCs, if they are needed. After a fault they are unknown, and the evaluation assumes the
 * worst.
 */
async function readCidrs(networks: Networks, { asksForCidrs }: EvaluationContext) {
  const { outcomes, faults } = await settleAll<Cidrs>(asksForCidrs ? [networks.cidrs()] : []);
  return { cidrs: outcomes[0] ?? new Map<string, readonly string[]>(), faults };
}

function collecting(region: string, rest: SweepRemainder) {
  const counted = tallying(rest.tally, region);
  const concerns = new Set<string>();
  const closing = new Set<string>();
  let groups = 0;
  return {
    doubt(ids: readonly string[]): void {
      for (const id of ids) concerns.add(id);
    },
    add(group: Group, verdict: GroupEvaluation): void {
      groups += 1;
      counted.add(group, verdict);
      if (verdict.concerns) concerns.add(group.id);
      if (verdict.closes) closing.add(group.id);
    },
    isFull: () => concerns.size >= MOST_CONCERNS,
    result: () => ({ concerns: [...concerns], closing, groups, tally: counted.result() }),
  };
}

/** Evaluates the groups of a page with their records. Throws CallFailed. */
async function judgePage(
  page: GroupPage,
  context: EvaluationContext,
  cidrs: Cidrs,
  cell: SweepCell,
): Promise<readonly SweptGroup[]> {
  const own = page.groups.filter((one) => isOwnGroup(one, cell));
  const records = await cell.ports.records.get(own.map(({ id }) => id));
  const now = cell.ports.clock.now();
  return own.map((group) => {
    const record = records.get(group.id);
    return {
      group,
      record,
      verdict: context.evaluate(group, recordedStateFrom(record, now), cidrs.get(group.vpcId ?? '')),
    };
  });
}

/**
 * Reads a region page by page, evaluates its groups and updates their records. Only one page is in memory at
 * a time. Ends early if time or room runs short. A page that cannot be read ends the region with a fault;
 * results of earlier pages count.
 */
export async function readPart(
  region: string,
  rest: SweepRemainder,
  context: EvaluationContext,
  cell: SweepCell,
): Promise<SweptPart> {
  const { clock, census, networks } = cell.ports;
  const groups = census(region);
  const { cidrs, faults: unread } = await readCidrs(networks(region), context);
  const gathered = collecting(region, rest);
  const faults: unknown[] = [...unread];
  let { after } = rest;
  do {
    const begun = clock.now();
    try {
      const page = await readPage(groups, after, cell);
      const others = new Set(page.groups.flatMap((one) => (isOwnGroup(one, cell) ? [] : [one.id])));
      gathered.doubt(page.doubtful.filter((id) => !others.has(id)));
      const swept = await judgePage(page, context, cidrs, cell);
      for (const { group, verdict } of swept) gathered.add(group, verdict);
      faults.push(...page.unread, ...(await writeRecords(swept, context, begun, cell)));
      after = page.next;
    } catch (error) {
      return { ...gathered.result(), faults: [...faults, error] };
    }
    if (after !== undefined) await clock.sleep(Math.max(0, begun + PAGE_MS - clock.now()));
  } while (after !== undefined && !gathered.isFull() && cell.remainingMs() > RESERVE_MS);
  return { ...gathered.result(), faults, ...(after !== undefined && { next: after }) };
}
