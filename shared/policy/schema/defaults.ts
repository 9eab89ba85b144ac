import type { Policy } from '../../domain/policy.ts';

/** The values of sections that a policy leaves out. */
export const DEFAULTS: Pick<
  Policy,
  | 'tagCeilings'
  | 'exemptions'
  | 'exemptionTagsBy'
  | 'trusted'
  | 'approval'
  | 'budget'
  | 'freezes'
  | 'reopenLoopFrom'
  | 'alerts'
  | 'people'
> = {
  tagCeilings: [],
  exemptions: [],
  exemptionTagsBy: [],
  trusted: { cidrs: [], prefixListIds: [], anyActor: false },
  approval: { withinMs: 3 * 86_400_000, otherwise: 'decline' },
  budget: { removalsPerHour: 20, sweepShare: 0.1 },
  freezes: [],
  reopenLoopFrom: 3,
  alerts: { perMinute: 10, ownerTags: ['owner', 'Owner', 'team', 'Team'], routes: [] },
  people: { may: [] },
};
