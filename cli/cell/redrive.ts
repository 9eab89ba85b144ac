import type { Redriving } from '../../shared/aws/dead-letters.ts';
import { ALERT_QUEUE, DEAD_LETTERS, functionName, STACK_NAME } from '../../shared/catalogue.ts';
import type { Redriven } from '../../shared/model/dead-letter.ts';
import { InputInvalid } from '../../shared/model/errors.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { formatOf } from '../format-option.ts';
import { ASKING_EXIT_CODES } from '../help.ts';
import { paintFor } from '../paint.ts';
import { cellFault } from './fault.ts';
import { type Line, line, linesText, safeJson, toned } from './lines.ts';
import { ACCOUNT_OPTIONS } from './options.ts';

const IDS = Object.keys(DEAD_LETTERS).filter((id): id is keyof typeof DEAD_LETTERS => Object.hasOwn(DEAD_LETTERS, id));

const wanted = (args: Arguments): readonly (keyof typeof DEAD_LETTERS)[] => {
  const name = args.value('queue');
  if (name === undefined) return IDS;
  const found = IDS.filter((id) => id === name);
  if (found.length === 0) throw new InputInvalid(`--queue ${JSON.stringify(name)}: expected one of ${IDS.join(', ')}`);
  return found;
};

const messages = (count: number): string => (count === 1 ? '1 message' : `${count} messages`);

const countText = ({ queue, sent }: Redriven, dryRun: boolean): Line => {
  const text = `${queue}: ${messages(sent)} ${dryRun ? 'would be sent' : 'sent'} again`;
  return sent > 0 ? toned('good', text) : line(text);
};

const textOf = (all: readonly Redriven[], dryRun: boolean): readonly Line[] =>
  all.flatMap((one): readonly Line[] => [
    countText(one, dryRun),
    ...one.kept.map(({ id, reason }) => toned('warning', `  ${id} stays: ${reason}`)),
  ]);

const empty = async (args: Arguments): Promise<readonly Redriven[]> => {
  const [{ accountClient }, { redriveClients }, { findQueues, redrive: redriveQueue }] = await Promise.all([
    import('../../shared/aws/account-client.ts'),
    import('../../shared/aws/dead-letters-client.ts'),
    import('../../shared/aws/dead-letters.ts'),
  ]);
  const [ids, profile, stack] = [wanted(args), args.value('profile'), args.value('stack') ?? STACK_NAME];
  const { region } = await accountClient({ profile, region: args.value('region') });
  const clients = redriveClients({ profile, region });
  try {
    const found = await findQueues(clients, stack, [...ids, ALERT_QUEUE.id]);
    const alertsUrl = found.find(({ id }) => id === ALERT_QUEUE.id)?.url;
    const all: Redriven[] = [];
    for (const id of ids) {
      const queue = found.find((one) => one.id === id);
      const redriving: Redriving | undefined = queue && {
        ...queue,
        kind: DEAD_LETTERS[id].kind,
        functions: DEAD_LETTERS[id].of.map((one) => functionName(one, stack)),
        alertsUrl,
        dryRun: args.has('dry-run'),
      };
      if (redriving) all.push(await redriveQueue(clients, redriving));
    }
    if (all.length > 0) return all;
    const wantedNames = ids.length === 1 ? `queue ${ids[0]}` : 'queue of Portcullis';
    throw new InputInvalid(
      `stack ${stack} in ${region} has no ${wantedNames}: give --stack NAME, --region REGION or --profile NAME`,
    );
  } catch (error) {
    const permission =
      'sqs:ListQueues, sqs:ReceiveMessage, sqs:DeleteMessage, sqs:SendMessage, sqs:ChangeMessageVisibility and lambda:InvokeFunction';
    throw cellFault(error, { thing: `stack ${stack}`, permission, option: 'stack', region });
  }
};

/** `portcullis redrive` */
export const redrive: Command = {
  name: 'redrive',
  takes: '[--queue NAME] [--dry-run]',
  most: 0,
  summary: 'Send again what lies in the dead-letter queues of the cell',
  options: {
    queue: { value: 'NAME', help: `one queue only: ${IDS.join(', ')}` },
    'dry-run': { help: 'say what would be sent again, and change nothing' },
    stack: { value: 'NAME', help: `the stack of the cell (default ${STACK_NAME})` },
    ...ACCOUNT_OPTIONS,
  },
  details: `Put right first why it lies there: docs/runbook.md has a part for each queue. Events and commands go to their function again, which
does nothing twice; alerts go back to the queue that feeds Slack and PagerDuty. What cannot be read stays, and is named.`,
  exitCodes: ASKING_EXIT_CODES,
  run: async (args, terminal) => {
    const format = formatOf(args);
    const all = await empty(args);
    terminal.out(
      format === 'json'
        ? safeJson({ kind: 'redriven', dryRun: args.has('dry-run'), queues: all })
        : linesText(textOf(all, args.has('dry-run')), paintFor(terminal)),
    );
    return all.some(({ kept }) => kept.length > 0) ? EXIT.refused : EXIT.done;
  },
};
