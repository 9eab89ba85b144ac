import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { Command, CommandResult } from '../../domain/command.ts';
import { CallFailed } from '../../domain/errors.ts';
import type { IdentityProof } from '../../domain/identity.ts';
import type { CanaryQueue, GrantQueue, ReevaluationQueue, SweepQueue } from '../../domain/invocations.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
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

/** The part of a Lambda client that the adapters use. */
export type Lambda = Pick<LambdaClient, 'send'>;

/** A client for the cell's functions. */
export function functionsClient(settings: ClientSettings): LambdaClient {
  return new LambdaClient(settings);
}

/**
 * Invokes a function asynchronously with an event of at most 1 MB as JSON. The name includes the alias for
 * this kind of caller. Lambda tries an event up to three times and then puts it into the failure queue.
 * Rarely, a function gets the same event twice.
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

/** Invokes a function and waits for its answer. Throws CallFailed, also if the function fails. */
export async function invokeForAnswer(lambda: Lambda, functionName: string, event: object): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) });
  const { FunctionError, Payload } = await call('Invoke', lambda.send(command));
  const text = new TextDecoder().decode(Payload);
  if (FunctionError !== undefined) throw new CallFailed(functionName, FunctionError, false, new Error(text));
  return text === '' ? undefined : JSON.parse(text);
}

/** Groups of one request: as many as on-change evaluates within its timeout. */
const GROUPS_AT_ONCE = 100;

function pointerTo({ plan }: LedgerEntry) {
  return { groupId: plan.decision.group.id, planId: plan.id };
}

/** Requests evaluations from the function of this name, which includes the alias for requests. */
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

/** Requests the grants that follow a removal from the function of this name, as commands. */
export function grantQueue(lambda: Lambda, functionName: string): GrantQueue {
  return {
    async requestGrants(groupId, planId) {
      const command: Command = { do: 'follow', groupId, planId };
      await invokeLater(lambda, functionName, command);
    },
  };
}

/**
 * Continues a sweep in another invocation of the function of this name. The event has the remainder of the
 * sweep (far below the limit of 1 MB), so there is no state to clean up, and a retried invocation starts
 * where it started before. Lambda stops a function that has called itself 16 times in a row, which allows for
 * 16 parts of three minutes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export function sweepQueue(lambda: Lambda, functionName: string): SweepQueue {
  return {
    continueSweep: async (request) => await invokeLater(lambda, functionName, request),
  };
}

/** Requests the canary's markers from the function of this name, as a command. */
export function canaries(lambda: Lambda, functionName: string): CanaryQueue {
  return {
    async requestMarker(region) {
      const command: Command = { do: 'canary', region };
      await invokeLater(lambda, functionName, command);
    },
  };
}

/** Lists the functions of an account and region at each call. */
export function functionsIn(settings: ClientSettings) {
  return async (): Promise<ReferrersByGroup> => await listFunctions(functionsClient(settings));
}

/** Largest page that Lambda returns, whatever the request says. */
const FUNCTIONS_PAGE = 50;

/**
 * Which functions of the region name which groups in their VPC configuration. Interfaces do not tell: Lambda
 * removes the interface of an idle function and creates another one at the next call. Published versions
 * count, because they can be called and have configurations of their own. Only names and groups of each page
 * are kept, because the answer has the functions' environment variables. Throws CallFailed.
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

/** Longest wait for the answer to a command, ms: longer than the timeout of the function. */
const COMMAND_TIMEOUT_MS = 330_000;

function parsePayload(payload: Uint8Array | undefined): unknown {
  const text = new TextDecoder().decode(payload);
  return text === '' ? undefined : JSON.parse(text);
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** The error that the function threw: Lambda returns its class and its message. */
function functionFailed(functionName: string, answer: unknown): CallFailed {
  const code = textOf(fieldOf(answer, 'errorType'), 'FunctionError');
  const message = textOf(fieldOf(answer, 'errorMessage'), 'no message; see the log of the function');
  return new CallFailed(functionName, code, false, new Error(message));
}

/** Whether an answer is one of on-grant's, which is built from the same source. */
function isResult(answer: unknown): answer is CommandResult {
  return typeof fieldOf(answer, 'kind') === 'string';
}

/**
 * Sends a command to the function and waits for its result.
 *
 * @throws CallFailed. `call` is `Invoke` if the function could not be invoked, and the name of the function
 * if it failed.
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
 * Sends commands with a person's credentials, each with a proof of that person's identity; the command `list`
 * needs none. CloudTrail also has the caller, if Lambda's data events are on. There is one attempt, because a
 * command that is sent twice is carried out twice, and the person can decide whether to repeat it.
 *
 * @param functionName of on-grant.
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
