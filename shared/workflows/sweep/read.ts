import { RemediatorError } from '../../domain/errors.ts';
import type { Group } from '../../domain/group.ts';
import type { Census, GroupPage, Networks, SweepRest } from '../../domain/sweep.ts';
import { knownFrom } from '../../remediation/decide/freshness.ts';
import { isOwnGroup } from '../../remediation/own-group.ts';
import { side } from '../../remediation/side.ts';
import type { SweepCell } from './cell.ts';
import type { Court, Verdict } from './court.ts';
import { type SweptGroup, writeRecords } from './record.ts';
import { tallying } from './tally.ts';

/**
 * Shortest time from one page to the next, ms. EC2 gives paged calls a bucket of 100 that fills by 20 a second: at that pace a sweep
 * never empties it for others.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
 */
const PAGE_MS = 50;

/** Pauses before a page is asked for again, ms, beyond the SDK's own five attempts. */
const PAUSES = [1000, 4000, 10_000];

/** Time that is kept for what comes after reading, ms: handing over 10,000 groups takes 30 s. */
export const RESERVE_MS = 90_000;

/** Groups that one part hands over. */
const MOST_CONCERNS = 10_000;

/** What one part of a sweep has read of a region. */
export interface Part {
  /** Ids of the groups to be looked at. */
  readonly concerns: readonly string[];
  /** Those of them where rules may have to be closed. */
  readonly closing: ReadonlySet<string>;
  /** Groups that were read. */
  readonly groups: number;
  readonly tally: SweepRest['tally'];
  /** Where the next part begins; absent: the region is through. */
  readonly next?: string;
  readonly faults: readonly unknown[];
}

const isRetryable = (error: unknown): boolean => error instanceof RemediatorError && error.retryable;

const readPage = async (census: Census, after: string | undefined, { ports }: SweepCell): Promise<GroupPage> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await census.page(after);
    } catch (error) {
      const pause = PAUSES[attempt];
      if (pause === undefined || !isRetryable(error)) throw error;
      await ports.clock.sleep(pause);
    }
  }
};

type Cidrs = Awaited<ReturnType<Networks['cidrs']>>;

/** Those of all VPCs where the court asks for them. A fault leaves them unknown, so that the court assumes the worst. */
const readCidrs = async (networks: Networks, { asksForCidrs }: Court) => {
  const { outcomes, faults } = await side<Cidrs>(asksForCidrs ? [networks.cidrs()] : []);
  return { cidrs: outcomes[0] ?? new Map<string, readonly string[]>(), faults };
};

const gathering = (region: string, rest: SweepRest) => {
  const counted = tallying(rest.tally, region);
  const concerns = new Set<string>();
  const closing = new Set<string>();
  let groups = 0;
  return {
    doubt(ids: readonly string[]): void {
      for (const id of ids) concerns.add(id);
    },
    add(group: Group, verdict: Verdict): void {
      groups += 1;
      counted.add(group, verdict);
      if (verdict.concerns) concerns.add(group.id);
      if (verdict.closes) closing.add(group.id);
    },
    isFull: () => concerns.size >= MOST_CONCERNS,
    result: () => ({ concerns: [...concerns], closing, groups, tally: counted.result() }),
  };
};

/** Judges the groups of a page by what is remembered of them. Throws CallFailed. */
const judgePage = async (
  page: GroupPage,
  court: Court,
  cidrs: Cidrs,
  cell: SweepCell,
): Promise<readonly SweptGroup[]> => {
  const own = page.groups.filter((one) => isOwnGroup(one, cell));
  const records = await cell.ports.records.of(own.map(({ id }) => id));
  const now = cell.ports.clock.now();
  return own.map((group) => {
    const record = records.get(group.id);
    return { group, record, verdict: court.judge(group, knownFrom(record, now), cidrs.get(group.vpcId ?? '')) };
  });
};

/**
 * Reads a region page by page, judges what it reads and brings the records of its groups up to date; a page is in memory at a time. Ends
 * early where time or room runs short. A page that cannot be read ends the region, with its fault: what was found before is dealt with
 * all the same.
 */
export const readPart = async (region: string, rest: SweepRest, court: Court, cell: SweepCell): Promise<Part> => {
  const { clock, census, networks } = cell.ports;
  const groups = census(region);
  const { cidrs, faults: unread } = await readCidrs(networks(region), court);
  const gathered = gathering(region, rest);
  const faults: unknown[] = [...unread];
  let { after } = rest;
  do {
    const begun = clock.now();
    try {
      const page = await readPage(groups, after, cell);
      const others = new Set(page.groups.flatMap((one) => (isOwnGroup(one, cell) ? [] : [one.id])));
      gathered.doubt(page.doubtful.filter((id) => !others.has(id)));
      const swept = await judgePage(page, court, cidrs, cell);
      for (const { group, verdict } of swept) gathered.add(group, verdict);
      faults.push(...page.unread, ...(await writeRecords(swept, court, begun, cell)));
      after = page.next;
    } catch (error) {
      return { ...gathered.result(), faults: [...faults, error] };
    }
    if (after !== undefined) await clock.sleep(Math.max(0, begun + PAGE_MS - clock.now()));
  } while (after !== undefined && !gathered.isFull() && cell.remainingMs() > RESERVE_MS);
  return { ...gathered.result(), faults, ...(after !== undefined && { next: after }) };
};
