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
  failures: 'Failures',
} as const;

/** Dimensions of those metrics. */
export const DIMENSIONS = { service: 'service', control: 'control' } as const;
