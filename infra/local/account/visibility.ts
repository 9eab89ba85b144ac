import type { RuleRecord } from './records.ts';
import type { Region } from './region.ts';

/**
 * When a new rule shows up in describes, as EC2 is eventually consistent: after it was passed over `describes` times by the
 * same operation, or `ms` after it was made, whichever comes first; with neither given, at once.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export interface RuleVisibility {
  readonly describes?: number;
  readonly ms?: number;
}

/** Notes that a rule was made, where the account is set to hide new rules. */
export function hideNewRule(region: Region, ruleId: string): void {
  const { describes, ms } = region.account.ruleVisibility;
  if (describes === undefined && ms === undefined) return;
  region.unseen.set(ruleId, { madeAt: region.account.clock.now(), passes: new Map() });
}

function isVisible(region: Region, ruleId: string, operation: string): boolean {
  const unseen = region.unseen.get(ruleId);
  if (!unseen) return true;
  const { describes, ms } = region.account.ruleVisibility;
  const passes = unseen.passes.get(operation) ?? 0;
  unseen.passes.set(operation, passes + 1);
  const seen = describes !== undefined && passes >= describes;
  const aged = ms !== undefined && region.account.clock.now() - unseen.madeAt >= ms;
  return seen || aged || (describes === undefined && ms === undefined);
}

/** The rules that `operation` may show by now; counts the pass for the others. */
export function visibleRules(region: Region, operation: string): readonly RuleRecord[] {
  return [...region.rules.values()].filter((rule) => isVisible(region, rule.id, operation));
}
