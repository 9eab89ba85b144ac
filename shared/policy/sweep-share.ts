import type { Budget } from '../domain/controls/policy.ts';

/**
 * Whether rules would be closed in more groups at once than the policy lets a sweep. A share that is not nothing is one group at least: in
 * an account of five groups people are not asked about the one that is open.
 */
export const isTooMuchAtOnce = (closing: number, groups: number, { sweepShare }: Pick<Budget, 'sweepShare'>): boolean =>
  closing > Math.max(groups * sweepShare, sweepShare > 0 ? 1 : 0);
