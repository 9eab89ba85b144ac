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
import type { Environment } from '../../../shared/domain/ports.ts';
import { type Delivery, type DeliveryOptions, scheduledEvent, startDelivery } from '../delivery/eventbridge.ts';
import type { Target } from '../delivery/invocation.ts';
import { queueArn } from '../services/sqs/queues.ts';
import { type LocalAccount, type LocalClientSettings, type LocalOptions, startLocalAccount } from '../start.ts';
import { type RunningAlerts, startAlerts } from './alerts.ts';
import type { ChannelFakeOptions } from './channel-fakes.ts';
import { type ContainerSettings, containerPool, type LineSink } from './containers.ts';
import { createConfigRules, createLedgerTable, createNoticesTopic, createQueues, queueName } from './provision.ts';
import { ALL_DOORS, asyncSettings, cellRules, FAILURE_QUEUES } from './stack-settings.ts';

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
  /** Name of the cell. Default: that of the stack. */
  readonly cell?: string;
  /** An account that runs already, for a cell beside another one. Default: a new one, which ends with the cell. */
  readonly within?: LocalAccount;
  /** Regions besides the home region that the cell guards, each with a forwarder. Default none. */
  readonly otherRegions?: readonly string[];
  /** Whether AWS Config records groups and has its rules. Default false. */
  readonly config?: boolean;
  /** Slack and PagerDuty on this machine, told by on-alert; presses of buttons come to on-action. Default none. */
  readonly alerts?: ChannelFakeOptions;
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

/** The ledger's table of a cell in the embedded account. */
function ledgerOf(cell: string): string {
  return `${cell.toLowerCase()}-ledger`;
}

/** The ledger's table of the cell with the stack's default name. */
export const LEDGER = ledgerOf(STACK_NAME);

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

/** Puts the bundled functions into the account, where Lambda's Invoke finds them, each with its failure queue. Returns on-change. */
function deploy(settings: ContainerSettings, { bundle, config, alerts }: CellOptions): Target {
  const hosted = (id: FunctionId): Target => {
    const { name, timeoutSeconds } = FUNCTIONS[id];
    const { local, region, cell } = settings;
    const target = containerPool(path.join(bundle, '..', name), settings);
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

/** The function's name, with the alias of that door if the function has it. */
function nameThrough(id: FunctionId, door: string, cell: string): string {
  return Object.hasOwn(ALL_DOORS[id] ?? {}, door) ? `${functionName(id, cell)}:${door}` : functionName(id, cell);
}

/** The rules of the stack lead to on-change. */
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

/** The ways to call a cell's functions from outside. */
function callers(
  { local, region, cell }: Pick<ContainerSettings, 'local' | 'region' | 'cell'>,
  onChange: Target,
): Pick<RunningCell, 'invoke' | 'target' | 'tick'> {
  const { account, clock, functions, background } = local;
  return {
    async invoke(id, event) {
      const result = await clock.run(functions.invoke(nameThrough(id, 'requests', cell), region, event));
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

/** A new account, in which the functions' role has a key. Rejects as `startLocalAccount` does. */
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

/** Slack and PagerDuty for the cell if they are asked for. Their queues and their secret have the names of the default cell. */
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

/**
 * Starts an embedded account with a cell in it: the ledger's table, the topic, and the bundled functions, on-change behind the rules of
 * the stack. Several cells can run in one process, in accounts of their own or side by side in one account.
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
  return { local, delivery, ...callers(settings, onChange), close, ...(alerts && { alerts }) };
}
