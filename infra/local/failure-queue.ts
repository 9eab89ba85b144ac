import type { Account } from './account/account.ts';
import { enqueue, type Sending } from './account/queues.ts';
import type { DeliveryFailure } from './invocation.ts';

/** A message for a dead-letter queue or an on-failure destination. */
export interface FailureMessage extends Sending {
  readonly queueArn: string;
}

/** Puts the message into its queue. Answers the queue's name, or undefined if there is no such queue: in AWS, too, the message is lost then. */
export function keep(account: Account, { queueArn, ...sending }: FailureMessage): string | undefined {
  const [, , , regionName = '', , name = ''] = queueArn.split(':');
  const region = account.region(regionName);
  const queue = region.queues.get(name);
  if (!queue) return undefined;
  enqueue(region, queue, sending);
  return name;
}

function responsePayload(error: unknown): object {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/**
 * The record that Lambda sends to a function's on-failure destination.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(failure: DeliveryFailure, now: number): string {
  const { awsRequestId: requestId, functionArn, condition, attempts, event, error } = failure;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: attempts },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: responsePayload(error),
  });
}

function text(value: string) {
  return { type: 'String', value };
}

/**
 * What EventBridge sends to a rule's dead-letter queue for an event whose target does not exist: the event, and why it was not delivered.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function undeliveredEvent(ruleArn: string, { event, functionArn, error, attempts }: DeliveryFailure): Sending {
  return {
    body: JSON.stringify(event),
    attributes: {
      RULE_ARN: text(ruleArn),
      TARGET_ARN: text(functionArn),
      ERROR_CODE: text('ResourceNotFoundException'),
      ERROR_MESSAGE: text(error instanceof Error ? error.message : String(error)),
      RETRY_ATTEMPTS: text(String(attempts)),
    },
  };
}
