import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { Command, CommandResult } from '../../domain/command.ts';
import { CallFailed } from '../../domain/errors.ts';
import type { CanaryQueue, GrantQueue, ReevaluationQueue } from '../../domain/grants.ts';
import type { IdentityProof } from '../../domain/identity.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import type { SweepQueue } from '../../domain/sweep.ts';
import {
  type GroupReferrer,
  type ReferrersByGroup,
  readFunction,
  referrersByGroup,
} from '../../events/describe/references.ts';
import { wrapReevaluationRequest } from '../../events/requests/internal-request.ts';
import { call, chunks, fieldOf, pages } from './call.ts';
import { type ClientSettings, oneAttempt } from './clients/settings.ts';
import type { Prove } from './sts.ts';

/** What the adapters need of a Lambda client. */
export type Lambda = Pick<LambdaClient, 'send'>;

/** A client for the cell's functions, in the function's own region. */
export function functionsClient(settings: ClientSettings): LambdaClient {
  return new LambdaClient(settings);
}

/**
 * Puts an event (at most 1 MB as JSON) before a function, which is named with the alias that it is to come through. Lambda keeps it, tries it up to three times, and hands it to the failure queue
 * where all three failed; now and then a function gets the same event twice.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws CallFailed
 */
export async function invokeLater(lambda: Lambda, functionName: string, event: object): Promise<void> {
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify(event)),
  });
  await call('Invoke', lambda.send(command));
}

/** Puts an event before a function and waits for what it answers. Throws CallFailed, also where the function fails. */
export async function invokeForAnswer(lambda: Lambda, functionName: string, event: object): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) });
  const { FunctionError, Payload } = await call('Invoke', lambda.send(command));
  const text = new TextDecoder().decode(Payload);
  if (FunctionError !== undefined) throw new CallFailed(functionName, FunctionError, false, new Error(text));
  return text === '' ? undefined : JSON.parse(text);
}

/** Groups of one request: as many as the function looks at within its time. */
const GROUPS_AT_ONCE = 100;

function pointerTo({ plan }: LedgerEntry) {
  return { groupId: plan.decision.group.id, planId: plan.id };
}

/** Asks the function of this name to look again. The name has the alias for requests. */
export function reevaluationQueue(lambda: Lambda, functionName: string): ReevaluationQueue {
  return {
    requestApproved: async (entry) =>
      invokeLater(lambda, functionName, wrapReevaluationRequest({ do: 'release', ...pointerTo(entry) })),
    requestRevokeOfGrants: async (entry) =>
      invokeLater(lambda, functionName, wrapReevaluationRequest({ do: 'take-back', ...pointerTo(entry) })),
    requestReplay: async (eventId, region) =>
      invokeLater(lambda, functionName, wrapReevaluationRequest({ do: 'look', groupIds: [], region, eventId })),
    async requestEvaluation(groupIds, region, limit) {
      const terms = { region, ...(limit === 'hold' && { hold: true as const }) };
      for (const part of chunks(groupIds, GROUPS_AT_ONCE))
        await invokeLater(lambda, functionName, wrapReevaluationRequest({ do: 'look', groupIds: part, ...terms }));
    },
  };
}

/** Hands removals on to the function of this name, as commands. */
export function grantQueue(lambda: Lambda, functionName: string): GrantQueue {
  return {
    async requestGrants(groupId, planId) {
      const command: Command = { do: 'follow', groupId, planId };
      await invokeLater(lambda, functionName, command);
    },
  };
}

/**
 * Goes on in another invocation of the function of this name. What is left goes along in the event (far below its limit of 1 MB), so
 * that nothing has to be kept and cleaned up, and an invocation that is tried again begins where it began before. Lambda stops a
 * function that has called itself 16 times in a row: 16 parts of three minutes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export function sweepQueue(lambda: Lambda, functionName: string): SweepQueue {
  return {
    continueSweep: async (request) => await invokeLater(lambda, functionName, request),
  };
}

/** Has the function of this name put markers, by a command. */
export function canaries(lambda: Lambda, functionName: string): CanaryQueue {
  return {
    async requestMarker(region) {
      const command: Command = { do: 'canary', region };
      await invokeLater(lambda, functionName, command);
    },
  };
}

