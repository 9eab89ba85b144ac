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

/** When something was last said of it; what is under way will speak for itself. */
const saidAt = ({ outcome }: Entry): number => outcome?.at ?? Number.POSITIVE_INFINITY;

/** The last word on each case: the same rules may have been told of in one mode and closed in another. */
const lastWords = async (entries: readonly Entry[]): Promise<readonly Entry[]> => {
  const last = new Map<string, Entry>();
  const ids = await Promise.all(entries.map(({ plan }) => caseId(plan.decision)));
  for (const [index, entry] of entries.entries()) {
    const id = ids[index] ?? '';
    const known = last.get(id);
    if (known === undefined || saidAt(entry) > saidAt(known)) last.set(id, entry);
  }
  return [...last.values()];
};

/** Told as open, and not yet as gone. */
const isOpen = ({ outcome, progress }: Entry): boolean =>
  outcome !== undefined && outcome.status !== 'done' && !progress.some(({ step }) => step === STEP);

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
  await report({ plan, status: 'done', removed: [], alreadyGone: plan.decision.rules, drifted: [], at }, { ports });
  await ports.ledger.noteProgress(entry, { step: STEP, data: {}, at });
};

const tellOf = async (groupId: string, group: Group | undefined, cell: Cell): Promise<readonly unknown[]> => {
  const entries = await lastWords(await cell.ports.ledger.entries(groupId));
  const gone = entries.filter((entry) => isOpen(entry) && isGone(entry, group));
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
