import { ConfigServiceClient, StartConfigRulesEvaluationCommand } from '@aws-sdk/client-config-service';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CallFailed, InputInvalid, RemediatorError } from '../../../domain/errors.ts';
import type {
  DeadLetter,
  DeadLetterKind,
  DeadLetterNote,
  DeadLetterTarget,
  RedriveAction,
  RedriveResult,
} from '../../../domain/invocations.ts';
import { readDeadLetter } from '../../../events/requests/dead-letter.ts';
import { REDELIVER } from '../../../events/requests/internal-request.ts';
import { call, fieldOf } from '../call.ts';
import { type AccountChoice, personalSettings } from '../clients/personal.ts';
import { invokeForAnswer, invokeLater, type Lambda } from '../lambda.ts';

/** Clients with the credentials of one person. */
export interface RedriveClients {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly lambda: Lambda;
  readonly config: Pick<ConfigServiceClient, 'send'>;
}

/** A queue of the stack. `id`: its logical id. */
export interface FoundQueue {
  readonly id: string;
  readonly url: string;
}

/** How long a message stays hidden from other receivers while it is sent again, seconds. */
const HIDDEN_S = 60;

/**
 * Finds the queues of a stack by their logical ids. CloudFormation names a queue after the stack and the id,
 * and appends a random suffix.
 *
 * Two queues with one id are an error: otherwise anyone who may create queues could pass one off as the
 * stack's.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-resource-name.html
 * @throws CallFailed, InputInvalid
 */
export async function findQueues(
  { sqs }: RedriveClients,
  stack: string,
  ids: readonly string[],
): Promise<readonly FoundQueue[]> {
  const { QueueUrls = [] } = await call(
    'ListQueues',
    sqs.send(new ListQueuesCommand({ QueueNamePrefix: `${stack}-` })),
  );
  const found = QueueUrls.flatMap((url) => {
    const name =
      url
        .split('/')
        .at(-1)
        ?.slice(stack.length + 1) ?? '';
    const id = ids.find((one) => new RegExp(`^${one}[0-9A-F]{8}-`).test(name));
    return id === undefined ? [] : [{ id, url }];
  });
  const twice = found.filter(({ id }, index) => found.findIndex((one) => one.id === id) !== index).map(({ id }) => id);
  if (twice.length === 0) return found;
  const like = found.filter(({ id }) => twice.includes(id)).map(({ url }) => url);
  throw new InputInvalid(
    `several queues match one queue of the stack ${stack}: ${like.join(', ')}. Delete those that CloudFormation did not create, then try again`,
  );
}

function deadLetterOf({ MessageId = '', Body = '', ReceiptHandle = '', MessageAttributes = {} }: Message): DeadLetter {
  return {
    id: MessageId,
    body: Body,
    receipt: ReceiptHandle,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
    ),
  };
}

async function receive({ sqs }: RedriveClients, url: string): Promise<readonly DeadLetter[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: HIDDEN_S,
    WaitTimeSeconds: 1,
    MessageAttributeNames: ['All'],
  });
  const { Messages = [] } = await call('ReceiveMessage', sqs.send(command));
  return Messages.map(deadLetterOf);
}

async function send(
  { lambda, config }: RedriveClients,
  resend: Exclude<RedriveAction, { to: 'nobody' }>,
): Promise<void> {
  if (resend.to === 'function') return await invokeLater(lambda, resend.functionName, resend.request);
  const command = new StartConfigRulesEvaluationCommand({ ConfigRuleNames: [resend.rule] });
  await call('StartConfigRulesEvaluation', config.send(command));
}

/** A queue to redrive, and the functions that its messages may be for. */
export interface Redriving extends FoundQueue {
  readonly kind: Exclude<DeadLetterKind, 'alert'>;
  readonly addressees: readonly DeadLetterTarget[];
  readonly dryRun: boolean;
}

function reasonOf(error: unknown): string {
  if (error instanceof RemediatorError && !error.retryable) return error.message;
  throw error;
}

/** What became of a message. */
type Disposition = { readonly kind: 'sent' } | { readonly kind: 'dropped' | 'kept'; readonly reason: string };

/**
 * Repeats the request in one message, and deletes the message once the request was accepted. Throws
 * CallFailed if a retry may help.
 */
