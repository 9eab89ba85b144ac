/** What holds a mode below the one that the policy gives a control. */
export type LimitReason =
  | 'account-mode'
  | 'tag-mode'
  | 'runtime-switch'
  | 'freeze'
  | 'service-managed'
  | 'prefix-list-change'
  | 'no-rule-named'
  | 'default-group-in-use'
  | 'shared-interface';

/**
 * Why a decision stays below `enforce`: a limit, or the mode that the policy gives the control for such
 * rules.
 */
export type ModeReason = LimitReason | 'existing-rule' | 'control-mode';

/** Why Portcullis decided nothing about a change or one of its groups. */
export type NotDecidedReason = 'own-removal' | 'foreign-group' | 'fact-unread' | 'no-group' | 'no-finding';

/** Why a decision led to no plan. */
export type WithheldReason =
  | ModeReason
  | 'unconfirmed-record'
  | 'own-event'
  | 'notified-before'
  | 'own-grant'
  | 'exemption';

/** Why an invocation did not carry out a plan. */
export type SkippedReason =
  | 'runtime-switch'
  | 'another-invocation'
  | 'waits-for-person'
  | 'settled-before'
  | 'stale-snapshot'
  | 'decided-anew';

/** Why a plan that was carried out removed nothing, or not everything. */
export type NotRemovedReason =
  | ModeReason
  | 'budget-spent'
  | 'sweep-share'
  | 'removed-by-others'
  | 'rule-changed'
  | 'ec2-refused';

/** Why people are not notified of an outcome. */
export type SuppressReason =
  | 'nothing-removed'
  | 'canary'
  | 'known-reopen-loop'
  | 'in-digest'
  | 'budget-reported'
  | 'sweep-reported';

/** Every reason not to remove a rule or not to notify people, as the log has it. */
export type InactionReason = NotDecidedReason | WithheldReason | SkippedReason | NotRemovedReason | SuppressReason;

/**
 * Each reason in one sentence, for docs/troubleshooting.md and for people. Code that runs with every event
 * imports the types only.
 */
export const REASONS = {
  'account-mode': 'The policy limits the whole account to a mode below `enforce`.',
  'tag-mode': 'The policy limits groups with this tag to a mode below `enforce`.',
  'runtime-switch': 'The runtime switch limits all modes at the moment.',
  freeze: 'A change freeze is in force: Portcullis asks a person before it removes existing rules.',
  'service-managed': 'The AWS service that manages the group opened the rule itself and would restore it.',
  'prefix-list-change':
    'A change to a prefix list opened the group: a person decides whether the list goes back to its earlier version.',
  'no-rule-named': 'The finding is about the group as a whole, so there is no rule to remove.',
  'default-group-in-use': 'The default group is attached to something that would lose access.',
  'shared-interface':
    'The groups of one network interface are open to the world only together: a person decides which rule goes.',
  'existing-rule':
    'The rule existed before the change, and the mode of the control for existing rules is below `enforce`.',
  'control-mode': 'The mode of the control for new rules is below `enforce`.',
  'own-removal': 'Portcullis made this change itself when it removed a rule.',
  'foreign-group': 'Another account owns the group and shares it; only the Portcullis of that account acts on it.',
  'fact-unread':
    'AWS did not return a fact that some controls need; these controls did not run, and the event is retried.',
  'no-group': 'The change names no group that still exists.',
  'no-finding': 'No enabled control finds anything in the group.',
  'unconfirmed-record':
    'The record of the group is less than 15 minutes old, so nobody knows yet whether the rule is new; it is checked again.',
  'own-event': 'Another call added the rule, and the event of that call acts on it.',
  'notified-before': 'People were notified of this rule, or asked about it, before.',
  'own-grant': 'Portcullis added the rule itself when it restored or granted it.',
  exemption: 'An exemption covers the rule.',
  'another-invocation': 'Another invocation is carrying out the same plan.',
  'waits-for-person': 'The plan is held until a person resumes the budget or approves it.',
  'settled-before': 'The same plan was carried out before, and its result is in the ledger.',
  'stale-snapshot': 'The rule had been removed before; EC2 still returned it in the first snapshot.',
  'decided-anew': 'An earlier invocation did not finish the plan, and the rule is still there: it is decided anew.',
  'budget-spent': 'The budget for removals of existing rules is spent until a person resumes it.',
  'sweep-share': 'A sweep found more groups to change than the policy allows at once; a person decides.',
  'removed-by-others': 'Somebody else had removed the rule first.',
  'rule-changed': 'Somebody changed the rule before it could be removed; it is decided anew with its new content.',
  'ec2-refused': 'EC2 refused to remove the rule; the entry in the ledger has the error.',
  'nothing-removed': 'There was nothing left to remove, so there is nothing to report.',
  canary: 'The rule is the marker of the canary, which tests whether removals work.',
  'known-reopen-loop': 'People know that the same actors open this rule again and again.',
  'in-digest': 'There are more alerts in this minute than the policy allows, so this one goes into a digest.',
  'budget-reported': 'People know from an earlier alert that the budget is spent.',
  'sweep-reported': 'People know from the alert about the sweep that its removals are held.',
} as const satisfies Record<InactionReason, string>;
