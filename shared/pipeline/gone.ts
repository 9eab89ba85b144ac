import { ruleKey } from '../exposure/rule-key.ts';
import type { Change, Trigger } from '../model/change.ts';
import type { Group } from '../model/group.ts';
import type { Entry } from '../model/ledger.ts';
import type { Sight } from '../model/ports.ts';
import type { Cell } from './cell.ts';
import { caseId } from './plan-id.ts';
import { report } from './report.ts';
import { side } from './side.ts';

/** Noted once other systems know that it is gone. */
const STEP = 'told gone';

/** Changes that take rules away, and the look that finds out. */
const SEES_IT: ReadonlySet<Trigger> = new Set(['rules-removed', 'rules-modified', 'sweep']);

/**
 * For how long two words on one case may have reached others in another order than they were said in, ms: as long as an invocation lasts.
 */
const OVERLAP_MS = 60_000;

/** When something was last said of it; what is under way will speak for itself. */
const saidAt = ({ outcome }: Entry): number => outcome?.at ?? Number.POSITIVE_INFINITY;

/** Told as open, and not as gone since: an entry that is begun anew keeps its notes. */
const isOpen = ({ outcome, progress }: Entry): boolean =>
  outcome !== undefined &&
  outcome.status !== 'done' &&
  !progress.some(({ step, at }) => step === STEP && at >= outcome.at);

/** The last word on a case, where it may have been heard as open: undefined where it was told as closed well after that. */
const openWord = (words: readonly Entry[]): Entry | undefined => {
  const last = words.filter(isOpen).toSorted((a, b) => saidAt(b) - saidAt(a))[0];
  if (last === undefined) return undefined;
  const since = saidAt(last) + OVERLAP_MS;
  return words.some((word) => !isOpen(word) && saidAt(word) > since) ? undefined : last;
};

/** The words by case: the same rules may have been told of in one mode and closed in another. */
const openWords = async (entries: readonly Entry[]): Promise<readonly Entry[]> => {
  const named = await Promise.all(entries.map(async (entry) => ({ id: await caseId(entry.plan.decision), entry })));
  return [...Map.groupBy(named, ({ id }) => id).values()].flatMap(
    (words) => openWord(words.map(({ entry }) => entry)) ?? [],
  );
};

/** Whether none of it is left; what names no rule goes with its group. */
const isGone = ({ plan }: Entry, group: Group | undefined): boolean => {
  const { rules } = plan.decision;
  if (group === undefined) return true;
  const there = new Set(group.rules.map(ruleKey));
  return rules.length > 0 && !rules.some((rule) => there.has(ruleKey(rule)));
};

const tell = async (entry: Entry, { ports }: Cell): Promise<void> => {
  const { plan } = entry;
  const at = ports.clock.now();
  await report({ plan, status: 'done', removed: [], alreadyGone: plan.decision.rules, changed: [], at }, { ports });
  await ports.ledger.noteProgress(entry, { step: STEP, data: {}, at });
};

const tellOf = async (groupId: string, group: Group | undefined, cell: Cell): Promise<readonly unknown[]> => {
  const entries = await openWords(await cell.ports.ledger.entries(groupId));
  const gone = entries.filter((entry) => isGone(entry, group));
  return (await side(gone.map(async (entry) => await tell(entry, cell)))).faults;
};

/**
 * Other systems have a finding as open that somebody else has closed since: its rules were removed or changed, or its group is gone.
 * They are told so, once; people did it themselves or saw it. Reads the groups' history, and only where somebody is to be told.
 *
 * @returns what went wrong.
 */
export const tellGone = async ({ trigger, scope }: Change, sight: Sight, cell: Cell): Promise<readonly unknown[]> => {
  if (cell.ports.findings === undefined || !SEES_IT.has(trigger)) return [];
  const groups = new Map(sight.sightings.map(({ group }) => [group.id, group]));
  const ids = scope.by === 'group-id' ? scope.ids : [...groups.keys()];
  const { outcomes, faults } = await side(ids.map(async (id) => await tellOf(id, groups.get(id), cell)));
  return [...outcomes.flat(), ...faults];
};
