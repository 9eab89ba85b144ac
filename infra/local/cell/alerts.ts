import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ALERT_QUEUE, doorName, ENVIRONMENT, functionName } from '../../../shared/catalogue.ts';
import type { Environment } from '../../../shared/domain/runtime.ts';
import { startEventSource } from '../delivery/event-source.ts';
import { type FunctionUrl, functionUrl } from '../delivery/functions.ts';
import type { LocalPagerDuty } from '../fakes/pagerduty.ts';
import type { LocalSlack } from '../fakes/slack/slack.ts';
import { queueArn } from '../services/sqs/queues.ts';
import type { LocalAccount, LocalClientSettings } from '../start.ts';
import { type ChannelFakeOptions, SIGNING_SECRET, startChannelFakes } from './channel-fakes.ts';
import { queueName } from './provision.ts';

/** Slack, PagerDuty and what leads to them, as they run. */
export interface RunningAlerts {
  readonly slack: LocalSlack;
  readonly pagerDuty: LocalPagerDuty;
  /** Where Slack sends button presses. */
  readonly buttons: FunctionUrl;
  /** The secret that Slack signs button presses with. */
  readonly signingSecret: string;
  /** Names of the queues: messages for on-alert, and messages that no channel accepted. */
  readonly queues: { readonly waiting: string; readonly undelivered: string };
  /** Environment variables that tell the functions about the channels. */
  readonly environment: Environment;
  close(): Promise<void>;
}

/** What the channels connect to. */
export interface AlertsTarget {
  readonly client: LocalClientSettings;
  readonly topicArn: string;
  /** ARN of the role that carries out actions. */
  readonly actionRole: string;
}

const SECRET = 'portcullis/alerts';

const WAITING = queueName(ALERT_QUEUE.id);

const UNDELIVERED = queueName('UndeliveredAlerts');

/**
 * Creates the queue of notifications and its dead-letter queue, as the stack does. Returns the URL of the
 * dead-letter queue.
 */
async function createAlertQueues(
  config: LocalClientSettings,
  topicArn: string,
  arnOf: (name: string) => string,
): Promise<string> {
  const [sqs, sns] = [new SQSClient({ ...config }), new SNSClient({ ...config })];
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: UNDELIVERED }));
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: arnOf(UNDELIVERED),
    maxReceiveCount: ALERT_QUEUE.receives,
  });
  const VisibilityTimeout = String(ALERT_QUEUE.visibilitySeconds);
  await sqs.send(new CreateQueueCommand({ QueueName: WAITING, Attributes: { RedrivePolicy, VisibilityTimeout } }));
  const Attributes = { RawMessageDelivery: 'true' };
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: arnOf(WAITING), Attributes }));
  sqs.destroy();
  sns.destroy();
  return QueueUrl;
}

async function createSecret(config: LocalClientSettings, value: object): Promise<string> {
  const client = new SecretsManagerClient({ ...config });
  const { ARN = '' } = await client.send(
    new CreateSecretCommand({ Name: SECRET, SecretString: JSON.stringify(value) }),
  );
  client.destroy();
  return ARN;
}

/**
 * Starts a Slack and a PagerDuty, and connects them with the account by on-alert and on-action, which the
 * caller deploys.
 */
export async function startAlerts(
  local: LocalAccount,
  { client, topicArn, actionRole }: AlertsTarget,
  options: ChannelFakeOptions,
): Promise<RunningAlerts> {
  const region = local.account.region(client.region);
  const { functions, network, clock } = local;
  const environment = { network, clock, random: local.account.random };
  const fakes = await startChannelFakes(options, environment);
  const arnOf = (name: string): string => queueArn(region, name);
  const undeliveredUrl = await createAlertQueues(client, topicArn, arnOf);
  const secretArn = await createSecret(client, fakes.secret);
  const feed = { queueArn: arnOf(WAITING), functionName: doorName('onAlert', 'events'), batchSize: ALERT_QUEUE.batch };
  startEventSource(region, feed, local);
  const onAction = { name: functionName('onAction'), region: region.name };
  const buttons = await functionUrl({ functions, network, clock }, onAction);
  return {
    slack: fakes.slack,
    pagerDuty: fakes.pagerDuty,
    buttons,
    signingSecret: SIGNING_SECRET,
    queues: { waiting: WAITING, undelivered: UNDELIVERED },
    environment: {
      [ENVIRONMENT.alertsSecret]: secretArn,
      ...fakes.environment,
      [ENVIRONMENT.undeliveredAlerts]: undeliveredUrl,
      [ENVIRONMENT.actionFunction]: functionName('onAction'),
      [ENVIRONMENT.actionRole]: actionRole,
    },
    close: async () => {
      await Promise.all([buttons.close(), fakes.close()]);
    },
  };
}
