import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  DOORS,
  doorName,
  ENVIRONMENT,
  EVENT_PATTERNS,
  FUNCTIONS,
  type FunctionId,
  functionName,
  SWITCH_PARAMETER,
} from '../../shared/catalogue.ts';
import { type AlertsOptions, type RunningAlerts, startAlerts } from './alerts.ts';
import { type Delivery, type DeliveryOptions, deliverTo } from './delivery.ts';
import type { Target } from './invocation.ts';
import { createConfigRules, createLedgerTable, createNoticesTopic } from './provision.ts';
import { scheduledEvent } from './scheduled-event.ts';
import { type LocalAccount, type LocalOptions, startLocalAccount } from './start.ts';

/** How a cell is run on this machine. */
export interface CellOptions extends LocalOptions {
  /** Folder of the bundled on-change function, as `buildFunctions` made it; the other functions lie beside it. */
  readonly bundle: string;
  /** How untidily events arrive. */
  readonly delivery?: Pick<DeliveryOptions, 'doubled' | 'shuffled' | 'delayMs' | 'random'>;
  /** Whether AWS Config records groups and has its rules. Default false. */
  readonly config?: boolean;
  /** Slack and PagerDuty on this machine, told by on-alert; presses of buttons come to on-action. Default none. */
  readonly alerts?: AlertsOptions;
  /** Whether the function's logs and metrics are printed, as CloudWatch would get them. Default false. */
  readonly telemetry?: boolean;
}

/** A cell that runs: an account, and the functions that keep it closed. */
export interface RunningCell {
  readonly local: LocalAccount;
  readonly delivery: Delivery;
  /** Absent unless asked for. */
  readonly alerts?: RunningAlerts;
  /** on-change itself, for events that are not made by a call. */
  readonly target: Target;
  /** Calls on-schedule as EventBridge does, with a rule's constant input where one is given, and resolves when all that it has set off is done. */
  tick(input?: object): Promise<void>;
  close(): Promise<void>;
}

/** Access key of the functions' role on the embedded account, which checks no signature. */
export const ROLE_KEY = 'AKIAPORTCULLISCELL00';

/** The role of all of them: the embedded account has one environment for all functions. */
const ROLE = 'Portcullis';

const LEDGER = 'portcullis-ledger';

const environmentOf = (endpoint: string, region: string, topicArn: string, telemetry: boolean) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: ROLE_KEY,
  AWS_SECRET_ACCESS_KEY: 'not-checked',
  [ENVIRONMENT.ledgerTable]: LEDGER,
  [ENVIRONMENT.noticesTopic]: topicArn,
  [ENVIRONMENT.switchParameter]: SWITCH_PARAMETER,
  [ENVIRONMENT.changeFunction]: doorName('onChange', 'requests'),
  [ENVIRONMENT.grantFunction]: doorName('onGrant', 'requests'),
  [ENVIRONMENT.eventBus]: 'default',
  [ENVIRONMENT.securityHub]: 'on',
  [ENVIRONMENT.regions]: region,
  ...(telemetry ? {} : { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }),
});

const loadHandler = async (bundle: string, container: number): Promise<Target> => {
  const { href } = pathToFileURL(path.join(bundle, 'index.mjs'));
  const module: { readonly handler: Target } = await import(`${href}?container=${container}`);
  return module.handler;
};

/** As Lambda does: a container handles one event at a time, and another is started where all are busy. */
const containers = (bundle: string): Target => {
  const idle: Target[] = [];
  let started = 0;
  return async (event, context) => {
    const handler = idle.pop() ?? (await loadHandler(bundle, started++));
    try {
      return await handler(event, context);
    } finally {
      idle.push(handler);
    }
  };
};

const ALL_DOORS: Partial<Readonly<Record<FunctionId, object>>> = DOORS;

/** Puts the bundled functions into the account, where Lambda's Invoke finds them. Returns on-change. */
const deploy = ({ functions }: LocalAccount, { bundle, config, alerts }: CellOptions): Target => {
  const hosted = (id: FunctionId): Target => {
    const { name, timeoutSeconds } = FUNCTIONS[id];
    const target = containers(path.join(bundle, '..', name));
    const aliases = Object.keys(ALL_DOORS[id] ?? {});
    functions.deploy({ name: functionName(id), aliases, target, timeoutMs: timeoutSeconds * 1000 });
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

/**
 * Starts an embedded account with a cell in it: the ledger's table, the topic, and the bundled functions, on-change behind the rules of
 * the catalogue. They read this process's environment, as they would Lambda's, so one cell to a process.
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
  const client = {
    endpoint: local.endpoint,
    region,
    credentials: { accessKeyId: ROLE_KEY, secretAccessKey: 'not-checked' },
  };
  const [topicArn] = await Promise.all([createNoticesTopic(client), createLedgerTable(client, LEDGER)]);
  Object.assign(process.env, environmentOf(local.endpoint, region, topicArn, options.telemetry ?? false));
  if (options.alerts) process.env[ENVIRONMENT.actionRole] = `arn:aws:iam::${local.account.id}:role/${ROLE}`;
  const target = deploy(local, options);
  const alerts = options.alerts && (await startAlerts(local, { client, topicArn }, options.alerts));
  if (options.config)
    await createConfigRules(
      client,
      `arn:aws:lambda:${region}:${local.account.id}:function:${functionName('onConfig')}`,
    );
  const rules = Object.entries(EVENT_PATTERNS).map(([name, pattern]) => ({ name, pattern }));
  const delivery = deliverTo(local, {
    rules,
    target,
    functionName: doorName('onChange', 'events'),
    ...options.delivery,
  });
  const tick = async (input: object = scheduledEvent(local.account, region)) => {
    local.functions.invokeLater(doorName('onSchedule', 'events'), region, input);
    await delivery.drain();
  };
  const close = async () => {
    delivery.stop();
    await delivery.drain();
    await alerts?.close();
    await local.close();
  };
  return { local, delivery, target, tick, close, ...(alerts && { alerts }) };
};
