import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import { Readable } from 'node:stream';
import { AwsError } from '../state/operation.ts';
import { header, type Reply, type WireRequest } from '../wire/messages.ts';
import type { Service } from '../wire/service.ts';

/** Records dynalite's response. It has the part of ServerResponse that dynalite uses. */
class RecordedResponse extends EventEmitter {
  statusCode = 200;
  readonly headers: Record<string, string> = {};
  body = '';

  setHeader(name: string, value: string | number): void {
    this.headers[name.toLowerCase()] = String(value);
  }

  end(body?: string): void {
    this.body = body ?? '';
    this.emit('done');
  }
}

/** Hands a request to a server that does not listen. */
async function forward(server: Server, request: WireRequest): Promise<Reply> {
  const { method, url, headers, body } = request;
  const response = new RecordedResponse();
  const done = once(response, 'done');
  server.emit('request', Object.assign(Readable.from([Buffer.from(body)]), { method, url, headers }), response);
  await done;
  const { 'content-length': _length, ...kept } = response.headers;
  return { status: response.statusCode, headers: kept, body: response.body };
}

function parsed(body: string): object {
  try {
    return Object(JSON.parse(body));
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is not JSON: ${String(cause)}`);
  }
}

/**
 * DynamoDB, implemented by dynalite, in memory, with one server for each region. It is loaded at the first
 * request.
 */
export function dynamoDbService(): Service {
  const servers = new Map<string, Server>();
  async function serverOf(region: string): Promise<Server> {
    const known = servers.get(region);
    if (known) return known;
    const { default: dynalite } = await import('dynalite');
    const made = servers.get(region) ?? dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
    servers.set(region, made);
    return made;
  }
  return {
    operationOf: (request) => header(request, 'x-amz-target').split('.')[1] ?? '',
    read: async (request) => parsed(request.body),
    async perform({ request, region }) {
      const reply = await forward(await serverOf(region.name), request);
      return { output: parsed(reply.body), reply };
    },
    refuse: ({ code, message, status }, requestId) => ({
      status,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId },
      body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }),
    }),
    close: async () => servers.clear(),
  };
}
