import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running moto server. */
export interface MotoServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 30_000;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return address.port;
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/moto-api/`).then(
    () => true,
    () => false,
  );
}

async function untilUp(child: ChildProcess, endpoint: string): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await answers(endpoint))) {
    if (child.exitCode !== null) throw new Error(`moto's server ended with code ${child.exitCode} before it was up`);
    if (performance.now() > deadline) throw new Error(`moto's server was not up within ${START_LIMIT_MS} ms`);
    await sleep(100);
  }
}

/** Starts moto's server on a free port of 127.0.0.1. Rejects where it does not come up. */
export async function startMoto(python: string): Promise<MotoServer> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  await untilUp(child, endpoint);
  return {
    endpoint,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}
