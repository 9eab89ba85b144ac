/** Environment variables that the functions read and the stack sets. */
export const ENVIRONMENT = {
  /** Name of the cell: of its stack. */
  cell: 'CELL',
  ledgerTable: 'LEDGER_TABLE',
  noticesTopic: 'NOTICES_TOPIC_ARN',
  switchParameter: 'SWITCH_PARAMETER',
  changeFunction: 'CHANGE_FUNCTION',
  grantFunction: 'GRANT_FUNCTION',
  /** Name or ARN of the bus that our own events are put on; none where it is not set. */
  eventBus: 'EVENT_BUS',
  /** Set: findings are imported into AWS Security Hub. */
  securityHub: 'SECURITY_HUB',
  /** Of the groups that the sweep reads, with commas between. */
  regions: 'REGIONS',
  /** Topic of Amazon Q Developer in chat applications; none where it is not set. */
  chatTopic: 'CHAT_TOPIC_ARN',
  /** Secret with the keys of Slack and PagerDuty. */
  alertsSecret: 'ALERTS_SECRET_ARN',
  /** URL of the queue in which messages lie that no channel took. */
  undeliveredAlerts: 'UNDELIVERED_ALERTS_URL',
  slackApi: 'SLACK_API_URL',
  pagerDutyApi: 'PAGERDUTY_API_URL',
  /** on-action itself, which works on in another invocation. */
  actionFunction: 'ACTION_FUNCTION',
  /** ARN of on-action's role: whose word on-grant takes for who pressed a button; nobody's where it is not set. */
  actionRole: 'ACTION_ROLE_ARN',
} as const;

/** What a function is told about its cell. */
export type EnvironmentSetting = keyof typeof ENVIRONMENT;

/** Name of the parameter that holds a cell's runtime switch, unless the stack is given another. */
export function switchParameter(cell: string): string {
  return `/portcullis/${cell}/switch`;
}

/** Namespace of the metrics of all cells. The dimension `service` and the logs name the cell. */
export const METRIC_NAMESPACE = 'Portcullis';

/** Where Slack and PagerDuty are called, unless the stack is given others: GovSlack and PagerDuty's European region have their own. */
export const CHAT_APIS = { slack: 'https://slack.com/api', pagerDuty: 'https://events.pagerduty.com' } as const;
