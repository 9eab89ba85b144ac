import { Duration, Names, Stack } from 'aws-cdk-lib';
import { type IRule, type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias, Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CANARY, EVENT_PATTERNS, ofRegions, SCHEDULE_MINUTES, SWEEPS } from '../../shared/catalogue.ts';
import { runbook } from './alarms/alarm.ts';

/** How a rule delivers to a function. */
export interface TargetOptions {
  /**
   * Gets what could not be delivered. The stack's policy on the queue lists the rules that may write to it.
   */
  readonly deadLetterQueue: IQueue;
  /** A constant that replaces the event. */
  readonly input?: RuleTargetInput;
  /** Default: 24 hours. */
  readonly maxAge?: Duration;
  /** Default: 185, the maximum. */
  readonly retries?: number;
}

const ONE_DAY = Duration.days(1);
const MAX_RETRIES = 185;

/**
 * A function, or its alias, as the target of a rule. The resource policy allows only this rule of this
 * account to invoke it. CDK's own target has no condition on the account; AWS recommends conditions on both.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function eventTarget(
  handler: Alias | Lambda,
  { deadLetterQueue, input, maxAge, retries }: TargetOptions,
): IRuleTarget {
  return {
    bind(rule: IRule) {
      handler.addPermission(`Allow${Names.nodeUniqueId(rule.node)}`, {
        principal: new ServicePrincipal('events.amazonaws.com'),
        sourceArn: rule.ruleArn,
        sourceAccount: Stack.of(rule).account,
      });
      return {
        arn: handler.functionArn,
        targetResource: handler,
        ...(input && { input }),
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
        ...((maxAge ?? retries) !== undefined && {
          retryPolicy: {
            maximumEventAgeInSeconds: (maxAge ?? ONE_DAY).toSeconds(),
            maximumRetryAttempts: retries ?? MAX_RETRIES,
          },
        }),
      };
    },
  };
}

/** Where the events of changes come from, and where they go. */
interface ChangeRuleParts {
  /** The cell's regions. Forwarders of another cell may send events of further regions to the same bus. */
  readonly regions: readonly string[];
  /** The alias for events of on-change. */
  readonly events: Alias;
  /** Gets the events that EventBridge could not deliver within a day. */
  readonly undelivered: IQueue;
}

/** Rules that send events of the cell's regions to the alias: one for each event pattern of the catalogue. */
export function changeRules(scope: Construct, { regions, events, undelivered }: ChangeRuleParts): readonly Rule[] {
  return Object.entries(EVENT_PATTERNS).map(([name, pattern]) => {
    const { 'detail-type': detailType, source, detail } = ofRegions(pattern, regions);
    return new Rule(scope, `Rule-${name}`, {
      description: `Portcullis: ${name}`,
      eventPattern: { source: [...source], detailType: [...detailType], detail },
      targets: [eventTarget(events, { deadLetterQueue: undelivered })],
    });
  });
}

/**
 * Invokes on-schedule every few minutes. EventBridge drops a call that is still undelivered when the next one
 * is due.
 */
export function scheduleRule(scope: Construct, events: Alias, deadLetterQueue: IQueue): Rule {
  return new Rule(scope, 'Schedule', {
    description: 'Portcullis: scheduled work',
    schedule: Schedule.rate(Duration.minutes(SCHEDULE_MINUTES)),
    targets: [eventTarget(events, { deadLetterQueue, maxAge: Duration.minutes(SCHEDULE_MINUTES), retries: 10 })],
  });
}

/**
 * Starts sweeps at the catalogue's times. EventBridge drops a call after an hour; the next sweep does its
 * work.
 */
export function sweepRules(scope: Construct, events: Alias, deadLetterQueue: IQueue): readonly Rule[] {
  return Object.entries(SWEEPS).map(
    ([id, { cron, request }]) =>
      new Rule(scope, id, {
        description: `Portcullis: sweep${request.digest ? ' and digest' : ''}`,
        schedule: Schedule.expression(cron),
        targets: [
          eventTarget(events, {
            deadLetterQueue,
            input: RuleTargetInput.fromObject(request),
            maxAge: Duration.hours(1),
            retries: 10,
          }),
        ],
      }),
  );
}

/**
 * Has the canary's markers added. EventBridge drops a call that is still undelivered when the next one is
 * due.
 */
export function canaryRule(scope: Construct, events: Alias, deadLetterQueue: IQueue): Rule {
  return new Rule(scope, 'Canary', {
    description: 'Portcullis: add the canary',
    schedule: Schedule.rate(Duration.minutes(CANARY.everyMinutes)),
    targets: [
      eventTarget(events, {
        deadLetterQueue,
        input: RuleTargetInput.fromObject(CANARY.request),
        maxAge: Duration.minutes(CANARY.everyMinutes),
        retries: 10,
      }),
    ],
  });
}

/**
 * Notifies people at once when somebody sets the runtime switch. The events of Parameter Store do not contain
 * the value.
 *
 * The topic's policy allows EventBridge to publish without a condition on the rule: EventBridge sends SNS
 * neither a source ARN nor a source account, so a condition would deny every message. A role for the target
 * does not help, because AWS advises against it for encrypted topics.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
export function switchRule(scope: Construct, parameter: string, topic: ITopic, deadLetterQueue: IQueue): Rule {
  const says = `The runtime switch of Portcullis (parameter ${parameter}) was set. Until it ends, it limits what Portcullis closes.`;
  return new Rule(scope, 'SwitchWatch', {
    description: `The runtime switch was set. ${runbook('runtime-switch')}`,
    eventPattern: {
      source: ['aws.ssm'],
      detailType: ['Parameter Store Change'],
      detail: { name: [parameter], operation: ['Create', 'Update'] },
    },
    targets: [
      new SnsTopic(topic, {
        message: RuleTargetInput.fromText(`${says} ${runbook('runtime-switch')}`),
        deadLetterQueue,
      }),
    ],
  });
}
