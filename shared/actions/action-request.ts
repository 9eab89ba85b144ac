import type { ActionReplies, ActionRequest, ActionRequests, UserGroups } from '../domain/action.ts';
import type { Command, CommandResult } from '../domain/command.ts';
import { ChannelRefused, Unfinished } from '../domain/errors.ts';
import type { Person } from '../domain/identity.ts';
import type { People } from '../domain/policy.ts';
import type { Clock } from '../domain/runtime.ts';
import { truncate } from '../network/format.ts';
import { checkPermission } from './authorize.ts';
import { type ActionResult, actionResult, duplicateRequestLine } from './result-text.ts';

/** Everything that a press takes to be carried out. */
export interface ActionRequestCell {
  readonly people: People;
  readonly ports: {
    readonly presses: ActionRequests;
    readonly userGroups: UserGroups;
    readonly answers: ActionReplies;
    /** The function that grants. Throws CallFailed. */
    readonly grant: { obey(command: Command): Promise<CommandResult> };
    readonly clock: Pick<Clock, 'now'>;
  };
}

/** How long the leave of a button runs, days. */
const EXEMPTION_DAYS = 1;

/** Whoever pressed, on the record: Slack's id beside the name, which people may choose. */
function personOf({ by }: ActionRequest): Person {
  return {
    name: by.user === undefined ? by.name : `${by.name} (${by.user})`,
    through: 'button',
    ...(by.user !== undefined && { slackUser: by.user }),
  };
}

const CHANNEL_NAMES = { slack: 'Slack', 'amazon-q': 'Amazon Q' } as const satisfies Record<
  ActionRequest['by']['through'],
  string
>;

/** What the function that grants is asked for by a press. The same press asks for the same, so that it knows a second try. */
function commandForAction(press: ActionRequest): Command {
  const { action, remediationId: id, by: presser } = press;
  const by = personOf(press);
  const request = { id, by, reason: `button in ${CHANNEL_NAMES[presser.through]}: ${action}` };
  switch (action) {
    case 'restore':
      return { do: 'restore', dryRun: false, ...request };
    case 'exempt':
      return { do: 'leave-open', terms: { days: EXEMPTION_DAYS, owner: by.name }, ...request };
    case 'approve':
      return { do: 'release', ...request };
    case 'decline':
      return { do: 'decline', ...request };
    case 'acknowledge':
      return { do: 'acknowledge', ...request };
    default:
      return action satisfies never;
  }
}

/** What became of a press. `unknown`: it is not on the record, so nobody pressed it. */
export type HandledActionRequest =
  | { readonly kind: 'unknown' }
  | ({ readonly kind: 'told' | 'late' | 'not-allowed' | 'second' | 'carried-out' | 'refused' } & ActionResponse);

/** What whoever pressed was told; `unanswered`: the channel would not have it, for good. */
interface ActionResponse {
  readonly press: ActionRequest;
  readonly line: string;
  readonly unanswered?: ChannelRefused;
}

/** How old a press may be, ms: an hour. Nobody expects an older one, from a failure queue, to do anything. */
const MAX_AGE_MS = 3_600_000;

/** Answers whoever pressed. Throws ChannelRefused where the channel may take it later. */
async function respond(press: ActionRequest, line: string, { ports }: ActionRequestCell): Promise<ActionResponse> {
  if (press.responseUrl === undefined) return { press, line };
  try {
    await ports.answers.reply(press.responseUrl, line);
    return { press, line };
  } catch (error) {
    if (!(error instanceof ChannelRefused) || error.retryable) throw error;
    return { press, line, unanswered: error };
  }
}

/**
 * Longest line that goes on the record and to whoever pressed, characters: what a message of Slack shows. A restore of 1,000 rules has more
 * to tell than an item of the ledger holds, and what cannot be put on the record would be asked for again and again.
 */
const MAX_LINE = 3000;

async function finish(
  press: ActionRequest,
  { line: whole, again }: ActionResult,
  cell: ActionRequestCell,
): Promise<ActionResponse> {
  const line = truncate(whole, MAX_LINE);
  await cell.ports.presses.complete(press, line, again);
  return await respond(press, line, cell);
}

function nothingDone(because: string): ActionResult {
  return { line: `Nothing was done: ${because}.`, again: true };
}

/** What kept it from being done, in the words that a log has, too. */
function retryLine(error: unknown): string {
  return `It has not worked yet: ${error instanceof Error ? error.message : String(error)}. It is tried again, twice at most.`;
}

/** Does a step; where it fails, the person who pressed is told, and the fault goes on to Lambda, which tries again. */
async function reportingFailure<T>(press: ActionRequest, cell: ActionRequestCell, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const [untold] = await Promise.allSettled([respond(press, retryLine(error), cell)]);
    throw untold.status === 'rejected' ? new Unfinished([error, untold.reason]) : error;
  }
}

async function runRequest(press: ActionRequest, cell: ActionRequestCell): Promise<HandledActionRequest> {
  const first = await cell.ports.presses.claim(press);
  if (first !== undefined)
    return { kind: 'second', ...(await finish(press, { line: duplicateRequestLine(first), again: true }, cell)) };
  const result = await reportingFailure(press, cell, async () => await cell.ports.grant.obey(commandForAction(press)));
  const kind = result.kind === 'refused' ? 'refused' : 'carried-out';
  return { kind, ...(await finish(press, actionResult(result), cell)) };
}

/**
 * Carries out a press that is on the record, if whoever pressed may and nobody has before; what came of it goes on the record and to
 * whoever pressed. Tried again, it goes on where it broke off: the function that grants does nothing twice.
 *
 * @throws CallFailed, ChannelRefused: try again.
 */
export async function handleActionRequest(pressId: string, cell: ActionRequestCell): Promise<HandledActionRequest> {
  const recorded = await cell.ports.presses.find(pressId);
  if (recorded === undefined) return { kind: 'unknown' };
  const { request: press, result } = recorded;
  if (result !== undefined) return { kind: 'told', ...(await respond(press, result, cell)) };
  if (cell.ports.clock.now() - press.at > MAX_AGE_MS) {
    const late = nothingDone('it came too late, more than an hour after the press; press again');
    return { kind: 'late', ...(await finish(press, late, cell)) };
  }
  const permission = await reportingFailure(press, cell, async () => await checkPermission(press, cell));
  if (permission.kind === 'not-allowed')
    return { kind: 'not-allowed', ...(await finish(press, nothingDone(permission.because), cell)) };
  return await runRequest(press, cell);
}
