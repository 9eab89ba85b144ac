import type { Change } from '../change.ts';
import type { Asked } from './person.ts';

/** What CloudTrail itself has recorded. An event only claims; this is AWS's own word. */
export interface Trail {
  /**
   * The change with this event id; undefined where CloudTrail does not have it, or not yet: LookupEvents lags up to 15 minutes. Throws
   * CallFailed, EventUnreadable.
   */
  changeOf(eventId: string, region: string): Promise<Change | undefined>;
}

/** Something that an event asks for, and that counts only once CloudTrail has confirmed the event. */
export type Unconfirmed = {
  /** CloudTrail's id. */
  readonly eventId: string;
  readonly account: string;
  readonly region: string;
  readonly groupId: string;
  /** When it was first to be confirmed, milliseconds since the epoch. */
  readonly since: number;
  /** Why it was not. */
  readonly because: string;
} & (
  | { readonly what: 'exemption'; readonly asked: Asked }
  /** Rules that a change took away, to be given back after this plan. */
  | { readonly what: 'restore'; readonly planId: string }
);

/** How long something waits to be confirmed before people are told that it was not, ms: four times as long as CloudTrail may lag. */
export const CONFIRM_WITHIN_MS = 3_600_000;

/** What waits, in the ledger. */
export interface Confirmations {
  /** Has it wait; what waits already keeps its `since`. Throws CallFailed. */
  wait(one: Unconfirmed): Promise<void>;
  /** All that waits, the oldest first. Throws CallFailed. */
  waiting(): Promise<readonly Unconfirmed[]>;
  /** It was handed on, or people were told. Throws CallFailed. */
  done(one: Unconfirmed): Promise<void>;
}
