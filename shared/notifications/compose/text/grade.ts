import type { Freshness } from '../../../domain/controls/finding.ts';
import type { Reason } from '../../../domain/notifications/message.ts';

const FRESHNESS = { fresh: 'new', existing: 'there before' } as const satisfies Record<Freshness, string>;

/** How bad a reason is, and since when: `critical, new`. */
export const gradeText = ({ severity, freshness }: Pick<Reason, 'severity' | 'freshness'>): string =>
  `${severity}, ${FRESHNESS[freshness]}`;
