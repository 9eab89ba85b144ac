import type { Actor } from '../../domain/change.ts';
import type { Freshness } from '../../domain/finding.ts';
import type { GroupIdentity, Rule } from '../../domain/group.ts';
import type { Attribution } from '../../domain/identity.ts';
import type { Listing, Reason } from '../../domain/message.ts';
import { formatRule, truncate } from '../../network/format.ts';

/** A time in UTC, in ISO 8601 with milliseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** Who made a request, when and why. */
export function requestText({ by, reason, at }: Attribution): string {
  return `${by.name}${by.arn === undefined || by.arn === by.name ? '' : ` (${by.arn})`}, ${timeText(at)}: ${reason}`;
}

/** Tool and address of a call: `console, from 198.51.100.20`. */
export function toolText({ sourceIp, tool, invokedBy }: Actor): string {
  return [tool, sourceIp && `from ${sourceIp}`, invokedBy && `through ${invokedBy}`].filter(Boolean).join(', ');
}

/** Name, tool and address of an actor. */
export function actorText(actor: Actor): string {
  return `${actor.name ?? actor.arn ?? 'unknown'} (${toolText(actor)})`;
}

/** The last part of a role's ARN: its name. */
function roleName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/**
 * An actor. For a role session, the session's name and the role, because IAM Identity Center and federation
 * name sessions after people.
 */
export function whoText({ name, arn, role }: Actor): string {
  const known = name ?? arn ?? 'unknown';
  if (role !== undefined) return `${known}, in a session of the role ${roleName(role)}`;
  return arn === undefined || arn === known ? known : `${known} (${arn})`;
}

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

/** A duration in at most two units: `4.2 s`, `3 min 20 s`, `2 h 5 min`, `12 d 3 h`. */
export function durationText(ms: number): string {
  const whole = Math.max(0, ms);
  const two = (unit: number, name: string, part: number, partName: string): string =>
    `${Math.floor(whole / unit)} ${name} ${Math.floor((whole % unit) / part)} ${partName}`;
  if (whole < MINUTE) return `${(whole / SECOND).toFixed(1)} s`;
  if (whole < HOUR) return two(MINUTE, 'min', SECOND, 's');
  return whole < DAY ? two(HOUR, 'h', MINUTE, 'min') : two(DAY, 'd', HOUR, 'h');
}

const FRESHNESS_TEXTS = { fresh: 'new', existing: 'there before' } as const satisfies Record<Freshness, string>;

/** Severity and freshness of a reason: `critical, new`. */
export function severityText({ severity, freshness }: Pick<Reason, 'severity' | 'freshness'>): string {
  return `${severity}, ${FRESHNESS_TEXTS[freshness]}`;
}

/**
 * Most characters of a group's name in a headline. The id comes first, so that truncation never removes it.
 */
const MAX_GROUP_NAME = 60;

/** A group in a headline: `sg-0… web`. */
export function groupText({ id, name }: Pick<GroupIdentity, 'id' | 'name'>): string {
  return `${id} ${truncate(name, MAX_GROUP_NAME)}`.trimEnd();
}

/** A listing of lines, or nothing if there are no lines. */
export function textListing(title: string, lines: readonly string[]): readonly Listing[] {
  return lines.length === 0 ? [] : [{ title, lines }];
}

/** A listing of rules, or nothing if there are no rules. */
export function ruleListing(title: string, rules: readonly Rule[]): readonly Listing[] {
  return textListing(title, rules.map(formatRule));
}

/** A listing with at most `most` lines, and the number of the omitted ones. */
export function truncateListing({ title, lines, omitted = 0 }: Listing, most: number): Required<Listing> {
  return {
    title,
    lines: lines.slice(0, most),
    omitted: omitted + Math.max(0, lines.length - most),
  };
}

/** `… and 488 more; all of it is on record under 01j…`, or nothing if no line was omitted. */
export function omittedLines(omitted: number, remediationId?: string): readonly string[] {
  return omitted > 0
    ? [`… and ${omitted} more${remediationId === undefined ? '' : `; all of it is on record under ${remediationId}`}`]
    : [];
}
