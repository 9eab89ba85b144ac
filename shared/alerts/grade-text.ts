import type { Reason } from '../model/message.ts';

/** How bad a reason is, and whose: `critical, this change`. */
export const gradeText = ({ severity, freshness }: Pick<Reason, 'severity' | 'freshness'>): string =>
  `${severity}, ${freshness === 'fresh' ? 'this change' : 'there before'}`;
