import type { Exposure } from '../model/finding.ts';
import type { WorldThreshold } from '../model/options.ts';
import type { PortSet } from '../model/rule.ts';
import { exposuresOf } from './exposures.ts';
import type { Prepared } from './prepared.ts';
import type { Reach } from './reach.ts';
import { contentKey } from './rule-key.ts';
import { segmentsOf } from './segments.ts';

type Answers = Map<string, readonly Exposure[]>;

/** By the ports that are asked about: these are settings, the same object for every group. */
const known = new WeakMap<PortSet, Answers>();

const MOST_KNOWN = 10_000;

const exposuresBy = (only: Reach, { judge }: Prepared, ports: PortSet): readonly Exposure[] => {
  const open = segmentsOf([only], ports).filter(({ reaches }) => judge.isWorld(reaches));
  return exposuresOf(open, judge);
};

/** What tells all that one rule does; undefined for a prefix list, whose entries its name does not tell. */
const keyOf = ({ rule }: Reach, world: WorldThreshold): string | undefined =>
  rule.source.kind === 'prefix-list' ? undefined : `${world.ipv4} ${world.ipv6} ${contentKey(rule)}`;

/**
 * Which of the asked-for ports the world reaches through one rule alone; from memory where a rule with the same content was asked about
 * before. Nearly every group has the same lone rule outbound, and judging it anew took half of the time of evaluation.
 */
export const exposuresAlone = (
  only: Reach,
  prepared: Prepared,
  ports: PortSet,
  world: WorldThreshold,
): readonly Exposure[] => {
  const key = keyOf(only, world);
  if (key === undefined) return exposuresBy(only, prepared, ports);
  const answers: Answers = known.get(ports) ?? new Map();
  const found = answers.get(key);
  if (found !== undefined) return found;
  if (answers.size >= MOST_KNOWN) answers.clear();
  const exposures = exposuresBy(only, prepared, ports);
  known.set(ports, answers.set(key, exposures));
  return exposures;
};
