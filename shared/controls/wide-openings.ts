import { allPortsExcept } from '../exposure/ports.ts';
import { widestFirst } from '../exposure/reach.ts';
import { type Opening, worldOpen } from '../exposure/world-open.ts';
import type { Subject } from '../model/control.ts';
import type { WidthLimit, WorldThreshold } from '../model/options.ts';
import type { Direction } from '../model/rule.ts';

/** What is open to the world in one direction on more ports than the limit, all rules added up. The widest rules go first. */
export const wideOpenings = (
  { group, fresh }: Subject,
  direction: Direction,
  { maxPorts, publicPorts }: WidthLimit,
  world: WorldThreshold,
): readonly Opening[] =>
  worldOpen({
    rules: group.rules,
    fresh,
    direction,
    world,
    ports: allPortsExcept(publicPorts),
    allowed: maxPorts,
    order: widestFirst,
  });
