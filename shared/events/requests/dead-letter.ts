import type { Change } from '../../domain/change.ts';
import type {
  DeadLetter,
  DeadLetterKind,
  DeadLetterRecipient,
  DeadLetterTarget,
  RedriveAction,
} from '../../domain/dead-letter.ts';
import { EventUnreadable, InputInvalid } from '../../domain/errors.ts';
import { readCloudTrail } from '../cloudtrail/cloudtrail.ts';
import { ignoredText } from '../ignored.ts';
import { asFields, asText, field, textField } from '../json.ts';
import { readActionEvent, workOnEvent } from './action-event.ts';
import { readCommand } from './command.ts';
import {
  isCanaryRequest,
  isRecorderCheck,
  isReevaluationRequest,
  readReevaluationRequest,
  readSweepRequest,
  wrapReevaluationRequest,
} from './internal-request.ts';

const GIVEN = { event: givenByRule, invocation: givenUp } as const;

/** What a function was given, and by which name. */
interface FailedDelivery {
  readonly functionName: string;
  readonly payload: unknown;
}

/**
 * An event that EventBridge could not hand over: the message is the event, and its attributes name the target.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
function givenByRule({ body, attributes }: DeadLetter): FailedDelivery {
  return {
    payload: parsed(body),
    functionName: functionIn(attributes['TARGET_ARN'], 'TARGET_ARN'),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new InputInvalid('the message is no JSON', { cause });
  }
}

/** `arn:…:function:NAME`, with a version or an alias behind it or not. */
const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:([A-Za-z0-9_-]{1,64})(?::[^:]+)?$/;

function functionIn(arn: string | undefined, path: string): string {
  const name = FUNCTION_ARN.exec(arn ?? '')?.[1];
  if (name === undefined) throw new EventUnreadable(path, `the ARN of a function, found ${JSON.stringify(arn)}`);
  return name;
}

/**
 * An asynchronous invocation that failed for good: what Lambda writes to a destination.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function givenUp({ body }: DeadLetter): FailedDelivery {
  const record = asFields(parsed(body)) ?? {};
  const context = asFields(field(record, 'requestContext')) ?? {};
  const functionName = functionIn(asText(field(context, 'functionArn')), 'requestContext.functionArn');
  if (!Object.hasOwn(record, 'requestPayload'))
    throw new EventUnreadable('requestPayload', 'what the function was given');
  return { functionName, payload: record['requestPayload'] };
}

type ResendAnswer = { readonly request: object } | Exclude<RedriveAction, { to: 'function' }>;

const ANSWERS: Readonly<Record<DeadLetterRecipient, (payload: unknown, kind: DeadLetterKind) => ResendAnswer>> = {
  onChange: forChange,
  onGrant: forGrant,
  onSchedule: forSchedule,
  onConfig: forConfig,
  onAction: forAction,
};

/** An event becomes a pointer at CloudTrail's own record of it, and at its groups in case that CloudTrail has none. */
function forChange(payload: unknown): ResendAnswer {
  if (isReevaluationRequest(payload)) return { request: wrapReevaluationRequest(readReevaluationRequest(payload)) };
  const reading = readCloudTrail(payload);
  if (reading.kind === 'ignored') return nobody(ignoredText(reading));
  const { id: eventId, region } = reading.change;
  return { request: wrapReevaluationRequest({ do: 'look', groupIds: groupIdsOf(reading.change), region, eventId }) };
}

function nobody(because: string): ResendAnswer {
  return { to: 'nobody', because };
}

/** Groups by their ids; where an event names them otherwise, CloudTrail's record of it is all that there is to go by. */
function groupIdsOf({ scope }: Change): readonly string[] {
  return scope.by === 'group-id' ? scope.ids : [];
}

/** What one function hands on to another may be asked for again; what a person asks for is theirs to ask again. */
function forGrant(payload: unknown): ResendAnswer {
  const command = readCommand(payload);
  if (command.do === 'follow') return { request: command };
  if (command.do === 'canary') return nobody('the canary is put again within half an hour');
  throw new InputInvalid(`a person asked for it (${command.do}): ask again with the portcullis command line`);
}

/** Only the function's own queue holds the rest of a sweep that broke off. */
function forSchedule(payload: unknown, kind: DeadLetterKind): ResendAnswer {
  if (isCanaryRequest(payload)) return nobody('the canary is put again within half an hour');
  const sweep = readSweepRequest(payload);
  if (sweep === undefined) return nobody('on-schedule is called again within minutes');
  return { request: kind === 'event' ? { do: sweep.do, digest: sweep.digest } : sweep };
}

/** AWS Config calls on-config itself when it is asked to evaluate a rule. */
function forConfig(payload: unknown): ResendAnswer {
  if (isRecorderCheck(payload)) return nobody('the recorder is checked again within a day');
  const rule = textField(asFields(payload) ?? {}, 'configRuleName');
  if (rule === undefined) throw new EventUnreadable('configRuleName', 'the name of a rule of AWS Config');
  return { to: 'config-rule', rule };
}

function forAction(payload: unknown): ResendAnswer {
  const asked = readActionEvent(payload, 0);
  if (asked.from === 'itself') return { request: workOnEvent(asked.pressId) };
  throw new InputInvalid('it is not a press on the record: whoever pressed has to press again');
}

/**
 * What is to be done about a dead letter.
 *
 * @throws InputInvalid, EventUnreadable for one that does not say, that is for a function that does not give up its events here, or that
 * nothing can be made of: it stays.
 */
export function readDeadLetter(
  kind: Exclude<DeadLetterKind, 'alert'>,
  letter: DeadLetter,
  addressees: readonly DeadLetterTarget[],
): RedriveAction {
  const { functionName, payload } = GIVEN[kind](letter);
  const addressee = addressees.find(({ name }) => name === functionName);
  if (addressee === undefined)
    throw new InputInvalid(
      `it is for the function ${functionName}, and the queue holds messages for ${addressees.map(({ name }) => name).join(', ')} alone: nobody but AWS should write into it`,
    );
  const answer = ANSWERS[addressee.recipient](payload, kind);
  return 'request' in answer ? { to: 'function', functionName: addressee.invokedAs, request: answer.request } : answer;
}
