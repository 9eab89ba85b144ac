import path from 'node:path';
import type { Context } from 'aws-lambda';
import {
  type DeadLetterQueue,
  doorName,
  ENVIRONMENT,
  EVENT_PATTERNS,
  FUNCTIONS,
  type FunctionId,
  functionName,
  SWITCH_PARAMETER,
} from '../../shared/catalogue.ts';
import type { Policy } from '../../shared/model/policy.ts';
import type { Environment } from '../../shared/model/ports.ts';
import { queueArn } from './account/queues.ts';
import { type AlertsOptions, type RunningAlerts, startAlerts } from './alerts.ts';
import { ALL_DOORS, asyncSettings, FAILURE_QUEUES } from './async-settings.ts';
import { type ContainerSettings, containers } from './containers.ts';
import { type Delivery, type DeliveryOptions, deliverTo } from './delivery.ts';
import type { Target } from './invocation.ts';
import {
  createConfigRules,
  createFailureQueues,
  createLedgerTable,
  createNoticesTopic,
  queueName,
} from './provision.ts';
import { scheduledEvent } from './scheduled-event.ts';
import { type LocalAccount, type LocalOptions, startLocalAccount } from './start.ts';
import type { LineSink } from './telemetry.ts';

/** How a cell is run on this machine. */
export interface CellOptions extends LocalOptions {
  /**
   * Folder of the bundled on-change function, as `buildFunctions` made it, or of its source, which needs a `policy`; the other functions
   * are beside it.
   */
  readonly bundle: string;
  /** Default: the one in the bundle. */
  readonly policy?: Policy;
  /** How untidily events arrive. */
  readonly delivery?: Pick<DeliveryOptions, 'doubled' | 'shuffled' | 'delayMs' | 'random'>;
  /** Whether AWS Config records groups and has its rules. Default false. */
  readonly config?: boolean;
  /** Slack and PagerDuty on this machine, told by on-alert; presses of buttons come to on-action. Default none. */
  readonly alerts?: AlertsOptions;
  /** Takes the functions' logs and metrics, line by line, as CloudWatch would get them. Default: they are dropped. */
  readonly telemetry?: LineSink;
}

/** A cell that runs: an account, and the functions that keep it closed. */
export interface RunningCell {
  readonly local: LocalAccount;
  readonly delivery: Delivery;
  /** Absent unless asked for. */
  readonly alerts?: RunningAlerts;
  /** Invokes a function once, and lets time pass until it ends. Rejects with what the function rejects with. */
  readonly invoke: (id: FunctionId, event: unknown) => Promise<unknown>;
  /** on-change itself, for events that are not made by a call. */
  target(event: unknown, context: Context): Promise<unknown>;
  /** Calls on-schedule as EventBridge does, with a rule's constant input if one is given, and resolves when all that it has set off is done. */
  tick(input?: object): Promise<void>;
  close(): Promise<void>;
}

/** Access key of the functions' role on the embedded account, which checks no signature. */
export const ROLE_KEY = 'AKIAPORTCULLISCELL00';

/** The role of all of them: the embedded account has one environment for all functions. */
const ROLE = 'Portcullis';

/** The ledger's table in the embedded account. */
export const LEDGER = 'portcullis-ledger';

interface Place {
  readonly endpoint: string;
  readonly region: string;
  readonly topicArn: string;
}

const environmentOf = ({ endpoint, region, topicArn }: Place): Environment => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  [ENVIRONMENT.ledgerTable]: LEDGER,
  [ENVIRONMENT.noticesTopic]: topicArn,
  [ENVIRONMENT.switchParameter]: SWITCH_PARAMETER,
  [ENVIRONMENT.changeFunction]: doorName('onChange', 'requests'),
  [ENVIRONMENT.grantFunction]: doorName('onGrant', 'requests'),
  [ENVIRONMENT.eventBus]: 'default',
  [ENVIRONMENT.securityHub]: 'on',
  [ENVIRONMENT.regions]: region,
});

