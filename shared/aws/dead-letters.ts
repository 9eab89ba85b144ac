import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter, DeadLetterKind, Redriven, Resend } from '../model/dead-letter.ts';
import { InputInvalid, RemediatorError } from '../model/errors.ts';
import { readDeadLetter } from '../readers/dead-letter.ts';
import { call } from './call.ts';
import { invokeWith, type Lambda } from './invoke.ts';

/** The two clients that it takes, with the same person's credentials. */
export interface RedriveClients {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly lambda: Lambda;
}

/** A queue that was found, by its id in the stack. */
export interface FoundQueue {
  readonly id: string;
  readonly url: string;
}

/** How long a message is hidden while it is sent again, seconds. */
const HIDDEN_S = 60;

/**
 * The queues of a stack by the ids that it gives them: CloudFormation names a queue after the stack and the id, and adds letters of its own.
 *
 * Two of one id are refused: whoever may make queues could else have one of his own taken for the stack's.
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
    `several queues have the name of one of the stack ${stack}: ${like.join(', ')}: delete those that CloudFormation has not made, then try again`,
  );
}

const letterOf = ({ MessageId = '', Body = '', ReceiptHandle = '', MessageAttributes = {} }: Message): DeadLetter => ({
  id: MessageId,
  body: Body,
  receipt: ReceiptHandle,
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
  ),
});

async function receive({ sqs }: RedriveClients, url: string): Promise<readonly DeadLetter[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: HIDDEN_S,
    WaitTimeSeconds: 1,
    MessageAttributeNames: ['All'],
  });
  const { Messages = [] } = await call('ReceiveMessage', sqs.send(command));
  return Messages.map(letterOf);
}

async function send({ sqs, lambda }: RedriveClients, resend: Resend, alertsUrl: string | undefined): Promise<void> {
  if (resend.to === 'function') {
    await invokeWith(lambda, resend.functionName, resend.payload);
    return;
  }
  await call('SendMessage', sqs.send(new SendMessageCommand({ QueueUrl: alertsUrl, MessageBody: resend.body })));
}

/** A queue to be emptied, and where its messages go. */
export interface Redriving extends FoundQueue {
  readonly kind: DeadLetterKind;
  /** Names of the functions that its messages may be for. */
  readonly functions: readonly string[];
  /** URL of the queue that feeds on-alert; absent where the stack has none. */
  readonly alertsUrl: string | undefined;
  readonly dryRun: boolean;
}

const reasonOf = (error: unknown): string => {
  if (error instanceof RemediatorError && !error.retryable) return error.message;
  throw error;
};

/**
 * Throws InputInvalid for a message to a function that does not give up its events here. Whoever may write into the queue could else have
 * any function of the account called with what they like, in the name of the person who sends again.
 */
function checkAddressee(resend: Resend, { id, functions }: Redriving): void {
  if (resend.to === 'function' && !functions.includes(resend.functionName))
    throw new InputInvalid(
      `it is for the function ${resend.functionName}, and ${id} holds messages for ${functions.join(', ')} alone: nobody but AWS should write into it`,
    );
}

/** Sends one letter again, and deletes it once it was taken. Answers why it stays, if it does. Throws CallFailed for what may pass. */
async function redriveOne(
  clients: RedriveClients,
  redriving: Redriving,
  letter: DeadLetter,
): Promise<string | undefined> {
  const { url, kind, alertsUrl, dryRun } = redriving;
  try {
    const resend = readDeadLetter(kind, letter);
    checkAddressee(resend, redriving);
    if (dryRun) return undefined;
    await send(clients, resend, alertsUrl);
  } catch (error) {
    return reasonOf(error);
  }
  const done = new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: letter.receipt });
  await call('DeleteMessage', clients.sqs.send(done));
  return undefined;
}

/** Shows again what stays, so that the next one to look finds it at once. */
async function show({ sqs }: RedriveClients, url: string, receipts: readonly string[]): Promise<void> {
  for (const ReceiptHandle of receipts) {
    const visible = new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
    await call('ChangeMessageVisibility', sqs.send(visible));
  }
}

/**
 * Sends again what lies in a queue, until nothing new comes out of it. Each message is deleted only once it was taken elsewhere: broken off
 * between the two, it is sent twice, which does no harm. What cannot be read, or is refused for good, stays.
 *
 * @throws CallFailed
 */
export async function redrive(clients: RedriveClients, redriving: Redriving): Promise<Redriven> {
  const [kept, receipts] = [new Map<string, string>(), new Map<string, string>()];
  let sent = 0;
  for (let letters = await receive(clients, redriving.url); letters.some(({ id }) => !receipts.has(id)); ) {
    for (const letter of letters) {
      const reason = await redriveOne(clients, redriving, letter);
      if (reason !== undefined) kept.set(letter.id, reason);
      else if (!receipts.has(letter.id)) sent += 1;
      if (reason !== undefined || redriving.dryRun) receipts.set(letter.id, letter.receipt);
    }
    letters = await receive(clients, redriving.url);
  }
  await show(clients, redriving.url, [...receipts.values()]);
  return { queue: redriving.id, sent, kept: Array.from(kept, ([id, reason]) => ({ id, reason })) };
}
