import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { HttpHandler } from '@smithy/core/protocols';
import { type Activity, ActivityOver, type LocalClock } from '../time/clock.ts';
import { machineFetch } from '../time/machine.ts';
import type { Dispatched } from '../wire/messages.ts';
import type { ClientExtension, Fetch, Listening, Network, Serve } from './network.ts';

/** Servers on 127.0.0.1, for the command line and for clients in any language. */
export function httpNetwork(clock: LocalClock): Network {
  return {
    listen: async (port, serve) => await listen(port, serve, clock),
    connect: (caller) =>
      caller === undefined
        ? { clients: {}, fetch: machineFetch }
        : { clients: { extensions: [endsWithCaller(caller)] }, fetch: fetchWhileAlive(caller, machineFetch) },
  };
}

async function listen(port: number, serve: Serve, clock: LocalClock): Promise<Listening> {
  const server = createServer((incoming, response) => {
    handleRequest(incoming, response, { clock, serve }).catch((cause: unknown) => {
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

async function handleRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  { clock, serve }: { readonly clock: LocalClock; readonly serve: Serve },
): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const body = await text(incoming);
  const activity = clock.begin(`${method} ${url}`);
  try {
    write(response, await clock.run(serve({ method, url, headers, body }, activity)));
  } finally {
    activity.end();
  }
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

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port');
  return address.port;
}

type Caller = () => Activity;

/**
 * Performs a call for an activity. Throws ActivityOver if the activity has ended before the call or before
 * its answer.
 */
async function whileAlive<T>(caller: Caller, call: () => Promise<T>): Promise<T> {
  const activity = caller();
  const check = (): void => {
    if (activity.isOver) throw new ActivityOver(activity.name);
  };
  check();
  try {
    return await call();
  } finally {
    check();
  }
}

/** An extension for SDK clients: calls fail after their caller has ended. */
function endsWithCaller(caller: Caller): ClientExtension {
  return {
    configure(client) {
      const handler = client.httpHandler();
      const handle: HttpHandler['handle'] = async (request, options) =>
        await whileAlive(caller, async () => await handler.handle(request, options));
      // The handler is a class with private state, so its methods must keep their own `this`.
      client.setHttpHandler({
        handle,
        destroy: () => handler.destroy?.(),
        updateHttpClientConfig: (key, value) => handler.updateHttpClientConfig(key, value),
        httpHandlerConfigs: () => handler.httpHandlerConfigs(),
      });
    },
  };
}

/** `fetch` whose calls fail after their caller has ended. */
function fetchWhileAlive(caller: Caller, fetch: Fetch): Fetch {
  return async (url, init) => await whileAlive(caller, async () => await fetch(url, init));
}