/** The functions of the settings' account and region, listed when they are asked for. */
export function functionsIn(settings: ClientSettings) {
  return async (): Promise<ReferrersByGroup> => await listFunctions(functionsClient(settings));
}

/** The most that Lambda gives in one page, whatever is asked for. */
const FUNCTIONS_PAGE = 50;

/**
 * Which functions of the region name which groups in their VPC configuration. A function that was idle for long has no interface:
 * Lambda takes it back, and makes another out of the configuration once the function is called again. Published versions have a
 * configuration of their own and can be called, so that they count, too. Of each page no more is kept than names and groups: the
 * answer holds the functions' environment variables. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export async function listFunctions(lambda: Lambda): Promise<ReferrersByGroup> {
  const functions = await pages<GroupReferrer>(async (token) => {
    const command = new ListFunctionsCommand({
      FunctionVersion: 'ALL',
      MaxItems: FUNCTIONS_PAGE,
      ...(token && { Marker: token }),
    });
    const answer = await call('ListFunctions', lambda.send(command));
    return { items: (answer.Functions ?? []).flatMap((one) => readFunction(one) ?? []), next: answer.NextMarker };
  });
  return referrersByGroup(functions);
}

/** The longest that a command may take, ms: longer than the function's own time, so that its answer is always waited for. */
const COMMAND_TIMEOUT_MS = 330_000;

function parsePayload(payload: Uint8Array | undefined): unknown {
  const text = new TextDecoder().decode(payload);
  return text === '' ? undefined : JSON.parse(text);
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** What the function threw, as Lambda tells it: the class of the error and its message. */
function functionFailed(functionName: string, answer: unknown): CallFailed {
  const code = textOf(fieldOf(answer, 'errorType'), 'FunctionError');
  const message = textOf(fieldOf(answer, 'errorMessage'), 'it says no more; its log does');
  return new CallFailed(functionName, code, false, new Error(message));
}

/** What functions/on-grant answers, which is built from the same source. */
function isResult(answer: unknown): answer is CommandResult {
  return typeof fieldOf(answer, 'kind') === 'string';
}

/**
 * Sends a command to the function and waits for what comes of it.
 *
 * @throws CallFailed: of `Invoke` where it could not be called, of the function's name where it failed.
 */
export async function sendCommand(
  lambda: Lambda,
  functionName: string,
  command: Command & { readonly proof?: IdentityProof },
): Promise<CommandResult> {
  const invoke = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'RequestResponse',
    Payload: Buffer.from(JSON.stringify(command)),
  });
  const { FunctionError, Payload } = await call('Invoke', lambda.send(invoke));
  const answer = parsePayload(Payload);
  if (FunctionError !== undefined || !isResult(answer)) throw functionFailed(functionName, answer);
  return answer;
}

/**
 * A way to send commands with somebody's credentials, each with a proof of whose they are; a list needs none. What they were sent with is
 * in CloudTrail, too, if Lambda's data events are on. One attempt: a command that was sent twice is carried out twice, and a person is
 * there to say whether it should be.
 *
 * @param functionName of the function that obeys.
 */
export function commandClient(
  settings: ClientSettings,
  functionName: string,
  prove: Prove,
): (command: Command) => Promise<CommandResult> {
  const lambda = new LambdaClient(oneAttempt(settings, { requestTimeout: COMMAND_TIMEOUT_MS }));
  return async (command) => {
    if (command.do === 'list') return await sendCommand(lambda, functionName, command);
    return await sendCommand(lambda, functionName, { ...command, proof: await prove(command, functionName) });
  };
}
