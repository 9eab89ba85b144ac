/** Environment variables that the functions read and the stack sets. */
export const ENVIRONMENT = {
  /** Name of the cell, which is the name of its stack. */
  cell: 'CELL',
  ledgerTable: 'LEDGER_TABLE',
  noticesTopic: 'NOTICES_TOPIC_ARN',
  switchParameter: 'SWITCH_PARAMETER',
  changeFunction: 'CHANGE_FUNCTION',
  grantFunction: 'GRANT_FUNCTION',
  /** Name or ARN of the EventBridge bus for Portcullis's own events; optional. */
  eventBus: 'EVENT_BUS',
  /** If set, findings are imported into AWS Security Hub. */
  securityHub: 'SECURITY_HUB',
  /** Regions of the cell, comma-separated. */
  regions: 'REGIONS',
  /** Topic of Amazon Q Developer in chat applications; optional. */
  chatTopic: 'CHAT_TOPIC_ARN',
  /** Secret with the keys of Slack and PagerDuty. */
  alertsSecret: 'ALERTS_SECRET_ARN',
  /** URL of the dead-letter queue of the alert queue. */
  undeliveredAlerts: 'UNDELIVERED_ALERTS_URL',
  slackApi: 'SLACK_API_URL',
  pagerDutyApi: 'PAGERDUTY_API_URL',
  /** on-action itself, which continues in another invocation. */
  actionFunction: 'ACTION_FUNCTION',
  /** ARN of on-action's role, the only one that may send button presses to on-grant; optional. */
  actionRole: 'ACTION_ROLE_ARN',
} as const;

/** A setting of a function. */
export type EnvironmentSetting = keyof typeof ENVIRONMENT;

/** Default name of the parameter with a cell's runtime switch. */
export function switchParameter(cell: string): string {
  return `/portcullis/${cell}/switch`;
}

/** Namespace of the metrics of all cells. The dimension `service` names the cell. */
export const METRIC_NAMESPACE = 'Portcullis';

/** Default API URLs. GovSlack and PagerDuty's European service region have others. */
export const CHAT_APIS = { slack: 'https://slack.com/api', pagerDuty: 'https://events.pagerduty.com' } as const;
