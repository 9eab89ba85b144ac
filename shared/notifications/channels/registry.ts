import type { Http } from '../../domain/runtime.ts';
import type { ChannelAdapters } from '../dispatch/channel-worker.ts';
import { pagerDutyChannel, pagerDutyEvents, pagerDutySender } from './pagerduty.ts';
import { slackApi } from './slack/api.ts';
import { slackMessage, slackMessageWithoutButtons } from './slack/message.ts';
import { slackChannel } from './slack/thread.ts';
import { webhookChannel, webhookPoster } from './webhook.ts';

/** Settings of a cell that the channels need. */
export interface ChannelSettings {
  readonly http: Http;
  readonly slackApi: string;
  readonly pagerDutyApi: string;
  /** Whether the cell has the function that handles buttons. */
  readonly hasButtons: boolean;
}

/**
 * How each kind of channel gets its messages. A kind that is added to `CHANNELS` does not compile without an
 * entry here.
 */
export function channelAdapters(settings: ChannelSettings): ChannelAdapters {
  const { http, hasButtons } = settings;
  const renderForSlack = hasButtons ? slackMessage : slackMessageWithoutButtons;
  return {
    slack: slackChannel((botToken) => slackApi({ ...http, api: settings.slackApi, botToken }), renderForSlack),
    webhook: webhookChannel(webhookPoster(http), renderForSlack),
    pagerduty: pagerDutyChannel(pagerDutySender(settings.pagerDutyApi, http), pagerDutyEvents),
  };
}
