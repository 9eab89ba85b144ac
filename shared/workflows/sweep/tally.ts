import { type Finding, SEVERITIES } from '../../domain/controls/finding.ts';
import type { Mode } from '../../domain/controls/mode.ts';
import type { Group } from '../../domain/group.ts';
import type { DigestItem, DigestLine, Standing, Tally } from '../../domain/notifications/digest.ts';
import type { Tags } from '../../domain/rule.ts';
import type { Verdict } from './court.ts';

/** Lines that are kept apart; further owners are counted together. */
const MOST_LINES = 300;

/** Findings that are named. */
const MOST_WORST = 10;

/** Characters of a tag's value that name an owner. */
const OWNER_LENGTH = 80;

/** Nothing counted yet. */
export const EMPTY_TALLY: Tally = { groups: 0, closing: 0, lines: [], worst: [] };

const standingOf = (mode: Mode): Standing =>
  mode === 'enforce' ? 'closing' : mode === 'alert' || mode === 'approve' ? 'open' : 'observed';

const ownerOf = (tags: Tags): Pick<DigestLine, 'owner'> => {
  const [owner] = Object.entries(tags).flatMap(([key, value]) => (key.toLowerCase() === 'owner' ? [value] : []));
  return owner === undefined || owner.trim() === '' ? {} : { owner: owner.slice(0, OWNER_LENGTH) };
};

const isWorse = (a: DigestItem, b: DigestItem): number =>
  SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.rules - a.rules;

const keyOf = ({ standing, control, owner }: DigestLine): string => JSON.stringify([standing, control, owner]);

/** Counts on from what an earlier part has counted. */
export const tallying = (start: Tally, region: string) => {
  const lines = new Map(start.lines.map((line) => [keyOf(line), line]));
  let { groups, closing, worst } = start;

  const count = (line: DigestLine): void => {
    const known = lines.has(keyOf(line)) || lines.size < MOST_LINES;
    const counted = known ? line : { ...line, owner: 'other owners' };
    const before = lines.get(keyOf(counted));
    const [more, rules] = [(before?.groups ?? 0) + 1, (before?.rules ?? 0) + line.rules];
    lines.set(keyOf(counted), { ...counted, groups: more, rules });
  };

  const rank = (item: DigestItem): void => {
    const last = worst[MOST_WORST - 1];
    if (last === undefined || isWorse(item, last) < 0) worst = [...worst, item].toSorted(isWorse).slice(0, MOST_WORST);
  };

  const note = (group: Group, mode: Mode, { control, severity, rules }: Finding): void => {
    const about = { standing: standingOf(mode), control, ...ownerOf(group.tags), rules: rules.length };
    count({ ...about, groups: 1 });
    rank({ ...about, severity, groupId: group.id, groupName: group.name.slice(0, OWNER_LENGTH), region });
  };

  return {
    /** One group, judged. */
    add(group: Group, { findings, closes }: Verdict): void {
      groups += 1;
      closing += Number(closes);
      for (const { finding, mode } of findings) note(group, mode, finding);
    },
    result: (): Tally => ({ groups, closing, lines: [...lines.values()], worst }),
  };
};
