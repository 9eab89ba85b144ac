import {
  type ActionReplies,
  type ActionRequest,
  type ActionRequests,
  isAnswerAction,
  type UserGroups,
} from '../domain/action.ts';
import type { Command, CommandResult } from '../domain/command.ts';
import { ChannelRefused, Unfinished } from '../domain/errors.ts';
import type { Person } from '../domain/identity.ts';
import type { People } from '../domain/policy.ts';
import type { Clock } from '../domain/runtime.ts';
import { truncate } from '../network/format.ts';
import { checkPermission } from './authorize.ts';
import { type ActionResult, actionResult, duplicateRequestLine } from './result-text.ts';

/** Everything that handling an action request needs. */
export interface ActionRequestCell {
  readonly people: People;
  readonly ports: {
    readonly actions: ActionRequests;
    readonly userGroups: UserGroups;
    readonly answers: ActionReplies;
    /** The function that grants. Throws CallFailed. */
    readonly grant: { obey(command: Command): Promise<CommandResult> };
    readonly clock: Pick<Clock, 'now'>;
  };
}

/** What became of an action request. `unknown`: nobody made this request. `told`: it was handled before. */
export type HandledActionRequest =
  | { readonly kind: 'unknown' }
  | ({ readonly kind: 'told' | 'late' | 'not-allowed' | 'second' | 'carried-out' | 'refused' } & ActionResponse);

/** The reply that the person got; `unanswered`: the channel refused the reply permanently. */
interface ActionResponse {
  readonly press: ActionRequest;
  readonly line: string;
  readonly unanswered?: ChannelRefused;
}

/** Greatest age of a request, ms. Nobody expects an older one, from a failure queue, to have an effect. */
const MAX_AGE_MS = 3_600_000;

/**
 * Longest reply, characters: what a Slack message shows. The reply to a restore of 1,000 rules does not fit
 * into a ledger item, and without a recorded reply Lambda would retry forever.
 */
const MAX_LINE = 3000;

/** Length of the exemption that a button grants, days. */
const EXEMPTION_DAYS = 1;

/**
 * Handles a recorded action request: checks the permission, sends the command to the function that grants,
 * records the result and replies. A retry continues where the first try failed, because that function does
 * nothing twice.
 *
 * @throws CallFailed, ChannelRefused: retry.
 */
export async function handleActionRequest(requestId: string, cell: ActionRequestCell): Promise<HandledActionRequest> {
  const recorded = await cell.ports.actions.find(requestId);
  if (recorded === undefined) return { kind: 'unknown' };
  const { request, result } = recorded;
  if (result !== undefined) return { kind: 'told', ...(await respond(request, result, cell)) };
  if (cell.ports.clock.now() - request.at > MAX_AGE_MS) {
    const late = nothingDone('it came too late, more than an hour after the press; press again');
    return { kind: 'late', ...(await finish(request, late, cell)) };
  }
  const permission = await reportingFailure(request, cell, () =>
    checkPermission(request, cell.people, cell.ports.userGroups),
  );
  if (permission.kind === 'not-allowed')
    return { kind: 'not-allowed', ...(await finish(request, nothingDone(permission.because), cell)) };
  return await carryOut(request, cell);
}

function nothingDone(because: string): ActionResult {
  return { line: `Nothing was done: ${because}.`, again: true };
}

async function carryOut(request: ActionRequest, cell: ActionRequestCell): Promise<HandledActionRequest> {
  const first = await cell.ports.actions.claim(request);
  if (first !== undefined)
    return { kind: 'second', ...(await finish(request, { line: duplicateRequestLine(first), again: true }, cell)) };
  const result = await reportingFailure(request, cell, () => cell.ports.grant.obey(commandFor(request)));
  const kind = result.kind === 'refused' ? 'refused' : 'carried-out';
  return { kind, ...(await finish(request, actionResult(result), cell)) };
}

/**
 * The command of an action. The same request always gives the same command, so that a retry is recognized.
 */
function commandFor(request: ActionRequest): Command {
  const { action, remediationId: id, by: requester } = request;
  const by = personOf(request);
  const common = { id, by, reason: `button in ${CHANNEL_NAMES[requester.through]}: ${action}` };
  if (isAnswerAction(action)) return { do: action, ...common };
  switch (action) {
    case 'restore':
      return { do: 'restore', dryRun: false, ...common };
    case 'exempt':
      return { do: 'leave-open', terms: { days: EXEMPTION_DAYS, owner: by.name }, ...common };
    default:
      return action satisfies never;
  }
}

/** The requester as the ledger records them: with Slack's id, because people can choose their names. */
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

/** Records the result, then replies. */
async function finish(
  request: ActionRequest,
  { line: whole, again }: ActionResult,
  cell: ActionRequestCell,
): Promise<ActionResponse> {
  const line = truncate(whole, MAX_LINE);
  await cell.ports.actions.complete(request, line, again);
  return await respond(request, line, cell);
}

/** Replies to the requester. Throws ChannelRefused if a later reply may succeed. */
async function respond(request: ActionRequest, line: string, { ports }: ActionRequestCell): Promise<ActionResponse> {
  if (request.responseUrl === undefined) return { press: request, line };
  try {
    await ports.answers.reply(request.responseUrl, line);
    return { press: request, line };
  } catch (error) {
    if (!(error instanceof ChannelRefused) || error.retryable) throw error;
    return { press: request, line, unanswered: error };
  }
}

/** Runs a step. If it fails, tells the requester so and rejects, so that Lambda retries. */
async function reportingFailure<T>(
  request: ActionRequest,
  cell: ActionRequestCell,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const line = `It has not worked yet: ${reason}. It is tried again, twice at most.`;
    const [reply] = await Promise.allSettled([respond(request, line, cell)]);
    throw reply.status === 'rejected' ? new Unfinished([error, reply.reason]) : error;
  }
}
