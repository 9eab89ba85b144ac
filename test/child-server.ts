import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How to start a server of another project. */
export interface ServerCommand {
  /** For errors, such as `moto's server`. */
  readonly name: string;
  readonly program: string;
  /** Arguments and environment, given the port of 127.0.0.1 that the server is to listen on. */
  readonly commandFor: (port: number) => { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
  /** A path that responds as soon as the server is ready. */
  readonly readyPath: string;
  /** File for the server's output. Default: the output is dropped. */
  readonly log?: string;
}

/** A server in its own process. */
export interface ChildServer {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Ends the process and waits until it has ended. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

async function untilReady(child: ChildProcess, name: string, url: string): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with code ${child.exitCode} before it was ready`);
    if (performance.now() > deadline) throw new Error(`${name} was not ready within ${START_LIMIT_MS} ms`);
    await sleep(50);
  }
}

/**
 * Starts a server on a free port of 127.0.0.1, and waits until it is ready. Rejects with its name if it does
 * not start.
 */
export async function startChildServer(command: ServerCommand): Promise<ChildServer> {
  const { name, program, commandFor, readyPath, log } = command;
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const { args, env } = commandFor(port);
  const output = log === undefined ? 'ignore' : openSync(log, 'w');
  const child = spawn(program, [...args], { stdio: ['ignore', output, output], env });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  try {
    await untilReady(child, name, `${endpoint}${readyPath}`);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { endpoint, stop };
}
