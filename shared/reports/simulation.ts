import type { Change } from '../domain/change.ts';
import type { Freshness } from '../domain/controls/finding.ts';
import type { Group } from '../domain/group.ts';
import type { Rule } from '../domain/rule.ts';
import { ruleRecord } from './records.ts';
import type { SimulatedChange, Verdict } from './report.ts';

/** A rule of a touched group, and what becomes of it. */
export interface RuleVerdict {
  readonly rule: Rule;
  readonly verdict: Verdict;
  readonly freshness: Freshness;
  /** Why: a line for each control that objects, or why none does. */
  readonly because: readonly string[];
}

/** What an event would lead to. */
export interface Simulation {
  readonly change: Change;
  readonly groups: readonly { readonly group: Group; readonly rules: readonly RuleVerdict[] }[];
  /** Calls to EC2, in words of the AWS CLI. */
  readonly calls: readonly string[];
  /** What people would read. */
  readonly alerts: readonly string[];
}

/** A simulation as reports state it. */
export const changeRecord = ({ change, groups, calls, alerts }: Simulation): SimulatedChange => ({
  eventId: change.id,
  call: change.call,
  groups: groups.map(({ group, rules }) => ({
    groupId: group.id,
    groupName: group.name,
    rules: rules.map(({ rule, ...verdict }) => ({ ...ruleRecord(rule), ...verdict })),
  })),
  calls,
  alerts,
});
