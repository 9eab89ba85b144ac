import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Command, CommandResult } from '../model/command.ts';
import { CallFailed } from '../model/errors.ts';
import type { Proof } from '../model/proof.ts';
import { type AccountChoice, personalSettings } from './account-choice.ts';
import { call, fieldOf } from './call.ts';
import { CLIENT_SETTINGS } from './client-settings.ts';
import type { Lambda } from './invoke.ts';
import type { Prove } from './proof-sign.ts';

/** Whose credentials a person uses, and which function of the cell obeys. */
export interface CommandChoice extends AccountChoice {
  readonly functionName: string;
}

/** The longest that a command may take, ms: longer than the function's own time, so that its answer is always waited for. */
const PATIENCE_MS = 330_000;

/**
 * One attempt: a command that was sent twice is carried out twice, and a person is there to say whether it should be.
 */
const PATIENT = {
  maxAttempts: 1,
  requestHandler: { ...CLIENT_SETTINGS.requestHandler, requestTimeout: PATIENCE_MS },
} as const;

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

/** What functions/on-grant.ts answers, which is built from the same source. */
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
 * in CloudTrail, too, if Lambda's data events are on.
 */
export async function commandClient(
  { functionName, ...choice }: CommandChoice,
  prove: Prove,
): Promise<(command: Command) => Promise<CommandResult>> {
  const lambda = new LambdaClient({ ...personalSettings(choice), ...PATIENT });
  return async (command) => {
    if (command.do === 'list') return await sendCommand(lambda, functionName, command);
    return await sendCommand(lambda, functionName, { ...command, proof: await prove(command, functionName) });
  };
}
