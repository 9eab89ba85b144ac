import type { Mode } from '../../domain/control-options.ts';
import { type Finding, SEVERITIES } from '../../domain/finding.ts';
import type { Group, Tags } from '../../domain/group.ts';
import type { Tally, TallyItem, TallyLine, TallyStatus } from '../../domain/notification.ts';
import type { GroupEvaluation } from './evaluate.ts';

/** Maximum number of separate lines; further owners are counted together. */
const MOST_LINES = 300;

/** Number of findings that are named. */
const MOST_WORST = 10;

/** Maximum characters of an owner's name. */
const OWNER_LENGTH = 80;

export const EMPTY_TALLY: Tally = { groups: 0, closing: 0, lines: [], worst: [] };

function standingOf(mode: Mode): TallyStatus {
  return mode === 'enforce' ? 'closing' : mode === 'alert' || mode === 'approve' ? 'open' : 'observed';
}

function ownerOf(tags: Tags): Pick<TallyLine, 'owner'> {
  const [owner] = Object.entries(tags).flatMap(([key, value]) => (key.toLowerCase() === 'owner' ? [value] : []));
  return owner === undefined || owner.trim() === '' ? {} : { owner: owner.slice(0, OWNER_LENGTH) };
}

function isWorse(a: TallyItem, b: TallyItem): number {
  return SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.rules - a.rules;
}

function keyOf({ standing, control, owner }: TallyLine): string {
  return JSON.stringify([standing, control, owner]);
}

/** Continues the counts of an earlier part. */
export function tallying(start: Tally, region: string) {
  const lines = new Map(start.lines.map((line) => [keyOf(line), line]));
  let { groups, closing, worst } = start;

  const count = (line: TallyLine): void => {
    const known = lines.has(keyOf(line)) || lines.size < MOST_LINES;
    const counted = known ? line : { ...line, owner: 'other owners' };
    const before = lines.get(keyOf(counted));
    const [more, rules] = [(before?.groups ?? 0) + 1, (before?.rules ?? 0) + line.rules];
    lines.set(keyOf(counted), { ...counted, groups: more, rules });
  };

  const rank = (item: TallyItem): void => {
    const last = worst[MOST_WORST - 1];
    if (last === undefined || isWorse(item, last) < 0) worst = [...worst, item].toSorted(isWorse).slice(0, MOST_WORST);
  };

  const note = (group: Group, mode: Mode, { control, severity, rules }: Finding): void => {
    const about = { standing: standingOf(mode), control, ...ownerOf(group.tags), rules: rules.length };
    count({ ...about, groups: 1 });
    rank({ ...about, severity, groupId: group.id, groupName: group.name.slice(0, OWNER_LENGTH), region });
  };

  return {
    /** Counts one evaluated group. */
    add(group: Group, { findings, closes }: GroupEvaluation): void {
      groups += 1;
      closing += Number(closes);
      for (const { finding, mode } of findings) note(group, mode, finding);
    },
    result: (): Tally => ({ groups, closing, lines: [...lines.values()], worst }),
  };
}
