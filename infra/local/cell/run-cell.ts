import path from 'node:path';
import type { Context } from 'aws-lambda';
import {
  type DeadLetterQueue,
  doorName,
  ENVIRONMENT,
  FUNCTIONS,
  type FunctionId,
  functionName,
  STACK_NAME,
  switchParameter,
} from '../../../shared/catalogue.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { Environment } from '../../../shared/domain/runtime.ts';
import { type Delivery, type DeliveryOptions, scheduledEvent, startDelivery } from '../delivery/eventbridge.ts';
import type { Target } from '../delivery/invocation.ts';
import { createLogGroup, logGroupName } from '../services/logs.ts';
import { queueArn } from '../services/sqs/queues.ts';
import { type LocalAccount, type LocalClientSettings, type LocalOptions, startLocalAccount } from '../start.ts';
import { type RunningAlerts, startAlerts } from './alerts.ts';
import type { ChannelFakeOptions } from './channel-fakes.ts';
import { type ContainerSettings, containerPool, type LineSink } from './containers.ts';
import { createConfigRules, createLedgerTable, createNoticesTopic, createQueues, queueName } from './provision.ts';
import { ALL_DOORS, asyncSettings, cellRules, FAILURE_QUEUES } from './stack-settings.ts';

/** How a cell runs on this machine. */
export interface CellOptions extends LocalOptions {
  /**
   * Folder of the bundled on-change function that `buildFunctions` wrote, or of its source, which needs a
   * `policy`. The other functions are beside it.
   */
  readonly bundle: string;
  /** Default: the policy in the bundle. */
  readonly policy?: Policy;
  /** How irregularly events arrive. */
  readonly delivery?: Pick<DeliveryOptions, 'doubled' | 'shuffled' | 'delayMs' | 'random'>;
  /** Name of the cell. Default: the stack's name. */
  readonly cell?: string;
  /**
   * An existing account, for a cell beside another one. Default: a new account, which is closed with the
   * cell.
   */
  readonly within?: LocalAccount;
  /** Guarded regions besides the home region, each with a forwarder. Default: none. */
  readonly otherRegions?: readonly string[];
  /** Whether AWS Config records groups and has the cell's rules. Default: false. */
  readonly config?: boolean;
  /** Slack and PagerDuty on this machine, with on-alert and on-action. Default: none. */
  readonly alerts?: ChannelFakeOptions;
  /**
   * Receives the functions' logs and metrics, line by line. The account's log groups have them in any case.
   */
  readonly telemetry?: LineSink;
}

/** A running cell: an account and the functions that guard it. */
export interface RunningCell {
  readonly local: LocalAccount;
  readonly delivery: Delivery;
  /** Absent unless `CellOptions.alerts` is given. */
  readonly alerts?: RunningAlerts;
  /** Invokes a function once and lets time pass until it ends. Rejects with the function's error. */
  readonly invoke: (id: FunctionId, event: unknown) => Promise<unknown>;
  /** Calls on-change directly, for events without a call to the account. */
  target(event: unknown, context: Context): Promise<unknown>;
  /**
   * Invokes on-schedule as EventBridge does, with a rule's constant input if one is given. Resolves when
   * everything that it caused is done.
   */
  tick(input?: object): Promise<void>;
  close(): Promise<void>;
}

/** Access key of the functions' role. The embedded account checks no signatures. */
export const ROLE_KEY = 'AKIAPORTCULLISCELL00';

/** The role of all functions, because all functions of an embedded cell share one environment. */
const ROLE = 'Portcullis';

/**
 * Starts an embedded account with a cell: the ledger's table, the topic, the queues, and the functions, with
 * on-change behind the rules of the stack. Several cells can run in one process, in one account or in
 * several.
 */
export async function runCell(options: CellOptions): Promise<RunningCell> {
  const { cell = STACK_NAME, region = 'eu-west-1', otherRegions = [], policy, telemetry = () => undefined } = options;
  const local = options.within ?? (await newAccount(options, region));
  const { endpoint, account } = local;
  const client = local.clientSettings({ accessKeyId: ROLE_KEY, region });
  const failureQueues = FAILURE_QUEUES.map((id) => queueName(id, cell));
  const [topicArn] = await Promise.all([
    createNoticesTopic(client, cell),
    createLedgerTable(client, ledgerOf(cell)),
    createQueues(client, failureQueues),
  ]);
  const alerts = await alertsFor(local, client, topicArn, options);
  const environment = { ...environmentOf({ cell, endpoint, region, topicArn, otherRegions }), ...alerts?.environment };
  const settings = { local, accessKeyId: ROLE_KEY, region, cell, environment, telemetry, ...(policy && { policy }) };
  const onChange = deploy(settings, options);
  if (options.config) {
    const functionArn = `arn:aws:lambda:${region}:${account.id}:function:${functionName('onConfig', cell)}`;
    await createConfigRules(client, functionArn, cell);
  }
  const delivery = deliverEvents(local, options);
  const close = async () => {
    delivery.stop();
    if (options.within !== undefined) return;
    await local.background.stop();
    await alerts?.close();
    await local.close();
  };
  return { local, delivery, ...cellCallers(settings, onChange), close, ...(alerts && { alerts }) };
}

