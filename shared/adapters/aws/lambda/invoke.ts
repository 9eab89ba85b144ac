import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CallFailed } from '../../../domain/errors.ts';
import { call } from '../call.ts';
import type { ClientSettings } from '../clients/client-settings.ts';

/** What the adapters need of a Lambda client. */
export type Lambda = Pick<LambdaClient, 'send'>;

/** A client for the cell's functions, in the function's own region. */
export const functionsClient = (settings: ClientSettings): LambdaClient => new LambdaClient(settings);

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
