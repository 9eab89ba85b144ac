import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { call } from './call.ts';
import type { ClientSettings } from './client-settings.ts';

/** What the adapters need of a Lambda client. */
export type Lambda = Pick<LambdaClient, 'send'>;

/** A client for the cell's functions, in the function's own region. */
export const functionsClient = (settings: ClientSettings): LambdaClient => new LambdaClient(settings);

/**
 * Puts an event (at most 1 MB as JSON) before a function. Lambda keeps it, tries it up to three times, and hands it to the failure queue
 * where all three failed; now and then a function gets the same event twice.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws CallFailed
 */
export const invokeLater = async (lambda: Lambda, functionName: string, event: object): Promise<void> =>
  await invokeWith(lambda, functionName, JSON.stringify(event));

/** The same with an event that is JSON already, which stays as it is to the letter. Throws CallFailed. */
export async function invokeWith(lambda: Lambda, functionName: string, payload: string): Promise<void> {
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'Event',
    Payload: Buffer.from(payload),
  });
  await call('Invoke', lambda.send(command));
}
