import type { Facts } from '../../../../domain/control.ts';
import { FactUnread } from '../../../../domain/errors.ts';
import type { Group } from '../../../../domain/group.ts';

/**
 * Returns the facts of a group, or why they are unread. One FactUnread is shared by all groups that it
 * concerns.
 */
export type FactsFor = (group: Group) => Partial<Facts> | FactUnread;

/** Turns a failed read into a FactUnread with a name for people, so that the other facts remain usable. */
export async function orUnread<T>(fact: string, reading: Promise<T>): Promise<T | FactUnread> {
  try {
    return await reading;
  } catch (error) {
    return new FactUnread(fact, error);
  }
}

/** The facts of a group from several reads. Collects each fault once. */
export function collectFacts(group: Group, tellings: readonly FactsFor[], unread: Set<FactUnread>): Partial<Facts> {
  const facts: Partial<Facts> = {};
  for (const tell of tellings) {
    const told = tell(group);
    if (told instanceof FactUnread) unread.add(told);
    else Object.assign(facts, told);
  }
  return facts;
}
