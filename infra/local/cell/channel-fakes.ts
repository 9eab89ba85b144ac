import { ENVIRONMENT } from '../../../shared/catalogue.ts';
import type { ChannelKind } from '../../../shared/domain/delivery.ts';
import type { Environment } from '../../../shared/domain/runtime.ts';
import { type PagerDutyOptions, startPagerDuty } from '../fakes/pagerduty.ts';
import { type SlackOptions, startSlack } from '../fakes/slack/slack.ts';
import type { ChannelEnvironment } from '../faults.ts';

/** Settings of the stand-ins; everything has a default. */
export interface ChannelFakeOptions {
  readonly slack?: Omit<SlackOptions, 'botToken'>;
  readonly pagerDuty?: Partial<PagerDutyOptions>;
}

/** A channel's stand-in on this machine. */
interface ChannelFake {
  /** Fields of the alerts secret. */
  readonly secret: object;
  /** Settings of the functions. */
  readonly environment: Environment;
}

/** The secret with which Slack signs button presses. */
export const SIGNING_SECRET = 'embedded-signing-secret';

const BOT_TOKEN = 'xoxb-embedded';
const ROUTING_KEY = 'embedded0routing0key0embedded000';

/** Starts the stand-in of each kind of channel. */
export async function startChannelFakes(options: ChannelFakeOptions, place: ChannelEnvironment) {
  const slack = await startSlack({ ...options.slack, botToken: BOT_TOKEN }, place);
  const pagerDuty = await startPagerDuty({ routingKeys: [ROUTING_KEY], ...options.pagerDuty }, place);
  const fakes = {
    slack: {
      secret: { slackBotToken: BOT_TOKEN, slackSigningSecret: SIGNING_SECRET, slackChannel: 'C0123456789' },
      environment: { [ENVIRONMENT.slackApi]: slack.url },
    },
    // Slack's stand-in accepts webhooks, too. None is in the secret, so that tests see what the bot itself
    // posts.
    webhook: { secret: { webhooks: {} }, environment: {} },
    pagerduty: {
      secret: { pagerDuty: { default: ROUTING_KEY } },
      environment: { [ENVIRONMENT.pagerDutyApi]: pagerDuty.url },
    },
  } as const satisfies Readonly<Record<ChannelKind, ChannelFake>>;
  const all: readonly ChannelFake[] = Object.values(fakes);
  const secret: object = Object.assign({}, ...all.map((fake) => fake.secret));
  const environment: Environment = Object.assign({}, ...all.map((fake) => fake.environment));
  return {
    slack,
    pagerDuty,
    secret,
    environment,
    close: async () => {
      await Promise.all([slack.close(), pagerDuty.close()]);
    },
  };
}
