import { JsonCodec } from '@aws-sdk/core/protocols';
import { AwsError } from '../account/aws-error.ts';
import { securityHubOperations } from '../account/security-hub.ts';
import { operationSchema } from '../codec/operation-schema.ts';
import type { Service } from './service.ts';
import type { Reply, WireRequest } from './wire.ts';

const PATH = '/findings/import';
const NAME = 'BatchImportFindings';

const codec = new JsonCodec({ jsonName: true, timestampFormat: { useTrait: true, default: 7 } });

const schema = async () => operationSchema(await import('@aws-sdk/client-securityhub'), NAME);

const reply = (status: number, body: string, headers: Readonly<Record<string, string>>): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body,
});

async function inputOf({ body }: WireRequest): Promise<object> {
  const { input } = await schema();
  try {
    const read: unknown = await codec.createDeserializer().read(input, body === '' ? '{}' : body);
    return Object(read);
  } catch (cause) {
    throw new AwsError('InvalidInputException', `The body is no JSON of this operation: ${String(cause)}`);
  }
}

/**
 * Security Hub's BatchImportFindings, REST JSON with a body.
 *
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
export function securityHubService(): Service {
  return {
    operationOf({ method, url }) {
      const { pathname } = new URL(url, 'http://127.0.0.1');
      if (method === 'POST' && pathname === PATH) return NAME;
      throw new AwsError(
        'UnknownOperationException',
        `The embedded account does not implement ${method} ${pathname}.`,
        404,
      );
    },
    read: async (request) => inputOf(request),
    async perform({ input, region, requestId }) {
      const output = securityHubOperations.BatchImportFindings(region, Object(input));
      const serializer = codec.createSerializer();
      serializer.write((await schema()).output, output);
      return { output, reply: reply(200, serializer.flush(), { 'x-amzn-requestid': requestId }) };
    },
    refuse: ({ code, message, status }, requestId) =>
      reply(status, JSON.stringify({ Message: message, Code: code }), {
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': code,
      }),
    close: async () => undefined,
  };
}
