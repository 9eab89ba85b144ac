/** Names of the metrics in CloudWatch. They are counts, except the times, which are milliseconds. */
export const METRICS = {
  /** By the dimension `control`. */
  violations: 'Violations',
  rulesRevoked: 'RulesRevoked',
  /** From CloudTrail's eventTime to the response of the revoke call, without the canary's marker. */
  timeToClose: 'TimeToClose',
  /**
   * From before the canary's marker is added to its removal. If it still exists when the next is due: its
   * age.
   */
  timeToCloseCanary: 'TimeToCloseCanary',
  /** No marker was added because it would not have been removed: 0 or 1 each time. */
  canarySkipped: 'CanarySkipped',
  plansHeld: 'PlansHeld',
  /** Openings of rules that were removed before. */
  reopenLoops: 'Fights',
  /** Exemptions that expire within a week: a gauge, reported by each run of the schedule. */
  exemptionsExpiring: 'ExemptionsExpiring',
  /** Action requests that were not signed, or not allowed. */
  actionsRefused: 'PressesRefused',
  /** Number of groups of each part of a sweep. */
  groupsSwept: 'GroupsSwept',
  /** Reads of the runtime switch that failed or found an invalid value. */
  switchUnread: 'SwitchUnread',
  failures: 'Failures',
  /** Outcomes that went into the digest of an alert burst. */
  alertsGathered: 'AlertsGathered',
  /** Messages that a channel accepted. */
  alertsDelivered: 'AlertsDelivered',
  /** Messages that a channel rejected. They are tried again if the error is temporary. */
  alertsRefused: 'AlertsRefused',
  /** Messages that went to the webhook because the bot could not post. */
  fallbacksUsed: 'FallbacksUsed',
  /** Findings that another system rejected permanently. */
  findingsUnreported: 'FindingsUnreported',
} as const;

/** Dimensions of the metrics. */
export const DIMENSIONS = { service: 'service', control: 'control' } as const;
