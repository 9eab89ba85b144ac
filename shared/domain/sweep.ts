import type { FactUnread } from './errors.ts';
import type { Group } from './group.ts';
import type { Tally } from './notification.ts';

/** A page of an account's groups, as one call describes them: rules without ids, prefix lists resolved. */
export interface GroupPage {
  readonly groups: readonly Group[];
  /** Ids of groups that cannot be judged by this page: not understood, or with a prefix list whose entries could not be read. */
  readonly doubtful: readonly string[];
  /** Why the lists of doubtful groups could not be read. */
  readonly unread: readonly FactUnread[];
  /** Where the next page begins; absent: there is none. */
  readonly next?: string;
}

/** All groups of one account and region. */
export interface GroupInventory {
  /** One call for the page, and besides each prefix list once, whichever page names it first. Throws CallFailed. */
  page(after: string | undefined): Promise<GroupPage>;
}

/** The VPCs of one account and region. */
export interface Networks {
  /** CIDR blocks by VPC id. Throws CallFailed. */
  cidrs(): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A sweep, or the part of it that is left. */
export interface SweepRequest {
  readonly do: 'sweep';
  /** Whether people get the daily digest when it is through. */
  readonly digest: boolean;
  /** What an earlier part has left to do. */
  readonly rest?: SweepRemainder;
}

/** What a part of a sweep leaves to the next. */
export interface SweepRemainder {
  /** Regions still to be swept; `after` is where the first of them goes on. */
  readonly regions: readonly string[];
  readonly after?: string;
  /** What was counted up to here, all regions. */
  readonly tally: Tally;
  /** What was counted of the first region: the share is a region's. */
  readonly share: Pick<Tally, 'groups' | 'closing'>;
  /** What earlier parts could not do, in words: one that has no regions left fails with it. */
  readonly faults?: readonly string[];
}

/** Lets the next invocation go on with a sweep. */
export interface SweepQueue {
  /** Asynchronous, at least once: a part that is done twice finds nothing new. Throws CallFailed. */
  continueSweep(request: SweepRequest): Promise<void>;
}
