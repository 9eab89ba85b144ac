/** Metrics that the dashboard shows, by their names in CloudWatch: counts, but for the times to close in milliseconds. */
export const METRICS = {
  /** By the dimension `control`. */
  violations: 'Violations',
  rulesRevoked: 'RulesRevoked',
  /** From CloudTrail's eventTime to the answer of the revoke; without the canary's marker, which has a metric of its own. */
  timeToClose: 'TimeToClose',
  /** From before the canary's marker is put to its end; or to now, where it stands when the next is due. */
  timeToCloseCanary: 'TimeToCloseCanary',
  /** A marker would not have been closed, so none was put: 0 or 1 each time. */
  canarySkipped: 'CanarySkipped',
  plansHeld: 'PlansHeld',
  /** Openings of what was closed before. */
  reopenLoops: 'Fights',
  /** Those that hold now and run out within a week: a gauge, told with each call of the clock. */
  exemptionsExpiring: 'ExemptionsExpiring',
  /** Presses of buttons that were not signed, or not allowed. */
  actionsRefused: 'PressesRefused',
  /** With each part of a sweep: its groups. */
  groupsSwept: 'GroupsSwept',
  /** Reads of the runtime switch that failed, or found something that is no switch. */
  switchUnread: 'SwitchUnread',
  failures: 'Failures',
  /** Outcomes that were kept for the digest of a storm. */
  alertsGathered: 'AlertsGathered',
  /** Messages that a channel took. */
  alertsDelivered: 'AlertsDelivered',
  /** Messages that a channel did not take; those that it may take later are tried again. */
  alertsRefused: 'AlertsRefused',
  /** Messages that went to the webhook because the bot could not post them. */
  fallbacksUsed: 'FallbacksUsed',
  /** Findings that another system would not have, for good. */
  findingsUnreported: 'FindingsUnreported',
} as const;

/** Dimensions of those metrics. */
export const DIMENSIONS = { service: 'service', control: 'control' } as const;
