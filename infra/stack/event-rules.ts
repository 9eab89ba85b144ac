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

/** What a rule hands over, and how patiently. */
export interface TargetOptions {
  /** Keeps what could not be delivered. The stack names the rules that may write into it. */
  readonly deadLetterQueue: IQueue;
  /** A constant in place of the event. */
  readonly input?: RuleTargetInput;
  /** Default: 24 hours. */
  readonly maxAge?: Duration;
  /** Default: 185, as often as EventBridge can. */
  readonly retries?: number;
}

const ONE_DAY = Duration.days(1);
const MAX_RETRIES = 185;

/**
 * A function, or an alias of one, behind a rule. Its resource policy lets EventBridge in for this rule of this account alone: CDK's own
 * target leaves out the account, which the ARN of a rule names, too, but a condition on both is what AWS recommends.
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

/** What the rules work with. */
export interface ChangeRuleParts {
  /** The regions that the cell guards. The forwarders of another cell may send events of further regions to the same bus. */
  readonly regions: readonly string[];
  /** The alias that takes events. */
  readonly events: Alias;
  /** Keeps the events that EventBridge could not deliver within a day. */
  readonly undelivered: IQueue;
}

/** Sends the events of the guarded regions that the catalogue's patterns match to the alias for events. */
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

/** Calls on-schedule, by its door for events, every few minutes. A call that could not be handed over until the next one is due is of no use any more. */
export function scheduleRule(scope: Construct, events: Alias, deadLetterQueue: IQueue): Rule {
  return new Rule(scope, 'Schedule', {
    description: 'Portcullis: keep the times',
    schedule: Schedule.rate(Duration.minutes(SCHEDULE_MINUTES)),
    targets: [
      eventTarget(events, {
        deadLetterQueue,
        maxAge: Duration.minutes(SCHEDULE_MINUTES),
        retries: 10,
      }),
    ],
  });
}

/** Has on-schedule sweep the regions at the catalogue's times. A call that comes an hour late is left to the next. */
export function sweepRules(scope: Construct, events: Alias, deadLetterQueue: IQueue): readonly Rule[] {
  return Object.entries(SWEEPS).map(
    ([id, { cron, request }]) =>
      new Rule(scope, id, {
        description: `Portcullis: sweep${request.digest ? ', and tell the digest' : ''}`,
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

/** Has on-schedule put the canary's markers. A call that cannot be handed over until the next one is due is of no use any more. */
export function canaryRule(scope: Construct, events: Alias, deadLetterQueue: IQueue): Rule {
  return new Rule(scope, 'Canary', {
    description: 'Portcullis: put the canary',
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
 * Tells people at once when somebody sets the runtime switch. Parameter Store's events say that it was set, not to what.
 *
 * The topic's policy lets EventBridge publish without a condition on the rule. EventBridge sends SNS no source ARN and no source account, so a
 * condition would refuse every message. A role for the target is no way out, because AWS advises against one for encrypted topics.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
export function switchRule(scope: Construct, parameter: string, topic: ITopic, deadLetterQueue: IQueue): Rule {
  const says = `The runtime switch of Portcullis (parameter ${parameter}) was set: until it ends, less may be closed than the policy says.`;
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
