import type { Pager, PagerEvent } from '../../domain/notifications/delivery.ts';
import type { Http } from '../../domain/ports.ts';
import { post } from './http.ts';

const PATHS = { alert: '/v2/enqueue', change: '/v2/change/enqueue' } as const satisfies Record<
  PagerEvent['to'],
  string
>;

/**
 * PagerDuty's Events API v2; `api` is `https://events.pagerduty.com` or the European one. It answers 202 for what it took, 400 for an
 * event that it will never take, 429 for too many. Refusals never hold the routing key.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export const pagerDuty = (api: string, http: Http): Pager => ({
  async send(routingKey, event) {
    const body = { ...event.body, routing_key: routingKey };
    await post(http, { channel: 'pagerduty', url: `${api}${PATHS[event.to]}`, body });
  },
});
