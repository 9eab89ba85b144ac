import { z } from 'zod';
import type { Approval, Budget, Freeze, Trusted } from '../../domain/policy.ts';
import { endOf, minuteOfDay, startOf, WEEKDAYS } from '../dates.ts';
import { DEFAULTS } from './defaults.ts';
import { A_DAY, addIssues, listOf, numberBetween, type SectionIssue, spanIssues, words } from './values.ts';

const A_TIME = 'a time of day (UTC) such as 18:00';

const A_DATE = `${A_DAY}, and with days ${A_TIME}`;

const time = z.string({ error: A_DATE }).min(1, { error: A_DATE });

/** One freeze: once, or every week. */
export const freezeSchema = z
  .strictObject(
    {
      days: z
        .array(z.enum(WEEKDAYS, { error: `a day (${WEEKDAYS.join(', ')})` }), { error: 'a list of days' })
        .min(1, { error: 'at least one day' })
        .optional()
        .describe('Days of a weekly freeze. Without days, the freeze happens once.'),
      from: time.describe('First day. With days: the time at which the freeze starts (UTC).'),
      until: time.describe(
        'Last day. With days: the time at which the freeze ends, on the next day if it is before `from`.',
      ),
      reason: words('a reason in words').describe('Why changes are frozen.'),
    },
    { error: 'a map of days, from, until and reason' },
  )
  .superRefine((freeze, context) => {
    addIssues(context, freezeIssues(freeze));
  });

function freezeIssues(one: WrittenFreeze): readonly SectionIssue[] {
  return one.days === undefined
    ? [...unreadable(one, (text) => startOf(text) !== undefined, A_DAY), ...spanIssues(one)]
    : unreadable(one, (text) => minuteOfDay(text) !== undefined, A_TIME);
}

function unreadable(one: WrittenFreeze, isRead: (text: string) => boolean, expected: string): readonly SectionIssue[] {
  return (['from', 'until'] as const)
    .filter((name) => !isRead(one[name]))
    .map((name) => ({ path: [name], text: `expected ${expected}, not ${JSON.stringify(one[name])}` }));
}

const A_SPAN = 'a time from 15m to 30d, such as 72h';

/** Limits of the approval time. The schedule runs every 5 minutes, and the ledger keeps the change. */
const APPROVAL_MS = [15 * 60_000, 30 * 86_400_000] as const;

const span = z
  .string({ error: A_SPAN })
  .regex(/^\d{1,5}[mhd]$/, { error: A_SPAN, abort: true })
  .refine((text) => msOf(text) >= APPROVAL_MS[0] && msOf(text) <= APPROVAL_MS[1], { error: A_SPAN });

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function msOf(text: string): number {
  return Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? Number.NaN);
}

/** The section `approval`. */
export const approvalSchema = z.strictObject(
  {
    within: span.optional().describe('How long a plan waits for approval; default 72h.'),
    otherwise: z
      .enum(['decline', 'release'], { error: 'decline or release' })
      .optional()
      .describe('What happens to the plan if nobody answers; default decline.'),
  },
  { error: 'a map of within and otherwise' },
);

/** Compiles the section `approval`. */
export function compileApproval({ within, otherwise }: z.infer<typeof approvalSchema> = {}): Approval {
  return {
    withinMs: within === undefined ? DEFAULTS.approval.withinMs : msOf(within),
    otherwise: otherwise ?? DEFAULTS.approval.otherwise,
  };
}

const A_SHARE = 'a share such as 10%, above 0% and up to 100%';

const share = z
  .string({ error: A_SHARE })
  .regex(/^\d{1,3}(?:\.\d{1,3})?%$/, { error: A_SHARE, abort: true })
  .refine((text) => shareOf(text) > 0 && shareOf(text) <= 1, { error: A_SHARE });

function shareOf(text: string): number {
  return Number(text.slice(0, -1)) / 100;
}

/** The section `budget`. */
export const budgetSchema = z.strictObject(
  {
    removalsPerHour: numberBetween(1, 10_000)
      .optional()
      .describe('Maximum number of existing rules to close in any 60 minutes; default 20.'),
    sweepShare: share
      .optional()
      .describe('Maximum share of groups in which a sweep may close rules. One group is always allowed. Default 10%.'),
  },
  { error: 'a map of removalsPerHour and sweepShare' },
);

/** Compiles the section `budget`. */
export function compileBudget({ removalsPerHour, sweepShare }: z.infer<typeof budgetSchema> = {}): Budget {
  return {
    removalsPerHour: removalsPerHour ?? DEFAULTS.budget.removalsPerHour,
    sweepShare: sweepShare === undefined ? DEFAULTS.budget.sweepShare : shareOf(sweepShare),
  };
}

const A_BLOCK = 'a CIDR block such as 203.0.113.0/24';

const A_LIST = 'a prefix list id such as pl-0123456789abcdef0';

/** The section `trusted`. `trustedIssues` checks its blocks. */
export const trustedSchema = z.strictObject(
  {
    cidrs: listOf(z.string({ error: A_BLOCK }), 'CIDR blocks').describe(
      'Your own public blocks, each at most an IPv4 /8 or IPv6 /12. They do not count as the world, and remedy: narrow may grant them.',
    ),
    prefixLists: listOf(
      z.string({ error: A_LIST }).regex(/^pl-[0-9a-f]{8,17}$/, { error: A_LIST }),
      'prefix list ids',
    ).describe('Your own prefix lists. Whoever can change their entries decides what is trusted.'),
    anyActor: z
      .boolean({ error: 'true or false' })
      .optional()
      .describe("Whether remedy: narrow may grant an actor's address outside cidrs; default false."),
  },
  { error: 'a map of cidrs, prefixLists and anyActor' },
);

/** Compiles the section `trusted`. */
export function compileTrusted({ cidrs, prefixLists, anyActor }: z.infer<typeof trustedSchema> = {}): Trusted {
  return {
    cidrs: cidrs ?? DEFAULTS.trusted.cidrs,
    prefixListIds: prefixLists ?? DEFAULTS.trusted.prefixListIds,
    anyActor: anyActor ?? DEFAULTS.trusted.anyActor,
  };
}

interface WrittenFreeze {
  readonly days?: readonly (typeof WEEKDAYS)[number][] | undefined;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

/** Compiles the section `freezes`. */
export function compileFreezes(written: readonly WrittenFreeze[]): readonly Freeze[] {
  return written.map(({ days, from, until, reason }) =>
    days === undefined
      ? { kind: 'dates', from: startOf(from) ?? 0, until: endOf(until) ?? 0, reason }
      : {
          kind: 'weekly',
          days: days.map((day) => WEEKDAYS.indexOf(day)).toSorted((a, b) => a - b),
          fromMinute: minuteOfDay(from) ?? 0,
          untilMinute: minuteOfDay(until) ?? 0,
          reason,
        },
  );
}
