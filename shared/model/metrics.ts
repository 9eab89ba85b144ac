/** Metrics that the dashboard shows, by their names in CloudWatch: counts, but for the time to close in milliseconds. */
export const METRICS = {
  /** By the dimension `control`. */
  violations: 'Violations',
  rulesRevoked: 'RulesRevoked',
  /** From CloudTrail's eventTime to the answer of the revoke. */
  timeToClose: 'TimeToClose',
  plansHeld: 'PlansHeld',
  /** Openings of what was closed before. */
  fights: 'Fights',
  /** People were told that they run out within a day. */
  exemptionsExpiring: 'ExemptionsExpiring',
  /** Presses of buttons that were not signed, or not allowed. */
  pressesRefused: 'PressesRefused',
  failures: 'Failures',
  /** Outcomes that were kept for the digest of a storm. */
  alertsGathered: 'AlertsGathered',
  /** Messages that a channel took. */
  alertsDelivered: 'AlertsDelivered',
  /** Messages that a channel did not take; those that it may take later are tried again. */
  alertsRefused: 'AlertsRefused',
  /** Messages that went to the webhook because the bot could not post them. */
  fallbacksUsed: 'FallbacksUsed',
} as const;

/** Dimensions of those metrics. */
export const DIMENSIONS = { service: 'service', control: 'control' } as const;
