import { Account } from './account/account.ts';
import type { Random } from './account/ids.ts';
import type { PublishedMessage } from './account/records.ts';
import { type Background, startBackground } from './background.ts';
import type { TrailEvent } from './cloudtrail/event.ts';
import { trail } from './cloudtrail/trail.ts';
import { configRecorder } from './config-recorder.ts';
import type { Estate } from './estate.ts';
import type { Fault } from './faults.ts';
import { type FunctionHost, functionHost } from './function-host.ts';
import { loadEstate } from './load-estate.ts';
import type { Principals } from './principals.ts';
import type { CallRecord } from './server/call-record.ts';
import { type BeforeCall, dispatcher } from './server/dispatch.ts';
import { listen } from './server/http-server.ts';
import { inspect } from './server/inspect.ts';
import { allServices } from './server/services.ts';

/** How an embedded account is started; everything has a default. */
export interface LocalOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default 111122223333. */
  readonly accountId?: string;
  /** Where the estate goes. Callers name their region in their signature. Default us-east-1. */
  readonly region?: string;
  /** Epoch milliseconds. Default: the machine's clock. */
  readonly clock?: { now(): number };
  /** In [0, 1). Default: Math.random. */
  readonly random?: Random;
  readonly principals?: Principals;
  readonly estate?: Estate;
  readonly faults?: readonly Fault[];
  /** How long after a call CloudTrail's LookupEvents shows it, ms: in AWS up to 15 minutes. Default 0. */
  readonly trailLagMs?: number;
}

/** A running embedded account. The lists are live. */
export interface LocalAccount {
  /** For `AWS_ENDPOINT_URL` or a client's `endpoint`. */
  readonly endpoint: string;
  /** The state machine behind the server. */
  readonly account: Account;
  /** Every call, in the order in which they began. */
  readonly calls: CallRecord[];
  /** Every message published through SNS. */
  readonly messages: readonly PublishedMessage[];
  /** Every CloudTrail event so far, as EventBridge would deliver it. */
  readonly events: readonly TrailEvent[];
  /** Faults to inject: add, remove, replace at any time. */
  readonly faults: Fault[];
  /** Functions that Lambda's Invoke finds. */
  readonly functions: FunctionHost;
  /** What goes on after calls were answered: deliveries, asynchronous invocations. */
  readonly background: Background;
  /** Calls `listener` with each event as it is emitted, before the call it records is answered; returns how to stop. */
  onEvent(listener: (event: TrailEvent) => void): () => void;
  /** Runs `hook` before each call is performed; returns how to stop. */
  beforeCall(hook: BeforeCall): () => void;
  close(): Promise<void>;
}

function subscribe<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => void set.delete(item);
}

/**
 * Starts an AWS account on this machine: an HTTP endpoint on 127.0.0.1 that speaks AWS's wire protocols, so that SDK
 * clients, boto3 and the AWS CLI work unchanged with `AWS_ENDPOINT_URL`. Rejects where the port is taken.
 */
export async function startLocalAccount(options: LocalOptions = {}): Promise<LocalAccount> {
  const account = new Account({
    accountId: options.accountId ?? '111122223333',
    homeRegion: options.region ?? 'us-east-1',
    clock: options.clock ?? Date,
    random: options.random ?? Math.random,
  });
  if (options.estate) loadEstate(account, options.estate);
  const [calls, events, faults]: [CallRecord[], TrailEvent[], Fault[]] = [[], [], [...(options.faults ?? [])]];
  const [hooks, listeners] = [new Set<BeforeCall>(), new Set<(event: TrailEvent) => void>()];
  const background = startBackground();
  const functions = functionHost(account, background);
  const recorder = configRecorder(functions, background);
  const services = allServices(functions, recorder, { events, lagMs: options.trailLagMs ?? 0 });
  const record = trail(account, (event) => {
    events.push(event);
    for (const listener of listeners) listener(event);
  });
  const dispatch = dispatcher({
    account,
    services,
    principals: options.principals ?? {},
    faults,
    calls,
    hooks,
    async record(outcome) {
      await record(outcome);
      recorder.notice(outcome);
    },
  });
  const inspected = { messages: account.messages, events, calls };
  const server = await listen(options.port ?? 0, async (request) => inspect(request, inspected) ?? dispatch(request));
  return {
    endpoint: server.endpoint,
    account,
    calls,
    messages: account.messages,
    events,
    faults,
    functions,
    background,
    onEvent: (listener) => subscribe(listeners, listener),
    beforeCall: (hook) => subscribe(hooks, hook),
    async close() {
      await server.close();
      for (const service of Object.values(services)) await service.close();
    },
  };
}
