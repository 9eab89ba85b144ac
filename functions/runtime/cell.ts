import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { CellSettings } from '../../shared/adapters/aws/cells/cell.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import type { CellLogEntry } from '../../shared/domain/ports.ts';
import { accountIn } from '../../shared/events/ids.ts';
import type { MessageContext } from '../../shared/notifications/compose/context.ts';
import { optionalSetting, type Runtime, setting } from './runtime.ts';

/** The cell, from the function's environment and the policy. Throws InputInvalid if a variable is not set. */
export function cellSettings(runtime: Runtime): CellSettings {
  return {
    ...notificationCell(runtime),
    ledgerTable: setting(runtime.environment, 'ledgerTable'),
    switchParameter: setting(runtime.environment, 'switchParameter'),
  };
}

/** The part of a cell that notifies people. Throws InputInvalid if a variable is not set. */
export function notificationCell(runtime: Runtime): Omit<CellSettings, 'ledgerTable' | 'switchParameter'> {
  const { environment, clients, clock, random, logger, metrics } = runtime;
  const noticesTopicArn = setting(environment, 'noticesTopic');
  const chatTopicArn = optionalSetting(environment, 'chatTopic');
  const placeFor = (accountAlias: string | undefined): MessageContext => ({
    ...homeOfTopic(noticesTopicArn),
    ...(accountAlias !== undefined && { accountAlias }),
    now: clock.now(),
    settings: runtime.policy.alerts,
  });
  return {
    clients,
    clock,
    random,
    noticesTopicArn,
    ...(chatTopicArn !== undefined && { chatTopicArn }),
    noticeFor: async (outcome, alias) =>
      (await import('../../shared/notifications/channels/sns.ts')).outcomeSnsMessage(outcome, placeFor(alias)),
    newsFor: async (news, alias) =>
      (await import('../../shared/notifications/channels/sns.ts')).notificationSnsMessage(news, placeFor(alias)),
    journal: cellJournalTo(logger, metrics),
  };
}

/** The account of a function, from its ARN. */
export function accountOf({ invokedFunctionArn }: Context): string {
  return accountIn(invokedFunctionArn);
}

/** The cell's home, which is that of its topic: `arn:aws:sns:eu-west-1:111122223333:…`. */
function homeOfTopic(topicArn: string): Pick<MessageContext, 'account' | 'region' | 'partition'> {
  const [, partition = '', , region = '', account = ''] = topicArn.split(':');
  return { account, region, partition };
}

/** Logs and counts errors that do not stop a remediation. */
function cellJournalTo(logger: Logger, metrics: Metrics) {
  return (entry: CellLogEntry): void => {
    switch (entry.what) {
      case 'chat-refused':
        metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
        return logger.error('chat refused', { dedupId: entry.dedupId, fault: entry.fault });
      case 'switch-unread':
        metrics.addMetric(METRICS.switchUnread, MetricUnit.Count, 1);
        return logger.error('switch unread', { fault: entry.fault, instead: entry.instead });
      case 'alias-unread':
        return logger.warn('alias unread', { fault: entry.fault });
      default:
        return entry satisfies never;
    }
  };
}

/** The regions of the cell. Throws InputInvalid if none is set. */
export function cellRegions({ environment }: Pick<Runtime, 'environment'>): readonly string[] {
  return setting(environment, 'regions').split(',');
}
