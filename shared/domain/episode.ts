import type { Actor } from './change.ts';

/**
 * One opening or closing of something that would be a violation by itself, as an event told it; or that people were told of a fight with
 * that opening in it. Kept for a day.
 */
export interface Episode {
  readonly groupId: string;
  /** What was let through, as `canonicalKey` writes it. */
  readonly content: string;
  /** `sgr-…`, where the event told it. */
  readonly ruleId?: string;
  readonly what: 'opened' | 'closed' | 'told';
  /** eventTime of the opening or closing, milliseconds since the epoch. */
  readonly at: number;
  readonly actor?: Actor;
  /** CloudTrail's eventID of the opening or closing: an event that comes twice is one episode. */
  readonly changeId: string;
}

/** How long episodes are kept and count, ms: a day. */
export const EPISODES_KEPT_MS = 86_400_000;