/** Puts the bundled functions into the account, where Lambda's Invoke finds them, each with its failure queue. Returns on-change. */
const deploy = (settings: ContainerSettings, { bundle, config, alerts }: CellOptions): Target => {
  const hosted = (id: FunctionId): Target => {
    const { name, timeoutSeconds } = FUNCTIONS[id];
    const { local, region } = settings;
    const target = containers(path.join(bundle, '..', name), settings);
    const arnOf = (queue: DeadLetterQueue): string => queueArn(local.account.region(region), queueName(queue));
    const timeoutMs = timeoutSeconds * 1000;
    local.functions.deploy({ name: functionName(id), target, timeoutMs, ...asyncSettings(id, arnOf) });
    return target;
  };
  hosted('onGrant');
  hosted('onSchedule');
  if (config) hosted('onConfig');
  if (alerts) {
    hosted('onAlert');
    hosted('onAction');
  }
  return hosted('onChange');
};

/** The function's name, with the alias of that door if the function has it. */
const nameThrough = (id: FunctionId, door: string): string =>
  Object.hasOwn(ALL_DOORS[id] ?? {}, door) ? `${functionName(id)}:${door}` : functionName(id);

/** The rules of the catalogue lead to on-change. */
const deliverEvents = (local: LocalAccount, region: string, options: CellOptions['delivery']): Delivery => {
  const rules = Object.entries(EVENT_PATTERNS).map(([name, pattern]) => ({ name, pattern }));
  const deadLetterQueueArn = queueArn(local.account.region(region), queueName('UndeliveredEvents'));
  return deliverTo(local, { rules, functionName: doorName('onChange', 'events'), deadLetterQueueArn, ...options });
};

/** The ways to call a cell's functions from outside. */
const callers = (
  local: LocalAccount,
  region: string,
  onChange: Target,
): Pick<RunningCell, 'invoke' | 'target' | 'tick'> => {
  const { account, clock, functions, background } = local;
  return {
    async invoke(id, event) {
      const result = await clock.run(functions.invoke(nameThrough(id, 'requests'), region, event));
      if ('error' in result) throw result.error;
      return result.value;
    },
    async target(event, context) {
      const activity = clock.begin(`${FUNCTIONS.onChange.name} ${context.awsRequestId}`);
      return await clock.run(onChange(event, context, activity)).finally(() => activity.end());
    },
    async tick(input = scheduledEvent(account, region)) {
      functions.invokeLater(doorName('onSchedule', 'events'), region, input);
      await background.drain();
    },
  };
};

/**
 * Starts an embedded account with a cell in it: the ledger's table, the topic, and the bundled functions, on-change behind the rules of
 * the catalogue. Several cells can run in one process.
 */
export const runCell = async (options: CellOptions): Promise<RunningCell> => {
  const region = options.region ?? 'eu-west-1';
  const local = await startLocalAccount({
    ...options,
    region,
    principals: {
      [ROLE_KEY]: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${options.accountId ?? '111122223333'}:assumed-role/${ROLE}/${FUNCTIONS.onChange.name}`,
        name: FUNCTIONS.onChange.name,
      },
      ...options.principals,
    },
  });
  const { endpoint, account } = local;
  const client = local.clientSettings({ accessKeyId: ROLE_KEY, region });
  const [topicArn] = await Promise.all([
    createNoticesTopic(client),
    createLedgerTable(client, LEDGER),
    createFailureQueues(client, FAILURE_QUEUES),
  ]);
  const actionRole = `arn:aws:iam::${account.id}:role/${ROLE}`;
  const alerts = options.alerts && (await startAlerts(local, { client, topicArn, actionRole }, options.alerts));
  const environment = { ...environmentOf({ endpoint, region, topicArn }), ...alerts?.environment };
  const { policy, telemetry = () => undefined } = options;
  const settings = { local, accessKeyId: ROLE_KEY, region, environment, telemetry, ...(policy && { policy }) };
  const onChange = deploy(settings, options);
  if (options.config)
    await createConfigRules(client, `arn:aws:lambda:${region}:${account.id}:function:${functionName('onConfig')}`);
  const delivery = deliverEvents(local, region, options.delivery);
  const close = async () => {
    delivery.stop();
    await local.background.stop();
    await alerts?.close();
    await local.close();
  };
  return { local, delivery, ...callers(local, region, onChange), close, ...(alerts && { alerts }) };
};
