/** An alert as PagerDuty shows it. */
export interface PagerAlert {
  readonly routingKey: string;
  readonly dedupKey: string;
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  /** How often it was triggered. */
  readonly triggers: number;
  /** Of the newest trigger. */
  readonly payload: unknown;
}

/** An alert event that was found in order. */
export interface AlertEvent {
  readonly routingKey: string;
  readonly dedupKey: string;
  readonly action: string;
  readonly payload: unknown;
}

const isOpen = ({ status }: PagerAlert): boolean => status !== 'resolved';

/**
 * Applies an event to the alerts: a trigger opens one, or adds to an open one of the same keys, which stays acknowledged if it was; the
 * others change an open one, and are dropped where there is none.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ (alert de-duplication, event action behaviour)
 */
export const applyEvent = (alerts: PagerAlert[], event: AlertEvent): void => {
  const { routingKey, dedupKey, action, payload } = event;
  const place = alerts.findIndex(
    (alert) => alert.routingKey === routingKey && alert.dedupKey === dedupKey && isOpen(alert),
  );
  const open = alerts[place];
  if (action === 'trigger') {
    if (open === undefined) alerts.push({ routingKey, dedupKey, status: 'triggered', triggers: 1, payload });
    else alerts[place] = { ...open, triggers: open.triggers + 1, payload };
    return;
  }
  if (open !== undefined) alerts[place] = { ...open, status: action === 'resolve' ? 'resolved' : 'acknowledged' };
};
