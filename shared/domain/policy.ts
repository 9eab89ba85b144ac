import type { ActionPermission } from './action.ts';
import type { ControlOptions, Mode, WorldThreshold } from './control-options.ts';
import type { Route } from './delivery.ts';
import type { Exemption } from './exemption.ts';
import type { Tags } from './group.ts';

/** Which groups AWS services may own. Only rules that such a service opened itself are held back, never a rule that anyone else opened. */
export interface ServiceOwned {
  /** Glob patterns of group names, `*` only. */
  readonly names: readonly string[];
  /** Tag keys that claim a group for a service. */
  readonly tagKeys: readonly string[];
  /** Group ids or name globs of groups where nothing is held back. */
  readonly except: readonly string[];
}

/** A mode above which nothing goes in groups that have all these tags; values are globs, `*` only. */
export interface TagCeiling {
  readonly tags: Tags;
  readonly mode: Mode;
}

/** Sources of the organization itself: the blocks do not count as the world, and all of them may be granted in place of it. */
export interface Trusted {
  /** Public blocks, both families; an actor's own address is granted only within them. */
  readonly cidrs: readonly string[];
  readonly prefixListIds: readonly string[];
  /** Whether an actor's address is granted wherever it is. */
  readonly anyActor: boolean;
}

/** How long a pending plan waits for a person, ms, and what becomes of it then. */
export interface Approval {
  readonly withinMs: number;
  readonly otherwise: 'decline' | 'release';
}

/** Limits to the removal of rules that were there before. What a change brought is never counted and never held up. */
export interface Budget {
  /** Rules in any 60 minutes. */
  readonly removalsPerHour: number;
  /** Share of a sweep's groups, 0–1. */
  readonly sweepShare: number;
}

/** A time in which rules that were there before are not closed without a person: from a day to a day, or each week (UTC). */
export type Freeze =
  | { readonly kind: 'dates'; readonly from: number; readonly until: number; readonly reason: string }
  | {
      readonly kind: 'weekly';
      /** 0 is Sunday. */
      readonly days: readonly number[];
      /** Minutes after midnight; an end before the start is on the next day. */
      readonly fromMinute: number;
      readonly untilMinute: number;
      readonly reason: string;
    };

/** How people are told. */
export interface AlertSettings {
  /** Outcomes told one by one in a minute; past it they are gathered into a digest, but for critical ones. */
  readonly perMinute: number;
  /** Tag keys that say who answers for a group, the first that is set. */
  readonly ownerTags: readonly string[];
  /** Where docs/controls.md can be read, HTTPS; absent: alerts name the command that shows it. */
  readonly docsUrl?: string;
  readonly routes: readonly Route[];
}

/** Who may act. */
export interface People {
  /** Slack workspace, `T…`, that presses must come from; absent: any that has the signing secret. */
  readonly slackTeam?: string;
  /** None: buttons do nothing, and who may invoke the function that grants may ask it for anything. */
  readonly may: readonly ActionPermission[];
  /** Nobody may restore or exempt what they opened themselves, or decline its removal. */
  readonly notOwnChanges?: true;
  /** The name in AWS, of the session or the user, by Slack user (`U…`): who the same person is there. */
  readonly awsNames?: Readonly<Record<string, string>>;
}

/** The compiled policy: what the functions read. Validated when it is written, so nothing checks it again on the cold path. */
export interface Policy {
  readonly version: 1;
  /** Name of the cell that applies the policy; absent outside a cell. Of all canaries in the account, the cell closes its own alone. */
  readonly cell?: string;
  readonly preset: string;
  /** No control goes further than this in the account. */
  readonly ceiling: Mode;
  /** The same for groups by their tags. Who may set the tags decides over the mode. */
  readonly tagCeilings: readonly TagCeiling[];
  readonly world: WorldThreshold;
  /** Options by control id; a control that is absent or off both ways does not run. */
  readonly controls: Readonly<Record<string, ControlOptions>>;
  readonly serviceOwned: ServiceOwned;
  /** Those of the policy file. The ledger has others. */
  readonly exemptions: readonly Exemption[];
  /** Globs of ARNs of principals whose exemption tags count. */
  readonly exemptionTagsBy: readonly string[];
  readonly trusted: Trusted;
  readonly approval: Approval;
  readonly budget: Budget;
  readonly freezes: readonly Freeze[];
  /** Openings of the same rule within a day from which on it is a fight. */
  readonly reopenLoopFrom: number;
  readonly alerts: AlertSettings;
  readonly people: People;
}

/** Name of a cell and of its stack, unless the deployment gives another. */
export const DEFAULT_CELL = 'Portcullis';