async function redriveOne(clients: RedriveClients, redriving: Redriving, letter: DeadLetter): Promise<Disposition> {
  const { url, kind, addressees, dryRun } = redriving;
  let fate: Disposition = { kind: 'sent' };
  try {
    const resend = readDeadLetter(kind, letter, addressees);
    if (resend.to === 'nobody') fate = { kind: 'dropped', reason: resend.because };
    else if (!dryRun) await send(clients, resend);
  } catch (error) {
    return { kind: 'kept', reason: reasonOf(error) };
  }
  if (dryRun) return fate;
  const done = new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: letter.receipt });
  await call('DeleteMessage', clients.sqs.send(done));
  return fate;
}

/** Makes messages that stay visible again at once. */
async function show({ sqs }: RedriveClients, url: string, receipts: readonly string[]): Promise<void> {
  for (const ReceiptHandle of receipts) {
    const visible = new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
    await call('ChangeMessageVisibility', sqs.send(visible));
  }
}

/**
 * Repeats the requests in a queue until no new message comes. A message is deleted only after its request was
 * accepted. If the command stops between the two, the request is repeated twice, which does no harm. A
 * message that is unreadable or rejected for good stays.
 *
 * @throws CallFailed
 */
export async function redrive(clients: RedriveClients, redriving: Redriving): Promise<RedriveResult> {
  const [kept, dropped, receipts] = [new Map<string, string>(), new Map<string, string>(), new Map<string, string>()];
  let sent = 0;
  for (let letters = await receive(clients, redriving.url); letters.some(({ id }) => !receipts.has(id)); ) {
    for (const letter of letters) {
      const fate = await redriveOne(clients, redriving, letter);
      if (fate.kind === 'kept') kept.set(letter.id, fate.reason);
      else if (fate.kind === 'dropped') dropped.set(letter.id, fate.reason);
      else if (!receipts.has(letter.id)) sent += 1;
      if (fate.kind === 'kept' || redriving.dryRun) receipts.set(letter.id, letter.receipt);
    }
    letters = await receive(clients, redriving.url);
  }
  await show(clients, redriving.url, [...receipts.values()]);
  return { queue: redriving.id, sent, dropped: notes(dropped), kept: notes(kept) };
}

function notes(reasons: ReadonlyMap<string, string>): readonly DeadLetterNote[] {
  return Array.from(reasons, ([id, reason]) => ({ id, reason }));
}

/** Counts the messages in a queue. Throws CallFailed. */
async function countIn(clients: RedriveClients, url: string): Promise<number> {
  const receipts = new Map<string, string>();
  for (let letters = await receive(clients, url); letters.some(({ id }) => !receipts.has(id)); ) {
    for (const { id, receipt } of letters) receipts.set(id, receipt);
    letters = await receive(clients, url);
  }
  await show(clients, url, [...receipts.values()]);
  return receipts.size;
}

/**
 * Makes on-alert deliver the messages of its own queue again. No other principal may write to the queue that
 * feeds on-alert, so that nobody can forge a message of Portcullis.
 *
 * @param functionName of on-alert, with its alias for requests.
 * @throws CallFailed
 */
export async function redeliver(
  clients: RedriveClients,
  { id, url }: FoundQueue,
  { functionName, dryRun }: { readonly functionName: string; readonly dryRun: boolean },
): Promise<RedriveResult> {
  const waiting = await countIn(clients, url);
  if (dryRun || waiting === 0) return { queue: id, sent: waiting, dropped: [], kept: [] };
  let [sent, kept] = [0, 0];
  for (let more = true; more; ) {
    const answer = await invokeForAnswer(clients.lambda, functionName, REDELIVER);
    const { delivered, kept: refused } = redeliveredIn(answer, functionName);
    [sent, kept, more] = [sent + delivered, kept + refused, delivered > 0];
  }
  const left = { id: `What no channel accepted (${kept})`, reason: `see the log of ${functionName}` };
  return { queue: id, sent, dropped: [], kept: kept > 0 ? [left] : [] };
}

function redeliveredIn(answer: unknown, functionName: string): { readonly delivered: number; readonly kept: number } {
  const [delivered, kept] = [fieldOf(answer, 'delivered'), fieldOf(answer, 'kept')];
  if (typeof delivered === 'number' && typeof kept === 'number') return { delivered, kept };
  throw new CallFailed(functionName, 'FunctionError', false, new Error(JSON.stringify(answer ?? 'no answer')));
}

/**
 * Clients with a person's credentials. SQS is called at the service's endpoint, because a queue's URL may
 * name another one.
 */
export function redriveClients(choice: AccountChoice): RedriveClients {
  const settings = personalSettings(choice);
  return {
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient(settings),
    config: new ConfigServiceClient(settings),
  };
}
