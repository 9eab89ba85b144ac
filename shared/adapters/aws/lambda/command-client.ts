import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CallFailed } from '../../../domain/errors.ts';
import type { Command, CommandResult } from '../../../domain/requests/command.ts';
import type { Proof } from '../../../domain/requests/proof.ts';
import { call, fieldOf } from '../call.ts';
import type { ClientSettings } from '../clients/client-settings.ts';
import { oneAttempt } from '../ec2/one-attempt.ts';
import type { Prove } from '../sts/proof-sign.ts';
import type { Lambda } from './invoke.ts';

/** The longest that a command may take, ms: longer than the function's own time, so that its answer is always waited for. */
const PATIENCE_MS = 330_000;

const parsed = (payload: Uint8Array | undefined): unknown => {
  const text = new TextDecoder().decode(payload);
  return text === '' ? undefined : JSON.parse(text);
};

const textOf = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** What the function threw, as Lambda tells it: the class of the error and its message. */
const thrown = (functionName: string, answer: unknown): CallFailed => {
  const code = textOf(fieldOf(answer, 'errorType'), 'FunctionError');
  const message = textOf(fieldOf(answer, 'errorMessage'), 'it says no more; its log does');
  return new CallFailed(functionName, code, false, new Error(message));
};

/** What functions/on-grant answers, which is built from the same source. */
const isResult = (answer: unknown): answer is CommandResult => typeof fieldOf(answer, 'kind') === 'string';

/**
 * Sends a command to the function and waits for what comes of it.
 *
 * @throws CallFailed: of `Invoke` where it could not be called, of the function's name where it failed.
 */
export async function sendCommand(
  lambda: Lambda,
  functionName: string,
  command: Command & { readonly proof?: Proof },
): Promise<CommandResult> {
  const invoke = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'RequestResponse',
    Payload: Buffer.from(JSON.stringify(command)),
  });
  const { FunctionError, Payload } = await call('Invoke', lambda.send(invoke));
  const answer = parsed(Payload);
  if (FunctionError !== undefined || !isResult(answer)) throw thrown(functionName, answer);
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
  const lambda = new LambdaClient(oneAttempt(settings, { requestTimeout: PATIENCE_MS }));
  return async (command) => {
    if (command.do === 'list') return await sendCommand(lambda, functionName, command);
    return await sendCommand(lambda, functionName, { ...command, proof: await prove(command, functionName) });
  };
}
