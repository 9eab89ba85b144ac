import { uuid } from '../../../../shared/domain/runtime.ts';
import type { Background } from '../../delivery/background.ts';
import type { FunctionHost } from '../../delivery/functions.ts';
import type { Region } from '../../state/account.ts';
import type { Operations } from '../../state/operation.ts';
import type { ConfigItemRecord, ConfigRuleRecord } from '../../state/records.ts';
import type { CallOutcome } from '../../wire/service.ts';
import {
  describeComplianceByConfigRule,
  describeConfigRules,
  getComplianceDetailsByConfigRule,
  getComplianceDetailsByResource,
  putConfigRule,
  putEvaluations,
} from './compliance.ts';
import {
  deliveredItem,
  describeConfigurationRecorderStatus,
  describeConfigurationRecorders,
  getResourceConfigHistory,
  itemSummary,
  putConfigurationRecorder,
  recordItems,
  startConfigurationRecorder,
  stopConfigurationRecorder,
} from './recorder.ts';
import { selectResourceConfig } from './select.ts';

/** Records groups as they change, and calls the functions of rules. */
export interface ConfigRecorder {
  /** Records the changes of a call. The dispatcher calls it after each call. */
  recordChanges(outcome: Pick<CallOutcome, 'service' | 'invocation'>): void;
  /** Calls the rules of these names for all recorded groups. */
  evaluate(region: Region, names: readonly string[]): void;
}

/**
 * The recorder of an account. A new item reaches the functions after a delay, usually after the CloudTrail
 * event of the same change has been handled. In AWS the delay is minutes.
 */
export function configRecorder(functions: FunctionHost, background: Background): ConfigRecorder {
  function invoke(region: Region, rule: ConfigRuleRecord, notification: object): void {
    const name = rule.Source?.SourceIdentifier?.split(':').at(-1) ?? '';
    functions.deliver(name, region.name, eventFor(region, rule, notification));
  }

  function deliver(region: Region, rules: readonly ConfigRuleRecord[], items: readonly ConfigItemRecord[]): void {
    for (const item of items) {
      const notification = notificationOf(region, item);
      for (const rule of rules)
        if (messageTypes(rule).includes(notification.messageType)) invoke(region, rule, notification);
    }
  }

  async function deliverLater(region: Region, items: readonly ConfigItemRecord[]): Promise<void> {
    await background.wait(LAG_MS);
    deliver(region, [...region.config.rules.values()], items);
  }

  return {
    recordChanges({ service, invocation: { operation, region } }) {
      const isChange = service === 'ec2' && !/^(?:Describe|Get)/.test(operation);
      if (!isChange && operation !== 'StartConfigurationRecorder') return;
      const items = recordItems(region);
      if (items.length > 0) background.track(deliverLater(region, items));
    },
    evaluate(region, names) {
      const { id: awsAccountId } = region.account;
      const rules = names.flatMap((name) => region.config.rules.get(name) ?? []);
      const items = latest(region);
      const whole = rules.filter((rule) => messageTypes(rule).includes('ScheduledNotification'));
      for (const rule of whole) invoke(region, rule, { awsAccountId, messageType: 'ScheduledNotification' });
      deliver(region, rules, items);
    },
  };
}

/** The operations of AWS Config. PutConfigRule and StartConfigRulesEvaluation evaluate the rules at once. */
export function configOperations(recorder: ConfigRecorder) {
  return {
    PutConfigurationRecorder: putConfigurationRecorder,
    StartConfigurationRecorder: startConfigurationRecorder,
    StopConfigurationRecorder: stopConfigurationRecorder,
    DescribeConfigurationRecorders: describeConfigurationRecorders,
    DescribeConfigurationRecorderStatus: describeConfigurationRecorderStatus,
    DescribeConfigRules: describeConfigRules,
    PutConfigRule: (region, input: Parameters<typeof putConfigRule>[1]) => {
      const output = putConfigRule(region, input);
      recorder.evaluate(region, [input.ConfigRule?.ConfigRuleName ?? '']);
      return output;
    },
    StartConfigRulesEvaluation: (region, input: { readonly ConfigRuleNames?: readonly string[] }) => {
      recorder.evaluate(region, input.ConfigRuleNames ?? []);
      return {};
    },
    PutEvaluations: putEvaluations,
    GetResourceConfigHistory: getResourceConfigHistory,
    SelectResourceConfig: selectResourceConfig,
    GetComplianceDetailsByConfigRule: getComplianceDetailsByConfigRule,
    GetComplianceDetailsByResource: getComplianceDetailsByResource,
    DescribeComplianceByConfigRule: describeComplianceByConfigRule,
  } satisfies Operations;
}

const LAG_MS = 300;

function messageTypes({ Source }: ConfigRuleRecord): readonly string[] {
  return (Source?.SourceDetails ?? []).flatMap(({ MessageType }) => MessageType ?? []);
}

/** The event for a rule's function. */
function eventFor(region: Region, rule: ConfigRuleRecord, notification: object): object {
  const { account, config } = region;
  const resultToken = uuid(account.random);
  config.tokens.set(resultToken, rule.ConfigRuleName);
  const notificationCreationTime = new Date(account.clock.now()).toISOString();
  return {
    version: '1.0',
    invokingEvent: JSON.stringify({ ...notification, notificationCreationTime, recordVersion: '1.3' }),
    ...(rule.InputParameters !== undefined && { ruleParameters: rule.InputParameters }),
    resultToken,
    eventLeftScope: false,
    executionRoleArn: `arn:aws:iam::${account.id}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
    configRuleArn: rule.ConfigRuleArn,
    configRuleName: rule.ConfigRuleName,
    configRuleId: rule.ConfigRuleId,
    accountId: account.id,
  };
}

/**
 * Maximum size of a notification with a whole item, in bytes. It is SNS's limit.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/oversized-notification-example.html
 */
const MOST_BYTES = 262_144;

function notificationOf(region: Region, item: ConfigItemRecord) {
  const whole = {
    configurationItemDiff: null,
    configurationItem: deliveredItem(region, item),
    messageType: 'ConfigurationItemChangeNotification',
  } as const;
  if (Buffer.byteLength(JSON.stringify(whole)) <= MOST_BYTES) return whole;
  return {
    configurationItemSummary: itemSummary(region, item),
    messageType: 'OversizedConfigurationItemChangeNotification',
  } as const;
}

function latest(region: Region): readonly ConfigItemRecord[] {
  return [...region.config.items.values()].flatMap((items) => items.at(-1) ?? []);
}
