import type { FoundQueue, RedriveClients } from '../../shared/adapters/aws/sqs/dead-letters.ts';
import { DEAD_LETTERS, DOORS, type Door, doorName, functionName, STACK_NAME } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { DeadLetterRecipient, DeadLetterTarget, RedriveResult } from '../../shared/domain/invocations.ts';
import { explainFailure } from '../aws-failure.ts';
import { ACCOUNT_OPTIONS } from '../cell.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { resultPrinter } from '../output/format.ts';
import { linesToText, type TextLine, textLine, tonedLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';

const IDS = Object.keys(DEAD_LETTERS).filter((id): id is keyof typeof DEAD_LETTERS => Object.hasOwn(DEAD_LETTERS, id));

type QueueId = keyof typeof DEAD_LETTERS;

const REQUESTS = 'requests' satisfies Door;

/** `portcullis redrive` */
export const redrive: Command = {
  name: 'redrive',
  takes: '',
  most: 0,
  summary: 'Ask again for what lies in the dead-letter queues of the cell',
  options: {
    queue: { value: 'NAME', help: `one queue only: ${IDS.join(', ')}` },
    stack: { value: 'NAME', help: `the stack of the cell (default ${STACK_NAME})` },
    ...ACCOUNT_OPTIONS,
  },
  dryRun: 'print what would be asked for again, and change nothing',
  details: `Put right first why it lies there: docs/runbook.md has a part for each queue. No message is sent on as it is. An undelivered
event becomes a request to look at its groups, with its id, so that on-change takes the event itself from CloudTrail. on-alert delivers its own
messages again. Nothing is done twice. What cannot be read stays, and is named.`,
  exitCodes: 'cell',
  run: async (args, terminal) => {
    const [printer, dryRun] = [resultPrinter(args, terminal), args.has('dry-run')];
    const all = await redriveQueues(args, terminal);
    printer.print({
      data: { kind: 'redriven', dryRun, queues: all },
      text: (paint) => linesToText(textOf(all, dryRun), paint),
    });
    return all.some(({ kept }) => kept.length > 0) ? EXIT.refused : EXIT.done;
  },
};

async function redriveQueues(args: Arguments, { environment }: Terminal): Promise<readonly RedriveResult[]> {
  const [{ accountClient }, { redriveClients }, { findQueues }] = await Promise.all([
    import('../../shared/adapters/aws/clients/personal.ts'),
    import('../../shared/adapters/aws/sqs/dead-letters.ts'),
    import('../../shared/adapters/aws/sqs/dead-letters.ts'),
  ]);
  const [ids, profile, stack] = [queuesFrom(args), args.value('profile'), args.value('stack') ?? STACK_NAME];
  const { region } = await accountClient({ profile, region: args.value('region'), environment });
  const clients = redriveClients({ profile, region, environment });
  try {
    const found = await findQueues(clients, stack, ids);
    const all: RedriveResult[] = [];
    for (const id of ids) {
      const queue = found.find((one) => one.id === id);
      if (queue) all.push(await redriveOne({ ...queue, id }, clients, { stack, dryRun: args.has('dry-run') }));
    }
    if (all.length > 0) return all;
    const wantedNames = ids.length === 1 ? `queue ${ids[0]}` : 'queue of Portcullis';
    throw new InputInvalid(
      `stack ${stack} in ${region} has no ${wantedNames}: give --stack NAME, --region REGION or --profile NAME`,
    );
  } catch (error) {
    const permission =
      'sqs:ListQueues, sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility, lambda:InvokeFunction on the aliases for requests, and config:StartConfigRulesEvaluation';
    throw explainFailure(error, { thing: `stack ${stack}`, permission, option: 'stack', region, environment });
  }
}

function queuesFrom(args: Arguments): readonly (keyof typeof DEAD_LETTERS)[] {
  const name = args.value('queue');
  if (name === undefined) return IDS;
  const found = IDS.filter((id) => id === name);
  if (found.length === 0) throw new InputInvalid(`--queue ${JSON.stringify(name)}: expected one of ${IDS.join(', ')}`);
  return found;
}

/** Redrives one queue. The SDK is loaded here. */
async function redriveOne(
  queue: FoundQueue & { readonly id: QueueId },
  clients: RedriveClients,
  { stack, dryRun }: { readonly stack: string; readonly dryRun: boolean },
): Promise<RedriveResult> {
  const { redeliver, redrive: redriveQueue } = await import('../../shared/adapters/aws/sqs/dead-letters.ts');
  const { kind, of } = DEAD_LETTERS[queue.id];
  if (kind === 'alert')
    return await redeliver(clients, queue, { functionName: doorName('onAlert', 'requests', stack), dryRun });
  return await redriveQueue(clients, { ...queue, kind, addressees: of.map((id) => addresseeOf(id, stack)), dryRun });
}

function addresseeOf(recipient: DeadLetterRecipient, stack: string): DeadLetterTarget {
  return {
    recipient,
    name: functionName(recipient, stack),
    invokedAs: invokedAs(recipient, stack),
  };
}

/** The name to invoke a function by: with the alias for requests if the function has one. */
function invokedAs(id: DeadLetterRecipient, stack: string): string {
  const doors: Partial<Record<DeadLetterRecipient, object>> = DOORS;
  return doors[id] === undefined ? functionName(id, stack) : `${functionName(id, stack)}:${REQUESTS}`;
}

function textOf(all: readonly RedriveResult[], dryRun: boolean): readonly TextLine[] {
  return all.flatMap((one): readonly TextLine[] => [
    countText(one, dryRun),
    ...one.dropped.map(({ id, reason }) => textLine(`  ${id} needs no request: ${reason}`)),
    ...one.kept.map(({ id, reason }) => tonedLine('warning', `  ${id} stays: ${reason}`)),
  ]);
}

function countText({ queue, sent }: RedriveResult, dryRun: boolean): TextLine {
  const text = `${queue}: ${messages(sent)} ${dryRun ? 'would be asked for' : 'asked for'} again`;
  return sent > 0 ? tonedLine('good', text) : textLine(text);
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}
