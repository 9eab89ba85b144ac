import { EVENT_PATTERNS, ofRegions } from '../../../shared/catalogue.ts';
import { acceptedMetadata } from '../accepted-findings.ts';
import { runbook } from '../alarms/alarm.ts';

/** Parameters of the template: the ARNs of the home region's bus, and of the role that sends the events. */
export const FORWARDER_PARAMETERS = { homeBus: 'HomeBusArn', role: 'ForwarderRoleArn' } as const;

/**
 * Names of a forwarder's resources. They begin with the name of the cell's stack, as the roles' permissions
 * require.
 */
export function forwarderNames(stack: string) {
  return {
    rule: (pattern: string): string => `${stack}-${pattern}`,
    queue: `${stack}-undelivered-forwards`,
    alarm: `${stack}-undelivered-forwards`,
    alarmRule: `${stack}-forwarder-alarms`,
  };
}

/** A resource of a CloudFormation template. */
interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, object>>;
}

/** The template of a forwarder. */
export interface ForwarderTemplate {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Parameters: Readonly<Record<string, { readonly Type: 'String' }>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

const QUEUE = 'UndeliveredForwards';
const QUEUE_ARN = { 'Fn::GetAtt': [QUEUE, 'Arn'] };

/** The logical id for a pattern: `Ec2AllTagsDeleted` for `ec2-all-tags-deleted`. */
function idOf(pattern: string): string {
  return pattern
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/**
 * A rule that sends matching events to the home region's bus for up to a day, then to the dead-letter queue.
 */
function forwardingRule(name: string, description: string, pattern: object): TemplateResource {
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: name,
      Description: description,
      EventPattern: pattern,
      Targets: [
        {
          Id: 'HomeBus',
          Arn: { Ref: FORWARDER_PARAMETERS.homeBus },
          RoleArn: { Ref: FORWARDER_PARAMETERS.role },
          DeadLetterConfig: { Arn: QUEUE_ARN },
        },
      ],
    },
  };
}

function ruleArn(name: string) {
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${name}`,
  };
}

const TLS_ONLY = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'sqs:*',
  Resource: QUEUE_ARN,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

/** The dead-letter queue, to which only EventBridge may send, for these rules only. */
function deadLetterQueue(queueName: string, rules: readonly string[]): Readonly<Record<string, TemplateResource>> {
  return {
    [QUEUE]: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: queueName, MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
      Metadata: acceptedMetadata({
        CKV_AWS_27: "SQS encrypts the queue with its own key; a key of the account's own belongs to the home region.",
      }),
    },
    [`${QUEUE}Policy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: QUEUE }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            TLS_ONLY,
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: QUEUE_ARN,
              Condition: { ArnEquals: { 'aws:SourceArn': rules.map(ruleArn) } },
            },
          ],
        },
      },
    },
  };
}

/**
 * The alarm on the queue. Its action cannot be a topic of another region, so the forwarder also forwards the
 * events of its state changes.
 */
function queueAlarm(name: string): TemplateResource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: name,
      AlarmDescription: `Events of this region were not forwarded to the home region. ${runbook('undelivered-forwards')}`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [QUEUE, 'QueueName'] } }],
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
}

/**
 * The template of a forwarder: rules with the patterns of the home region's rules, which send the region's
 * events to the default bus of the home region; a dead-letter queue; and an alarm on the queue.
 *
 * @param stack name of the cell's stack.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
 */
export function forwarderTemplate(stack: string): ForwarderTemplate {
  const names = forwarderNames(stack);
  const patterns = Object.entries(EVENT_PATTERNS);
  const alarmPattern = {
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    detail: { alarmName: [names.alarm] },
  };
  const rules = [...patterns.map(([pattern]) => names.rule(pattern)), names.alarmRule];
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Forwards changes of security groups to the home region of ${stack}.`,
    Parameters: Object.fromEntries(
      Object.values(FORWARDER_PARAMETERS).map((parameter) => [parameter, { Type: 'String' }]),
    ),
    Resources: {
      ...Object.fromEntries(
        patterns.map(([name, pattern]) => [
          `Forward${idOf(name)}`,
          // A rule does not forward events that another cell's forwarder sent to this region's bus.
          forwardingRule(names.rule(name), `Portcullis: forward ${name}`, ofRegions(pattern, [{ Ref: 'AWS::Region' }])),
        ]),
      ),
      ForwardAlarms: forwardingRule(names.alarmRule, 'Portcullis: forward the alarm of this region', alarmPattern),
      ...deadLetterQueue(names.queue, rules),
      Alarm: queueAlarm(names.alarm),
    },
  };
}
