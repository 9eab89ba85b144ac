import { ANSWER_ACTIONS, type AnswerAction, type AnswerResult } from './action.ts';
import type { Mode } from './control-options.ts';
import type { Exemption, ExemptionScope, ModesAfterExemption } from './exemption.ts';
import type { Person } from './identity.ts';
import type { PostRemovalGrant } from './ledger.ts';

/** What an exemption needs besides its scope. */
export interface ExemptionTerms {
  /** Whole days from now, 1–90. */
  readonly days: number;
  readonly owner: string;
  readonly ticket?: string;
}

/** The scope of an exemption as a person names it. */
export interface RequestedScope extends Omit<ExemptionScope, 'content' | 'groupName'> {
  /** `sgr-…`: its present content is what is exempted. */
  readonly ruleId?: string;
  /** Every group of the account. Has to be said: a scope without a group or a rule is refused. */
  readonly allGroups?: true;
}

interface AttributedCommand {
  readonly by: Person;
  readonly reason: string;
}

/** A request that can be answered without doing it. */
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
 * What functions/on-grant is asked for. `id` is that of a remediation (see `remediationId`) or of an exemption.
 * `follow` comes from on-change alone: a removal that something is to be granted after; `canary` from the schedule.
 */
export type Command =
  | ({
      readonly do: 'restore';
      readonly id: string;
      readonly dryRun: boolean;
      readonly exempt?: ExemptionTerms;
    } & AttributedCommand)
  | AnswerCommand
  /** Leave for what a remediation is about: with what it took put back, or for what still stands of it. */
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
      /** Of all pages together. */
      readonly most: number;
      /** `next` of the page before; absent: the first page. */
      readonly after?: string;
    }
  | { readonly do: 'follow'; readonly groupId: string; readonly planId: string }
  | { readonly do: 'canary'; readonly region: string };

/** What somebody did about a remediation. Times are milliseconds since the epoch. */
export interface RemediationEvent {
  /** `reverted`: what a narrowing had granted was taken back. `exempt`: an exemption holds now for some of the rules. */
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
  /** Why it failed. */
  readonly fault?: string;
  /** The oldest first. */
  readonly events: readonly RemediationEvent[];
}

/** What came of a command. `refused`: nothing was changed, and why. */
export type CommandResult =
  | {
      readonly kind: 'refused';
      readonly because: readonly string[];
      /** An exemption would let it through; the last of `because` says how at the command line. */
      readonly needs?: 'exemption';
    }
  | {
      readonly kind: 'restored';
      readonly dryRun: boolean;
      readonly followUp: PostRemovalGrant;
      /** Rules of the same content that stand already, by id. */
      readonly standing: readonly string[];
      /** What else there is to know, such as what controls will tell people of. */
      readonly remarks: readonly string[];
      /** Of the exemption that was granted with it. */
      readonly afterwards?: ModesAfterExemption;
    }
  | AnswerResult
  /** `afterwards`: absent where it is not known. */
  | {
      readonly kind: 'exempted' | 'renewed' | 'ended';
      readonly exemption: Exemption;
      readonly afterwards?: ModesAfterExemption;
    }
  /** One for each rule. */
  | { readonly kind: 'left-open'; readonly exemptions: readonly Exemption[]; readonly afterwards?: ModesAfterExemption }
  | { readonly kind: 'resumed'; readonly released: number }
  | {
      readonly kind: 'migrated';
      /** `sg-…` that stands in for the default group; absent where nothing was in it. */
      readonly replacement?: string;
      /** What was done this time, in order. */
      readonly steps: readonly string[];
      /** What keeps the default group in use, each with the way out. None: it is being stripped. */
      readonly open: readonly string[];
      /** What else there is to know. */
      readonly remarks: readonly string[];
    }
  | { readonly kind: 'rolled-back'; readonly steps: readonly string[] }
  /** `next`: there is another page, after this id. */
  | { readonly kind: 'remediations'; readonly lines: readonly RemediationSummary[]; readonly next?: string }
  | { readonly kind: 'exemptions'; readonly exemptions: readonly Exemption[]; readonly next?: string }
  | { readonly kind: 'followed'; readonly followUps: readonly PostRemovalGrant[] }
  | { readonly kind: 'canary-put'; readonly groupId: string; readonly at: number }
  /** The last one has not been closed; `since` where its description tells. */
  | { readonly kind: 'canary-stands'; readonly groupId: string; readonly since?: number }
  /** It would not be closed, or there is nothing to guard: why. */
  | { readonly kind: 'canary-skipped'; readonly because: readonly string[] };

/** The runtime switch as a person sets it: no further than `mode`, until `until` (ms since the epoch). */
export interface SwitchSetting {
  readonly mode: Mode;
  readonly until: number;
  readonly reason: string;
}

/** Longest time that the switch is set for, ms: 12 hours. */
export const LONGEST_SWITCH_MS = 12 * 3_600_000;
