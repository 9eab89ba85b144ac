import type { Policy } from '../../domain/policy.ts';

/** What holds where the policy says nothing: no exemptions, nobody trusted, three days for an approval, 20 removals of old rules an hour, 10 messages a minute, buttons for nobody. */
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
