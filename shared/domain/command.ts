import { ANSWER_ACTIONS, type AnswerAction, type AnswerResult } from './action.ts';
import type { Mode } from './control-options.ts';
import type { Exemption, ExemptionScope, ModesAfterExemption } from './exemption.ts';
import type { Person } from './identity.ts';
import type { PostRemovalGrant } from './ledger.ts';

/** The terms of a requested exemption. */
export interface ExemptionTerms {
  /** Duration in whole days, 1–90. */
  readonly days: number;
  readonly owner: string;
  readonly ticket?: string;
}

/** The scope of a requested exemption. */
export interface RequestedScope extends Omit<ExemptionScope, 'content' | 'groupName'> {
  /** `sgr-…`. The exemption is for the current content of the rule. */
  readonly ruleId?: string;
  /** Every group of the account. Must be explicit: a scope without a group and without a rule is rejected. */
  readonly allGroups?: true;
}

interface AttributedCommand {
  readonly by: Person;
  readonly reason: string;
}

/** A command that can be tried without carrying it out. */
interface DryRunCommand extends AttributedCommand {
  readonly dryRun?: true;
}

/** A command of an action that needs nothing but the remediation's id. */
export interface AnswerCommand extends DryRunCommand {
  readonly do: AnswerAction;
  readonly id: string;
}

/** Whether a command is one of these. */
export function isAnswerCommand(command: Command): command is AnswerCommand {
  return ANSWER_ACTIONS.some((action) => action === command.do);
}

/**
 * A command for on-grant. `id` is the id of a remediation (see `remediationId`) or of an exemption. Only
 * on-change sends `follow`, which asks for grants after a removal. Only on-schedule sends `canary`.
 */
export type Command =
  | ({
      readonly do: 'restore';
      readonly id: string;
      readonly dryRun: boolean;
      readonly exempt?: ExemptionTerms;
    } & AttributedCommand)
  | AnswerCommand
  /** Exempts the rules of a remediation. Removed rules are restored, and other rules stay open. */
  | ({ readonly do: 'leave-open'; readonly id: string; readonly terms: ExemptionTerms } & AttributedCommand)
  | ({
      readonly do: 'exempt';
      readonly region: string;
      readonly scope: RequestedScope;
      readonly terms: ExemptionTerms;
    } & DryRunCommand)
  | ({ readonly do: 'renew'; readonly id: string; readonly days: number } & DryRunCommand)
  | ({ readonly do: 'end-exemption'; readonly id: string } & DryRunCommand)
  | ({ readonly do: 'resume-budget' } & DryRunCommand)
  | ({ readonly do: 'roll-back'; readonly id: string } & AttributedCommand)
  | {
      readonly do: 'list';
      readonly what: 'remediations' | 'pending' | 'held' | 'exemptions';
      /** Largest number of items of all pages together. */
      readonly most: number;
      /** `next` of the previous page; absent: the first page. */
      readonly after?: string;
    }
  | { readonly do: 'follow'; readonly groupId: string; readonly planId: string }
  | { readonly do: 'canary'; readonly region: string };

/** What a person did with a remediation. Times are milliseconds since the epoch. */
export interface RemediationEvent {
  /** `reverted`: the grants of a narrowing were removed. `exempt`: an exemption covers some of the rules. */
  readonly what: 'acknowledged' | 'approved' | 'declined' | 'restored' | 'narrowed' | 'reverted' | 'exempt';
  readonly by: string;
  readonly at: number;
  /** The remediation that an approval led to. */
  readonly as?: string;
  /** The remediation that was approved, which led to this one. */
  readonly from?: string;
  /** Number of rules granted. */
  readonly rules?: number;
  /** Number of rules that were not granted. */
  readonly refused?: number;
  readonly exemptUntil?: number;
  readonly owner?: string;
}

/** A remediation in a list. */
export interface RemediationSummary {
  readonly id: string;
  readonly at: number;
  readonly status: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly region: string;
  readonly controls: readonly string[];
  readonly rules: readonly string[];
  readonly actor?: string;
  /** Why the remediation failed. */
  readonly fault?: string;
  /** Oldest first. */
  readonly events: readonly RemediationEvent[];
}

/** The result of a command. `refused`: nothing was changed, with the reasons. */
export type CommandResult =
  | {
      readonly kind: 'refused';
      readonly because: readonly string[];
      /** With an exemption the command would succeed. The last item of `because` says how to request one. */
      readonly needs?: 'exemption';
    }
  | {
      readonly kind: 'restored';
      readonly dryRun: boolean;
      readonly followUp: PostRemovalGrant;
      /** Ids of rules with the same content that exist already. */
      readonly standing: readonly string[];
      /** Further information, such as which controls will notify people. */
      readonly remarks: readonly string[];
      /** Modes after the exemption that was granted with the rules. */
      readonly afterwards?: ModesAfterExemption;
    }
  | AnswerResult
  /** `afterwards`: absent if unknown. */
  | {
      readonly kind: 'exempted' | 'renewed' | 'ended';
      readonly exemption: Exemption;
      readonly afterwards?: ModesAfterExemption;
    }
  /** One exemption for each rule. */
  | { readonly kind: 'left-open'; readonly exemptions: readonly Exemption[]; readonly afterwards?: ModesAfterExemption }
  | { readonly kind: 'resumed'; readonly released: number }
  | {
      readonly kind: 'migrated';
      /** `sg-…` that replaces the default group; absent if no interface used the default group. */
      readonly replacement?: string;
      /** Steps of this run, in order. */
      readonly steps: readonly string[];
      /** What still uses the default group, each with a solution. If empty, its rules are being removed. */
      readonly open: readonly string[];
      /** Further information. */
      readonly remarks: readonly string[];
    }
  | { readonly kind: 'rolled-back'; readonly steps: readonly string[] }
  /** `next`: there is another page after this id. */
  | { readonly kind: 'remediations'; readonly lines: readonly RemediationSummary[]; readonly next?: string }
  | { readonly kind: 'exemptions'; readonly exemptions: readonly Exemption[]; readonly next?: string }
  | { readonly kind: 'followed'; readonly followUps: readonly PostRemovalGrant[] }
  | { readonly kind: 'canary-put'; readonly groupId: string; readonly at: number }
  /** The previous marker still exists; `since`: from its description, if possible. */
  | { readonly kind: 'canary-stands'; readonly groupId: string; readonly since?: number }
  /** No marker was added because it would not be removed, or because there is nothing to monitor. */
  | { readonly kind: 'canary-skipped'; readonly because: readonly string[] };

/** A setting of the runtime switch: the highest mode until a time (milliseconds since the epoch). */
export interface SwitchSetting {
  readonly mode: Mode;
  readonly until: number;
  readonly reason: string;
}

/** Longest duration of a switch setting: 12 hours. */
export const LONGEST_SWITCH_MS = 12 * 3_600_000;
