import type { Actor } from '../domain/change.ts';
import type { Outcome, ReopenLoop } from '../domain/decision.ts';
import { worstSeverity } from '../domain/finding.ts';
import type { Episode } from '../domain/group-record.ts';
import type { DigestEntry } from '../domain/notification.ts';
import { remediationId } from '../domain/remediation-id.ts';
import { canonicalKey } from '../network/rule-key.ts';
import type { RemediationCell } from './cell.ts';

function actorKey({ arn, name, tool }: Actor): string {
  return [arn, name, tool].join(' ');
}

function keyOf({ actor }: Episode): string {
  return actor === undefined ? '' : actorKey(actor);
}

/** Openings of one content, each event once, and which of them people were told of as a fight. */
interface Reopenings {
  readonly opened: readonly Episode[];
  readonly told: readonly Episode[];
}

function reopeningsOf(content: string, episodes: readonly Episode[]): Reopenings {
  const ours = episodes.filter((one) => one.content === content);
  const told = new Set(ours.filter(({ what }) => what === 'told').map(({ changeId }) => changeId));
  const opened = ours.filter(({ what }) => what === 'opened');
  const once = [...new Map(opened.map((one) => [one.changeId, one])).values()];
  return { opened: once, told: once.filter(({ changeId }) => told.has(changeId)) };
}

/**
 * Whether people know of the fight as it is: they were told of one, it has not doubled since (3, 6, 12, …), and everybody who is at it was
 * in what they were told. By what they were told, not by the number alone: who opens and closes by himself makes the number what he likes.
 */
function isAlreadyNotified({ opened, told }: Reopenings, from: number): boolean {
  if (told.length < from) return false;
  let next = from;
  while (next <= told.length) next *= 2;
  const known = new Set(told.map(keyOf));
  return opened.length < next && opened.every((one) => known.has(keyOf(one)));
}

function allReopenings(outcome: Outcome, episodes: readonly Episode[]): readonly Reopenings[] {
  return [...new Set(outcome.removed.map(canonicalKey))].map((content) => reopeningsOf(content, episodes));
}

/**
 * Whether what was just closed has been opened time and again: somebody, mostly a tool, puts it back. It goes on being closed; people
 * are told of the fight in place of each round. Nothing is kept quiet beside it: a plan that closed anything else is told.
 *
 * @param from openings within a day from which on it is one
 */
export function reopenLoopOf(outcome: Outcome, episodes: readonly Episode[], from: number): ReopenLoop | undefined {
  const all = allReopenings(outcome, episodes);
  const opened = all.toSorted((a, b) => b.opened.length - a.opened.length)[0]?.opened ?? [];
  if (opened.length < from) return undefined;
  const actors = new Map(
    opened.flatMap(({ actor }) => (actor === undefined ? [] : [[actorKey(actor), actor] as const])),
  );
  return {
    times: opened.length,
    since: Math.min(...opened.map(({ at }) => at)),
    actors: [...actors.values()],
    // A failure is news whatever else is known.
    quiet: outcome.status === 'done' && all.every((rounds) => isAlreadyNotified(rounds, from)),
  };
}

/** What goes on record once people were told of a fight: every opening of it that they have not been told of before. */
export function notifiedOpenings(outcome: Outcome, episodes: readonly Episode[], from: number): readonly Episode[] {
  return allReopenings(outcome, episodes)
    .filter(({ opened }) => opened.length >= from)
    .flatMap(({ opened, told }) => opened.filter((one) => !told.includes(one)))
    .map((one) => ({ ...one, what: 'told' }));
}

/**
 * What a storm's digest says of an outcome. Of its reasons it names the worst, the first of several. A case that failed and is begun anew
 * keeps the time of its first plan: by the change that brought it back it counts in a minute of its own, and not as told in the old one.
 */
export function digestEntryOf({ plan, status, removed }: Outcome): DigestEntry {
  const { decision, change, id, at } = plan;
  const severity = worstSeverity(decision.findings);
  const actor = change.actor?.name ?? change.actor?.arn;
  return {
    id,
    remediationId: remediationId(plan),
    status,
    severity,
    control: decision.findings.find((finding) => finding.severity === severity)?.control ?? '',
    groupId: decision.group.id,
    groupName: decision.group.name,
    account: change.account,
    region: change.region,
    ...(actor !== undefined && { actor }),
    rules: removed.length > 0 ? removed.length : decision.rules.length,
    at: Math.max(at, change.at),
  };
}

/**
 * What always comes alone: what is critical; that the budget is spent, which is told once for all that waits; and a fight, of which people
 * are told ever more seldom. A line in a digest does not say the last.
 */
function alwaysAlone({ plan, status, reopenLoop }: Outcome): boolean {
  return worstSeverity(plan.decision.findings) === 'critical' || status === 'held' || reopenLoop !== undefined;
}

/**
 * Whether an outcome was gathered for the digest of a storm, so that it is not told by itself. A failure to find out must not keep it from
 * people: told twice is better than not at all. It goes into the journal, which an alarm stands on.
 */
export async function joinsDigest(outcome: Outcome, { policy, ports }: RemediationCell): Promise<boolean> {
  if (alwaysAlone(outcome)) return false;
  const gist = digestEntryOf(outcome);
  try {
    if ((await ports.storms.admit(gist, policy.alerts.perMinute)) === 'alone') return false;
    ports.journal({ what: 'gathered', entry: gist });
    return true;
  } catch (error) {
    ports.journal({ what: 'not-counted', outcome, fault: error });
    return false;
  }
}
