import type { DeadLetter, DeadLetterKind, Resend } from '../model/dead-letter.ts';
import { EventUnreadable, InputInvalid } from '../model/errors.ts';
import { asFields, asText, field } from './fields.ts';

/** `arn:…:function:NAME`, with a version or an alias behind it or not. */
const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:([A-Za-z0-9_-]{1,64})(?::[^:]+)?$/;

const functionIn = (arn: string | undefined, path: string): string => {
  const name = FUNCTION_ARN.exec(arn ?? '')?.[1];
  if (name === undefined) throw new EventUnreadable(path, `the ARN of a function, found ${JSON.stringify(arn)}`);
  return name;
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new InputInvalid('the message is no JSON', { cause });
  }
};

/**
 * An event that EventBridge could not hand over: the message is the event, and its attributes name the target.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const readEvent = ({ body, attributes }: DeadLetter): Resend => {
  parsed(body);
  return { to: 'function', functionName: functionIn(attributes['TARGET_ARN'], 'TARGET_ARN'), payload: body };
};

/**
 * An asynchronous invocation that failed for good: what Lambda writes to a destination.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const readInvocation = ({ body }: DeadLetter): Resend => {
  const record = asFields(parsed(body)) ?? {};
  const context = asFields(field(record, 'requestContext')) ?? {};
  const functionName = functionIn(asText(field(context, 'functionArn')), 'requestContext.functionArn');
  if (!Object.hasOwn(record, 'requestPayload'))
    throw new EventUnreadable('requestPayload', 'what the function was given');
  return { to: 'function', functionName, payload: JSON.stringify(record['requestPayload']) };
};

const READERS = {
  event: readEvent,
  invocation: readInvocation,
  alert: ({ body }) => ({ to: 'alerts', body }),
} as const satisfies Readonly<Record<DeadLetterKind, (letter: DeadLetter) => Resend>>;

/** How a dead letter is sent again. Throws EventUnreadable, InputInvalid for one that does not say. */
export const readDeadLetter = (kind: DeadLetterKind, letter: DeadLetter): Resend => READERS[kind](letter);
