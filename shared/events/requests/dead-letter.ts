import type { Change } from '../../domain/change.ts';
import { EventUnreadable, InputInvalid } from '../../domain/errors.ts';
import type {
  Addressee,
  DeadLetter,
  DeadLetterKind,
  Recipient,
  Resend,
} from '../../domain/notifications/dead-letter.ts';
import { readCloudTrail } from '../cloudtrail/cloudtrail.ts';
import { isRecorderCheck } from '../config/recorder-request.ts';
import { asFields, asText, field, textField } from '../fields.ts';
import { readActionEvent, workOnEvent } from './action-event.ts';
import { isCanaryRequest } from './canary-request.ts';
import { readCommand } from './command.ts';
import { isLookRequest, readLookRequest, wrapLookRequest } from './look-request.ts';
import { readSweepRequest } from './sweep-request.ts';

/** `arn:…:function:NAME`, with a version or an alias behind it or not. */
const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:([A-Za-z0-9_-]{1,64})(?::[^:]+)?$/;

function functionIn(arn: string | undefined, path: string): string {
  const name = FUNCTION_ARN.exec(arn ?? '')?.[1];
  if (name === undefined) throw new EventUnreadable(path, `the ARN of a function, found ${JSON.stringify(arn)}`);
  return name;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new InputInvalid('the message is no JSON', { cause });
  }
}

/** What a function was given, and by which name. */
interface Given {
  readonly functionName: string;
  readonly payload: unknown;
}

/**
 * An event that EventBridge could not hand over: the message is the event, and its attributes name the target.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const givenByRule = ({ body, attributes }: DeadLetter): Given => ({
  payload: parsed(body),
  functionName: functionIn(attributes['TARGET_ARN'], 'TARGET_ARN'),
});

/**
 * An asynchronous invocation that failed for good: what Lambda writes to a destination.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function givenUp({ body }: DeadLetter): Given {
  const record = asFields(parsed(body)) ?? {};
  const context = asFields(field(record, 'requestContext')) ?? {};
  const functionName = functionIn(asText(field(context, 'functionArn')), 'requestContext.functionArn');
  if (!Object.hasOwn(record, 'requestPayload'))
    throw new EventUnreadable('requestPayload', 'what the function was given');
  return { functionName, payload: record['requestPayload'] };
}

const GIVEN = { event: givenByRule, invocation: givenUp } as const;

type Answer = { readonly request: object } | Exclude<Resend, { to: 'function' }>;

const nobody = (because: string): Answer => ({ to: 'nobody', because });

/** Groups by their ids; where an event names them otherwise, CloudTrail's record of it is all that there is to go by. */
const groupIdsOf = ({ scope }: Change): readonly string[] => (scope.by === 'group-id' ? scope.ids : []);

/** An event becomes a pointer at CloudTrail's own record of it, and at its groups in case that CloudTrail has none. */
function forChange(payload: unknown): Answer {
  if (isLookRequest(payload)) return { request: wrapLookRequest(readLookRequest(payload)) };
  const reading = readCloudTrail(payload);
  if (reading.kind === 'ignored') return nobody(reading.reason);
  const { id: eventId, region } = reading.change;
  return { request: wrapLookRequest({ do: 'look', groupIds: groupIdsOf(reading.change), region, eventId }) };
}

/** What one function hands on to another may be asked for again; what a person asks for is theirs to ask again. */
function forGrant(payload: unknown): Answer {
  const command = readCommand(payload);
  if (command.do === 'follow') return { request: command };
  if (command.do === 'canary') return nobody('the canary is put again within half an hour');
  throw new InputInvalid(`a person asked for it (${command.do}): ask again with the portcullis command line`);
}

/** Only the function's own queue holds the rest of a sweep that broke off. */
function forSchedule(payload: unknown, kind: DeadLetterKind): Answer {
  if (isCanaryRequest(payload)) return nobody('the canary is put again within half an hour');
  const sweep = readSweepRequest(payload);
  if (sweep === undefined) return nobody('on-schedule is called again within minutes');
  return { request: kind === 'event' ? { do: sweep.do, digest: sweep.digest } : sweep };
}

/** AWS Config calls on-config itself when it is asked to evaluate a rule. */
function forConfig(payload: unknown): Answer {
  if (isRecorderCheck(payload)) return nobody('the recorder is checked again within a day');
  const rule = textField(asFields(payload) ?? {}, 'configRuleName');
  if (rule === undefined) throw new EventUnreadable('configRuleName', 'the name of a rule of AWS Config');
  return { to: 'config-rule', rule };
}

function forAction(payload: unknown): Answer {
  const asked = readActionEvent(payload, 0);
  if (asked.from === 'itself') return { request: workOnEvent(asked.pressId) };
  throw new InputInvalid('it is not a press on the record: whoever pressed has to press again');
}

const ANSWERS: Readonly<Record<Recipient, (payload: unknown, kind: DeadLetterKind) => Answer>> = {
  onChange: forChange,
  onGrant: forGrant,
  onSchedule: forSchedule,
  onConfig: forConfig,
  onAction: forAction,
};

/**
 * What is to be done about a dead letter.
 *
 * @throws InputInvalid, EventUnreadable for one that does not say, that is for a function that does not give up its events here, or that
 * nothing can be made of: it stays.
 */
export function readDeadLetter(
  kind: Exclude<DeadLetterKind, 'alert'>,
  letter: DeadLetter,
  addressees: readonly Addressee[],
): Resend {
  const { functionName, payload } = GIVEN[kind](letter);
  const addressee = addressees.find(({ name }) => name === functionName);
  if (addressee === undefined)
    throw new InputInvalid(
      `it is for the function ${functionName}, and the queue holds messages for ${addressees.map(({ name }) => name).join(', ')} alone: nobody but AWS should write into it`,
    );
  const answer = ANSWERS[addressee.recipient](payload, kind);
  return 'request' in answer ? { to: 'function', functionName: addressee.invokedAs, request: answer.request } : answer;
}
