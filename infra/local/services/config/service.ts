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

/** What makes AWS Config run: it records groups as they change and calls the rules' functions. */
export interface ConfigRecorder {
  /** To be called after each call: it records what the call has changed. */
  recordChanges(outcome: Pick<CallOutcome, 'service' | 'invocation'>): void;
  /** Has rules of these names evaluate what is recorded. */
  evaluate(region: Region, names: readonly string[]): void;
}

const LAG_MS = 300;

function messageTypes({ Source }: ConfigRuleRecord): readonly string[] {
  return (Source?.SourceDetails ?? []).flatMap(({ MessageType }) => MessageType ?? []);
}

/** What a rule's function is called with. */
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
 * Bytes of the largest notification that is sent whole: SNS takes no more, and AWS Config goes by that.
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

/**
 * A recorder for an account. What it has recorded reaches the functions later, as in AWS, where it takes minutes; here it is behind the
 * event of the same change by the time that is usually dealt with.
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

/** The operations of AWS Config. PutConfigRule and StartConfigRulesEvaluation evaluate rules at once. */
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
