import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FUNCTIONS, LEDGER_TABLE, SWITCH_PARAMETER } from '../shared/catalogue.ts';
import { alarms } from './alarms.ts';
import { changeRules } from './change-rules.ts';
import { customerKey } from './encryption.ts';
import { cellFunction } from './function.ts';
import { statementsFor } from './grants.ts';
import { ledgerTable } from './ledger.ts';
import { outputs } from './outputs.ts';
import { lostEvents } from './queue.ts';
import { switchWatch } from './switch-watch.ts';
import { CellSynthesizer } from './synthesizer.ts';
import { topics } from './topics.ts';

/** Settings of a cell. */
export interface PortcullisProps {
  /** Folder of on-change's bundle. */
  readonly bundle: string;
  /** Who gets notices and alarms by mail; others subscribe to the topics. */
  readonly email?: string;
  /** Regions whose groups it may close. Default: the stack's own. */
  readonly regions?: readonly string[];
  /** Encrypts everything with a key of the account's own ($1 a month). Default: AWS's keys. */
  readonly customerKeys?: boolean;
  /** Default `/portcullis/switch`. */
  readonly switchParameter?: string;
}

const securityGroupArns = (stack: Stack, regions: readonly string[]): readonly string[] =>
  regions.flatMap((region) =>
    ['security-group', 'security-group-rule'].map((resource) =>
      stack.formatArn({ service: 'ec2', region, resource, resourceName: '*' }),
    ),
  );

/** One account's cell: it sees changes of security groups, closes what they open, keeps the undo, and tells people. */
export class PortcullisStack extends Stack {
  constructor(scope: Construct, id: string, props: PortcullisProps) {
    super(scope, id, {
      description: 'Portcullis keeps the security groups of this account closed.',
      synthesizer: new CellSynthesizer(),
    });
    const key = props.customerKeys ? customerKey(this) : undefined;
    const { notices, alarms: alarmsTopic } = topics(this, key, props.email);
    const [undelivered, failed] = [lostEvents(this, 'UndeliveredEvents', key), lostEvents(this, 'FailedChanges', key)];
    const ledger = ledgerTable(this, key);
    const switchParameter = props.switchParameter ?? SWITCH_PARAMETER;
    const onChange = cellFunction(this, 'OnChange', FUNCTIONS.onChange, {
      directory: props.bundle,
      settings: { ledgerTable: ledger.tableName, noticesTopic: notices.topicArn, switchParameter },
      failures: failed,
      key,
      allow: (logArn) =>
        statementsFor(
          FUNCTIONS.onChange.uses,
          {
            any: ['*'],
            'security-group-rules': securityGroupArns(this, props.regions ?? [this.region]),
            'ledger-table': [ledger.tableArn],
            'ledger-index': [`${ledger.tableArn}/index/${LEDGER_TABLE.unsettled.index}`],
            'notices-topic': [notices.topicArn],
            'switch-parameter': [
              this.formatArn({
                service: 'ssm',
                resource: 'parameter',
                resourceName: switchParameter.replace(/^\//, ''),
              }),
            ],
            'log-group': [logArn],
            'failure-queue': [failed.queueArn],
          },
          key?.keyArn,
        ),
    });
    changeRules(this, onChange, undelivered);
    switchWatch(this, switchParameter, alarmsTopic, undelivered);
    alarms(this, { undelivered, failed, onChange }, alarmsTopic);
    outputs(this, {
      LedgerTable: ledger.tableName,
      NoticesTopic: notices.topicArn,
      AlarmsTopic: alarmsTopic.topicArn,
      SwitchParameter: switchParameter,
    });
  }
}
