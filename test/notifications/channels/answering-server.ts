import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';

/** A request as it came. */
interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The connection is broken off in place of an answer. */
  readonly isBroken?: boolean;
  /** There is none. */
  readonly isSilent?: boolean;
}

/** An HTTP server on loopback that gives every request the answer that is set. */
export async function answeringServer() {
  const seen: Seen[] = [];
  let answer: Answer = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      seen.push({ path: request.url ?? '', headers: request.headers, body: text === '' ? '' : JSON.parse(text) });
      if (answer.isBroken) return request.socket.destroy();
      if (answer.isSilent) return undefined;
      return response.writeHead(answer.status ?? 200, { ...answer.headers }).end(answer.body ?? '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    answers: (next: Answer) => {
      answer = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
