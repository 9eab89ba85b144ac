import type { RuleRecord } from './records.ts';
import type { Region } from './region.ts';

/** The rules of one group, oldest first. */
export function rulesOf(region: Region, groupId: string): readonly RuleRecord[] {
  return [...region.rules.values()].filter((rule) => rule.groupId === groupId);
}
