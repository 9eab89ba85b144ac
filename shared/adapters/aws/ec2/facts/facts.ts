import type { Facts } from '../../../../domain/control.ts';
import { FactUnread } from '../../../../domain/errors.ts';
import type { Group } from '../../../../domain/group.ts';

/** What a reading tells of a group: its facts, or why there are none. One FactUnread stands for every group that it concerns. */
export type FactsFor = (group: Group) => Partial<Facts> | FactUnread;

/** Reads; what fails is a fact that is unread, under a name for people. Nothing is thrown, as the other facts are good all the same. */
export async function orUnread<T>(fact: string, reading: Promise<T>): Promise<T | FactUnread> {
  try {
    return await reading;
  } catch (error) {
    return new FactUnread(fact, error);
  }
}

/** Facts of a group that several tellings give, and each fault once. */
export function collectFacts(group: Group, tellings: readonly FactsFor[], unread: Set<FactUnread>): Partial<Facts> {
  const facts: Partial<Facts> = {};
  for (const tell of tellings) {
    const told = tell(group);
    if (told instanceof FactUnread) unread.add(told);
    else Object.assign(facts, told);
  }
  return facts;
}
