import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { regionsOfPartition } from '../../../infra/local/services/ec2/regions.ts';
import { createDefaultVpc } from '../../../infra/local/services/ec2/vpcs.ts';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';

/** moto's own account id, which its tests expect. */
const ACCOUNT_ID = '123456789012';

/** An embedded account that moto's test suite can use as if it were moto's own server. */
export interface ResettableAccount {
  readonly endpoint: string;
  close(): Promise<void>;
}

async function newAccount(): Promise<LocalAccount> {
  const local = await startLocalAccount({ accountId: ACCOUNT_ID, region: 'us-east-1', throttling: 'off' });
  for (const { name } of regionsOfPartition('us-east-1')) createDefaultVpc(local.account.region(name));
  return local;
}

/** Forwards a request to the account, and its response back, unchanged. */
async function forward(endpoint: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const passed = request(new URL(incoming.url ?? '/', endpoint), {
    method: incoming.method ?? 'GET',
    headers: incoming.headers,
  });
  incoming.pipe(passed);
  const [answer]: readonly IncomingMessage[] = await once(passed, 'response');
  outgoing.writeHead(answer?.statusCode ?? 502, answer?.headers);
  answer?.pipe(outgoing);
}

/**
 * Starts an embedded account on a free port of 127.0.0.1, with a default VPC in each region, like a new AWS
 * account. `POST /moto-api/reset`, which moto's tests send before and after each test, replaces it with a new
 * account.
 */
export async function startResettableAccount(): Promise<ResettableAccount> {
  let current = await newAccount();
  const reset = async (): Promise<void> => {
    const old = current;
    current = await newAccount();
    await old.close();
  };
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    if (incoming.url !== '/moto-api/reset') return forward(current.endpoint, incoming, outgoing);
    await reset();
    outgoing.end('{"status": "ok"}');
  };
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((cause: unknown) => {
      outgoing.writeHead(502).end(String(cause));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await current.close();
    },
  };
}
