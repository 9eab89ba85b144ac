import type { Change } from '../../domain/change.ts';
import { EventUnreadable, InputInvalid } from '../../domain/errors.ts';
import type {
  DeadLetter,
  DeadLetterKind,
  DeadLetterRecipient,
  DeadLetterTarget,
  RedriveAction,
} from '../../domain/invocations.ts';
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

/** How the function and the payload are read from each kind of dead letter. */
const DELIVERIES = { event: failedEvent, invocation: failedInvocation } as const;

/** The function that a dead letter was for, and its payload. */
interface FailedDelivery {
  readonly functionName: string;
  readonly payload: unknown;
}

/**
 * An event that EventBridge could not deliver. The message is the event, and its attributes name the target.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
function failedEvent({ body, attributes }: DeadLetter): FailedDelivery {
  return {
    payload: parsed(body),
    functionName: functionIn(attributes['TARGET_ARN'], 'TARGET_ARN'),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new InputInvalid('the message is not JSON', { cause });
  }
}

/** `arn:…:function:NAME`, with or without a version or alias. */
const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:([A-Za-z0-9_-]{1,64})(?::[^:]+)?$/;

function functionIn(arn: string | undefined, path: string): string {
  const name = FUNCTION_ARN.exec(arn ?? '')?.[1];
  if (name === undefined) throw new EventUnreadable(path, `the ARN of a function, found ${JSON.stringify(arn)}`);
  return name;
}

/**
 * An asynchronous invocation that failed after all retries, as Lambda writes it to a failure destination.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function failedInvocation({ body }: DeadLetter): FailedDelivery {
  const record = asFields(parsed(body)) ?? {};
  const context = asFields(field(record, 'requestContext')) ?? {};
  const functionName = functionIn(asText(field(context, 'functionArn')), 'requestContext.functionArn');
  if (!Object.hasOwn(record, 'requestPayload'))
    throw new EventUnreadable('requestPayload', 'the payload of the failed invocation');
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

/** An event becomes a request that names CloudTrail's record, and the groups if there is no record. */
function forChange(payload: unknown): ResendAnswer {
  if (isReevaluationRequest(payload)) return { request: wrapReevaluationRequest(readReevaluationRequest(payload)) };
  const reading = readCloudTrail(payload);
  if (reading.kind === 'ignored') return noRedrive(ignoredText(reading));
  const { id: eventId, region } = reading.change;
  return { request: wrapReevaluationRequest({ do: 'look', groupIds: groupIdsOf(reading.change), region, eventId }) };
}

function noRedrive(because: string): ResendAnswer {
  return { to: 'nobody', because };
}

/** The ids of the change's groups. Without ids, on-change needs CloudTrail's record of the event. */
function groupIdsOf({ scope }: Change): readonly string[] {
  return scope.by === 'group-id' ? scope.ids : [];
}

/** A request from another function may be sent again. A person must send a command again. */
function forGrant(payload: unknown): ResendAnswer {
  const command = readCommand(payload);
  if (command.do === 'follow') return { request: command };
  if (command.do === 'canary') return noRedrive('the canary runs again within half an hour');
  throw new InputInvalid(`a person sent the command ${command.do}: send it again with the portcullis command line`);
}

/** Only the function's own failure queue may contain the remainder of an interrupted sweep. */
function forSchedule(payload: unknown, kind: DeadLetterKind): ResendAnswer {
  if (isCanaryRequest(payload)) return noRedrive('the canary runs again within half an hour');
  const sweep = readSweepRequest(payload);
  if (sweep === undefined) return noRedrive('on-schedule runs again within minutes');
  return { request: kind === 'event' ? { do: sweep.do, digest: sweep.digest } : sweep };
}

/** AWS Config invokes on-config itself if it is asked to evaluate a rule. */
function forConfig(payload: unknown): ResendAnswer {
  if (isRecorderCheck(payload)) return noRedrive('the recorder is checked again within a day');
  const rule = textField(asFields(payload) ?? {}, 'configRuleName');
  if (rule === undefined) throw new EventUnreadable('configRuleName', 'the name of a rule of AWS Config');
  return { to: 'config-rule', rule };
}

function forAction(payload: unknown): ResendAnswer {
  const asked = readActionEvent(payload, 0);
  if (asked.from === 'itself') return { request: workOnEvent(asked.pressId) };
  throw new InputInvalid('the event does not name a recorded action request: the person must use the button again');
}

/**
 * Decides how to redrive a dead letter.
 *
 * @param targets the functions whose failures the queue holds.
 * @throws InputInvalid or EventUnreadable if the letter is unreadable, is for another function, or must not
 * be sent again. Such a letter stays in the queue.
 */
export function readDeadLetter(
  kind: Exclude<DeadLetterKind, 'alert'>,
  letter: DeadLetter,
  targets: readonly DeadLetterTarget[],
): RedriveAction {
  const { functionName, payload } = DELIVERIES[kind](letter);
  const target = targets.find(({ name }) => name === functionName);
  if (target === undefined)
    throw new InputInvalid(
      `the message is for the function ${functionName}, but the queue only holds messages for ${targets.map(({ name }) => name).join(', ')}: only AWS should write to the queue`,
    );
  const answer = ANSWERS[target.recipient](payload, kind);
  return 'request' in answer ? { to: 'function', functionName: target.invokedAs, request: answer.request } : answer;
}
