import type { ActionPermission } from './action.ts';
import type { ControlOptions, Mode, WorldThreshold } from './control-options.ts';
import type { Route } from './delivery.ts';
import type { Exemption } from './exemption.ts';
import type { Tags } from './group.ts';

/** Which groups AWS services can own. Only rules that such a service added itself are limited. */
export interface ServiceOwned {
  /** Glob patterns of group names, `*` only. */
  readonly names: readonly string[];
  /** Tag keys that claim a group for a service. */
  readonly tagKeys: readonly string[];
  /** Ids or name globs of groups that are never limited. */
  readonly except: readonly string[];
}

/** The highest mode in groups that have all these tags. Values are globs, `*` only. */
export interface TagCeiling {
  readonly tags: Tags;
  readonly mode: Mode;
}

/**
 * Sources of the organization. Its CIDR blocks do not count as the world, and all sources can be granted
 * instead of it.
 */
export interface Trusted {
  /** Public blocks, both families. An actor's address is granted only within them. */
  readonly cidrs: readonly string[];
  readonly prefixListIds: readonly string[];
  /** Whether an actor's address is granted even outside `cidrs`. */
  readonly anyActor: boolean;
}

/** How long a pending plan waits for a person (milliseconds), and what happens then. */
export interface Approval {
  readonly withinMs: number;
  readonly otherwise: 'decline' | 'release';
}

/** Limits of the removal of existing rules. Rules that a change added are never counted and never delayed. */
export interface Budget {
  /** Rules in any 60 minutes. */
  readonly removalsPerHour: number;
  /** Largest share (0–1) of the groups of a sweep that may have rules removed. */
  readonly sweepShare: number;
}

/**
 * A period in which existing rules are not removed without an approval: between two dates, or each week
 * (UTC).
 */
export type Freeze =
  | { readonly kind: 'dates'; readonly from: number; readonly until: number; readonly reason: string }
  | {
      readonly kind: 'weekly';
      /** 0 is Sunday. */
      readonly days: readonly number[];
      /** Minutes after midnight. An end before the start is on the next day. */
      readonly fromMinute: number;
      readonly untilMinute: number;
      readonly reason: string;
    };

/** How people are notified. */
export interface AlertSettings {
  /** Number of single messages in a minute. Further outcomes go into a digest, except critical ones. */
  readonly perMinute: number;
  /** Keys of the tags that name the owner of a group. The first one that is set counts. */
  readonly ownerTags: readonly string[];
  /** HTTPS URL of docs/controls.md. Absent: alerts name the command that shows the documentation. */
  readonly docsUrl?: string;
  readonly routes: readonly Route[];
}

/** Who may perform actions. */
export interface People {
  /** Slack workspace (`T…`) that requests must come from. Absent: any workspace with the signing secret. */
  readonly slackTeam?: string;
  /** If empty, buttons do nothing, and everyone who may invoke on-grant may send it any command. */
  readonly may: readonly ActionPermission[];
  /** Nobody may restore or exempt rules that they opened themselves, or decline their removal. */
  readonly notOwnChanges?: true;
  /** The session or user name in AWS of a Slack user (`U…`). */
  readonly awsNames?: Readonly<Record<string, string>>;
}

/**
 * The compiled policy that the functions read. It is validated at build time, and not again on the cold path.
 */
export interface Policy {
  readonly version: 1;
  /**
   * Name of the cell that applies the policy; absent outside a cell. The cell removes only its own canary's
   * marker.
   */
  readonly cell?: string;
  readonly preset: string;
  /** The highest mode in the account. */
  readonly ceiling: Mode;
  /** The highest modes by tags. Everyone who may set these tags can change the mode. */
  readonly tagCeilings: readonly TagCeiling[];
  readonly world: WorldThreshold;
  /**
   * Options by control id. A control that is absent, or off for both fresh and existing rules, does not run.
   */
  readonly controls: Readonly<Record<string, ControlOptions>>;
  readonly serviceOwned: ServiceOwned;
  /** Exemptions of the policy file. The ledger has further ones. */
  readonly exemptions: readonly Exemption[];
  /** Globs of ARNs of principals whose exemption tags count. */
  readonly exemptionTagsBy: readonly string[];
  readonly trusted: Trusted;
  readonly approval: Approval;
  readonly budget: Budget;
  readonly freezes: readonly Freeze[];
  /** Number of openings of the same rule within a day that make a reopen loop. */
  readonly reopenLoopFrom: number;
  readonly alerts: AlertSettings;
  readonly people: People;
}

/** Default name of a cell and of its stack. */
export const DEFAULT_CELL = 'Portcullis';
