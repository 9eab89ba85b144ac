import type { Freshness } from '../model/finding.ts';
import type { Reason } from '../model/message.ts';

const FRESHNESS = { fresh: 'new', existing: 'there before' } as const satisfies Record<Freshness, string>;

/** How bad a reason is, and since when: `critical, new`. */
export const gradeText = ({ severity, freshness }: Pick<Reason, 'severity' | 'freshness'>): string =>
  `${severity}, ${FRESHNESS[freshness]}`;
