import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
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
import { RemediatorError } from '../model/errors.ts';
import { readDeadLetter } from '../readers/dead-letter.ts';
import { call } from './call.ts';

/** The two clients that it takes, with the same person's credentials. */
export interface RedriveClients {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
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
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-resource-name.html
 * @throws CallFailed
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
  return QueueUrls.flatMap((url) => {
    const name =
      url
        .split('/')
        .at(-1)
        ?.slice(stack.length + 1) ?? '';
    const id = ids.find((one) => new RegExp(`^${one}[0-9A-F]{8}-`).test(name));
    return id === undefined ? [] : [{ id, url }];
  });
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
    const { functionName: FunctionName, payload } = resend;
    const invoke = new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from(payload) });
    await call('Invoke', lambda.send(invoke));
    return;
  }
  await call('SendMessage', sqs.send(new SendMessageCommand({ QueueUrl: alertsUrl, MessageBody: resend.body })));
}

/** A queue to be emptied, and where its messages go. */
export interface Redriving extends FoundQueue {
  readonly kind: DeadLetterKind;
  /** URL of the queue that feeds on-alert; absent where the stack has none. */
  readonly alertsUrl: string | undefined;
  readonly dryRun: boolean;
}

const reasonOf = (error: unknown): string => {
  if (error instanceof RemediatorError && !error.retryable) return error.message;
  throw error;
};

/** Sends one letter again, and deletes it once it was taken. Answers why it stays, if it does. Throws CallFailed for what may pass. */
async function redriveOne(
  clients: RedriveClients,
  { url, kind, alertsUrl, dryRun }: Redriving,
  letter: DeadLetter,
): Promise<string | undefined> {
  try {
    const resend = readDeadLetter(kind, letter);
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