/** A new account with a key for the functions' role. Rejects like `startLocalAccount`. */
async function newAccount(options: CellOptions, region: string): Promise<LocalAccount> {
  return await startLocalAccount({
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
}

/**
 * Starts Slack and PagerDuty if the options ask for them. Their queues and secret have the names of the
 * default cell.
 */
async function alertsFor(
  local: LocalAccount,
  client: LocalClientSettings,
  topicArn: string,
  { cell = STACK_NAME, alerts }: CellOptions,
): Promise<RunningAlerts | undefined> {
  if (alerts === undefined) return undefined;
  if (cell !== STACK_NAME) throw new RangeError(`alerts: only the cell ${STACK_NAME} can have them, not ${cell}`);
  return await startAlerts(
    local,
    { client, topicArn, actionRole: `arn:aws:iam::${local.account.id}:role/${ROLE}` },
    alerts,
  );
}

interface CellFacts {
  readonly cell: string;
  readonly endpoint: string;
  readonly region: string;
  readonly topicArn: string;
  readonly otherRegions: readonly string[];
}

function environmentOf({ cell, endpoint, region, topicArn, otherRegions }: CellFacts): Environment {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    [ENVIRONMENT.cell]: cell,
    [ENVIRONMENT.ledgerTable]: ledgerOf(cell),
    [ENVIRONMENT.noticesTopic]: topicArn,
    [ENVIRONMENT.switchParameter]: switchParameter(cell),
    [ENVIRONMENT.changeFunction]: doorName('onChange', 'requests', cell),
    [ENVIRONMENT.grantFunction]: doorName('onGrant', 'requests', cell),
    [ENVIRONMENT.eventBus]: 'default',
    [ENVIRONMENT.securityHub]: 'on',
    [ENVIRONMENT.regions]: [region, ...otherRegions].join(','),
  };
}

/** Deploys the functions, each with its failure queue and its log group. Returns on-change. */
function deploy(settings: ContainerSettings, { bundle, config, alerts }: CellOptions): Target {
  const hosted = (id: FunctionId): Target => {
    const { name, timeoutSeconds } = FUNCTIONS[id];
    const { local, region, cell } = settings;
    const log = createLogGroup(local.account.region(region), logGroupName(functionName(id, cell)));
    const telemetry: LineSink = (line) => {
      log(line);
      settings.telemetry(line);
    };
    const target = containerPool(path.join(bundle, '..', name), { ...settings, telemetry });
    const arnOf = (queue: DeadLetterQueue): string => queueArn(local.account.region(region), queueName(queue, cell));
    const timeoutMs = timeoutSeconds * 1000;
    local.functions.deploy({ name: functionName(id, cell), target, timeoutMs, ...asyncSettings(id, arnOf) });
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
}

/** Delivers events to on-change by the rules of the stack. */
function deliverEvents(
  local: LocalAccount,
  { cell, delivery, region = local.account.homeRegion, otherRegions = [] }: CellOptions,
): Delivery {
  const rules = cellRules(local.account.homeRegion, otherRegions);
  const deadLetterQueueArn = queueArn(local.account.region(region), queueName('UndeliveredEvents', cell));
  return startDelivery(local, {
    rules,
    functionName: doorName('onChange', 'events', cell),
    deadLetterQueueArn,
    ...delivery,
  });
}

/** Functions to call the cell from outside. */
function cellCallers(
  { local, region, cell }: Pick<ContainerSettings, 'local' | 'region' | 'cell'>,
  onChange: Target,
): Pick<RunningCell, 'invoke' | 'target' | 'tick'> {
  const { account, clock, functions, background } = local;
  return {
    async invoke(id, event) {
      const result = await clock.run(functions.invoke(nameOfDoor(id, 'requests', cell), region, event));
      if ('error' in result) throw result.error;
      return result.value;
    },
    async target(event, context) {
      const activity = clock.begin(`${FUNCTIONS.onChange.name} ${context.awsRequestId}`);
      return await clock.run(onChange(event, context, activity)).finally(() => activity.end());
    },
    async tick(input = scheduledEvent(account, region)) {
      functions.invokeLater(doorName('onSchedule', 'events', cell), region, input);
      await background.drain();
    },
  };
}

/** The function's name, with the alias of the door if the function has that alias. */
function nameOfDoor(id: FunctionId, door: string, cell: string): string {
  return Object.hasOwn(ALL_DOORS[id] ?? {}, door) ? `${functionName(id, cell)}:${door}` : functionName(id, cell);
}

/** Name of a cell's ledger table. */
function ledgerOf(cell: string): string {
  return `${cell.toLowerCase()}-ledger`;
}

/** Ledger table of the cell with the stack's default name. */
export const LEDGER = ledgerOf(STACK_NAME);
