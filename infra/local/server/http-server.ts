import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Dispatched } from './dispatch.ts';
import type { WireRequest } from './wire.ts';

/** A listening server. */
export interface Listening {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Breaks open connections and frees the port. */
  close(): Promise<void>;
}

function write(response: ServerResponse, dispatched: Dispatched): void {
  if (dispatched === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, headers, body } = dispatched;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function exchange(
  incoming: IncomingMessage,
  response: ServerResponse,
  handle: (request: WireRequest) => Promise<Dispatched>,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const body = await text(incoming);
  write(response, await handle({ method, url, headers, body }));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port');
  return address.port;
}

/** Listens on 127.0.0.1 only; port 0 takes a free one. Rejects where the port is taken. */
export async function listen(port: number, handle: (request: WireRequest) => Promise<Dispatched>): Promise<Listening> {
  const server = createServer((incoming, response) => {
    exchange(incoming, response, handle).catch((cause: unknown) => {
      response.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
