import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ConfigSchedule, type FunctionSpec, SWITCH_PARAMETER } from '../shared/catalogue.ts';
import { alarms } from './alarms.ts';
import { cellFunctions, functionNamesIn } from './cell-functions.ts';
import { changeRules } from './change-rules.ts';
import { type ConfigExtent, config } from './config.ts';
import { dashboard } from './dashboard.ts';
import { customerKey } from './encryption.ts';
import { ledgerTable } from './ledger.ts';
import { outputs } from './outputs.ts';
import { lostEvents } from './queue.ts';
import { canary, schedule, sweeps } from './schedule.ts';
import { switchWatch } from './switch-watch.ts';
import { CellSynthesizer } from './synthesizer.ts';
import { topics } from './topics.ts';

/** Settings of a cell. */
export interface PortcullisProps {
  /** Folder of a function's bundle. */
  readonly bundleOf: (spec: FunctionSpec) => string;
  /** Who gets notices and alarms by mail; others subscribe to the topics. */
  readonly email?: string;
  /** Regions whose groups it may close. Default: the stack's own. */
  readonly regions?: readonly string[];
  /** Encrypts everything with a key of the account's own ($1 a month). Default: AWS's keys. */
  readonly customerKeys?: boolean;
  /**
   * AWS Config: its rules, one for each family of controls, or only the function that they call, for those of a conformance pack. Default
   * neither: where no recorder runs, rules would fail the deployment, and each evaluation costs money.
   */
  readonly config?: ConfigExtent;
  /** How often AWS Config's rules evaluate every group, besides whenever one changes. Default never: that costs for each group and rule. */
  readonly configSchedule?: ConfigSchedule;
  /** Whether findings go to AWS Security Hub, which the account must have enabled in the stack's region. Default false. */
  readonly securityHub?: boolean;
  /** ARN of the bus that our own events are put on. Default: the account's default bus, which is free of charge for its keeper and costs $1 for a million of them. */
  readonly eventBusArn?: string;
  /** Default `/portcullis/switch`. */
  readonly switchParameter?: string;
}

/** One account's cell: it sees changes of security groups, closes what they open, keeps the undo, and tells people. */
export class PortcullisStack extends Stack {
  constructor(scope: Construct, id: string, props: PortcullisProps) {
    super(scope, id, {
      description: 'Portcullis keeps the security groups of this account closed.',
      synthesizer: new CellSynthesizer(),
    });
    const key = props.customerKeys ? customerKey(this) : undefined;
    const { notices, alarms: alarmsTopic } = topics(this, key, props.email);
    const undelivered = lostEvents(this, 'UndeliveredEvents', key);
    const ledger = ledgerTable(this, key);
    const { bundleOf, switchParameter = SWITCH_PARAMETER, regions = [this.region] } = props;
    const functionNames = functionNamesIn(this);
    const functions = cellFunctions(this, {
      ledger,
      notices,
      switchParameter,
      regions,
      functionNames,
      bundleOf,
      key,
      config: props.config !== undefined,
      securityHub: props.securityHub ?? false,
      eventBusArn:
        props.eventBusArn ?? this.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
    });
    changeRules(this, functions.onChange.lambda, undelivered);
    schedule(this, functions.onSchedule.lambda, undelivered);
    sweeps(this, functions.onSchedule.lambda, undelivered);
    canary(this, functions.onSchedule.lambda, undelivered);
    if (functions.onConfig && props.config) {
      const { config: extent, configSchedule } = props;
      config(this, { onConfig: functions.onConfig.lambda, extent, schedule: configSchedule, undelivered });
    }
    switchWatch(this, switchParameter, alarmsTopic, undelivered);
    alarms(this, { undelivered, functions }, alarmsTopic);
    dashboard(this, { undelivered, functions });
    outputs(this, {
      LedgerTable: ledger.tableName,
      NoticesTopic: notices.topicArn,
      AlarmsTopic: alarmsTopic.topicArn,
      SwitchParameter: switchParameter,
      GrantFunction: functionNames.onGrant,
      ...(functions.onConfig && { ConfigFunction: functions.onConfig.lambda.functionArn }),
    });
  }
}
