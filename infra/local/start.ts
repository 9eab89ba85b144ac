import type { Random } from '../../shared/domain/runtime.ts';
import { type Background, startBackground } from './delivery/background.ts';
import { type FunctionHost, functionHost } from './delivery/functions.ts';
import { type BeforeCall, type CallRecord, dispatcher } from './dispatch.ts';
import type { Estate } from './estate/estate.ts';
import { loadEstate } from './estate/load-estate.ts';
import type { Fault } from './faults.ts';
import { httpNetwork } from './network/http.ts';
import { InProcessNetwork } from './network/in-process.ts';
import type { Connection, Network, Serve } from './network/network.ts';
import { type TrailEvent, trail } from './services/cloudtrail/trail.ts';
import { configRecorder } from './services/config/service.ts';
import { type Ec2Throttle, ec2Throttle } from './services/ec2/throttle.ts';
import { createServices } from './services/registry.ts';
import { Account } from './state/account.ts';
import type { Principals } from './state/principals.ts';
import type { PublishedMessage } from './state/records.ts';
import type { Activity, LocalClock } from './time/clock.ts';
import { machineClock, machineRandom } from './time/machine.ts';
import type { Reply, WireRequest } from './wire/messages.ts';

/** Options of an embedded account; each has a default. */
export interface LocalOptions {
  /** Default: 0, which selects a free port. */
  readonly port?: number;
  /** Default 111122223333. */
  readonly accountId?: string;
  /** Region of the estate. Callers name their region in their signature. Default: us-east-1. */
  readonly region?: string;
  /** Default: the machine's clock. */
  readonly clock?: LocalClock;
  /** In [0, 1). Default: the machine's randomness. */
  readonly random?: Random;
  /** How clients reach the account: over sockets, or from this process only. Default: `http`. */
  readonly transport?: 'http' | 'in-process';
  readonly principals?: Principals;
  readonly estate?: Estate;
  readonly faults?: readonly Fault[];
  /** Whether EC2's rate limits apply. Default: `as-in-aws`. */
  readonly throttling?: Ec2Throttle['mode'];
  /**
   * Delay after a call until CloudTrail's LookupEvents shows it, in ms. In AWS it is up to 15 minutes.
   * Default: 0.
   */
  readonly trailLagMs?: number;
}

/** The caller of a client. */
interface CallerOptions {
  readonly accessKeyId: string;
  /** Default: the account's home region. */
  readonly region?: string;
  /** The activity that calls. Undefined: a caller outside, for whom time passes during the call. */
  readonly caller?: () => Activity;
}

/** Settings for SDK clients of the embedded account. */
export type LocalClientSettings = Connection['clients'] & {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** A running embedded account. The lists are live. */
export interface LocalAccount {
  /** For `AWS_ENDPOINT_URL` or a client's `endpoint`. */
  readonly endpoint: string;
  /** The state machine behind the server. */
  readonly account: Account;
  readonly clock: LocalClock;
  /** The network of the account and of the fake channels. */
  readonly network: Network;
  /** Settings for SDK clients. Spread them for each client, so that each client has its own retry quota. */
  clientSettings(options: CallerOptions): LocalClientSettings;
  /** Every call, in the order in which calls began. */
  readonly calls: CallRecord[];
  /** Every message published through SNS. */
  readonly messages: readonly PublishedMessage[];
  /** Every CloudTrail event so far, in EventBridge's form. */
  readonly events: readonly TrailEvent[];
  /** Faults to inject. They can be added, removed and replaced at any time. */
  readonly faults: Fault[];
  /** EC2's rate limits. They can be turned off and on at any time. */
  readonly throttle: Ec2Throttle;
  /** Functions that Lambda's Invoke finds. */
  readonly functions: FunctionHost;
  /** Work that continues after calls were answered: deliveries and asynchronous invocations. */
  readonly background: Background;
  /**
   * Calls `listener` with each event before the event's call is answered. Returns a function that
   * unsubscribes.
   */
  onEvent(listener: (event: TrailEvent) => void): () => void;
  /** Runs `hook` before each call is performed. Returns a function that removes it. */
  beforeCall(hook: BeforeCall): () => void;
  /** Gives up pending retries, waits for work in progress, and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts an AWS account on this machine: an HTTP endpoint on 127.0.0.1 that speaks AWS's wire protocols. SDK
 * clients, boto3 and the AWS CLI work unchanged with `AWS_ENDPOINT_URL`. Rejects if the port is taken.
 */
export async function startLocalAccount(options: LocalOptions = {}): Promise<LocalAccount> {
  const { serve, hooks, listeners, services, ...inside } = accountWithoutServer(options);
  const { account, background } = inside;
  const network = networkOf(account, options.transport);
  const server = await network.listen(options.port ?? 0, serve);
  return {
    ...inside,
    endpoint: server.endpoint,
    clock: account.clock,
    network,
    clientSettings: ({ accessKeyId, region = account.homeRegion, caller }) =>
      withClients(network.connect(caller).clients, {
        endpoint: server.endpoint,
        region,
        credentials: { accessKeyId, secretAccessKey: 'not-checked' },
      }),
    messages: account.messages,
    onEvent: (listener) => subscribe(listeners, listener),
    beforeCall: (hook) => subscribe(hooks, hook),
    async close() {
      await background.stop();
      await server.close();
      for (const service of services) await service.close();
    },
  };
}

/** An account without a server. */
function accountWithoutServer(options: LocalOptions) {
  const account = newAccount(options);
  const [calls, events, faults]: [CallRecord[], TrailEvent[], Fault[]] = [[], [], [...(options.faults ?? [])]];
  const [hooks, listeners] = [new Set<BeforeCall>(), new Set<(event: TrailEvent) => void>()];
  const throttle = ec2Throttle(options.throttling ?? 'as-in-aws', () => account.clock.now());
  const background = startBackground(account);
  const functions = functionHost(account, background);
  const recorder = configRecorder(functions, background);
  const services = createServices({
    functions,
    recorder,
    history: { events, lagMs: options.trailLagMs ?? 0 },
  });
  const record = trail(account, (event) => {
    events.push(event);
    for (const listener of listeners) listener(event);
  });
  const dispatch = dispatcher({
    account,
    services,
    principals: options.principals ?? {},
    faults,
    throttle,
    calls,
    hooks,
    async record(outcome) {
      await record(outcome);
      recorder.recordChanges(outcome);
    },
  });
  const inspected = { messages: account.messages, events, calls };
  const serve: Serve = async (request, activity) => inspect(request, inspected) ?? (await dispatch(request, activity));
  return { account, calls, events, faults, throttle, hooks, listeners, background, functions, services, serve };
}

function newAccount({ accountId, region, clock, random, estate }: LocalOptions): Account {
  const account = new Account({
    accountId: accountId ?? '111122223333',
    homeRegion: region ?? 'us-east-1',
    clock: clock ?? machineClock,
    random: random ?? machineRandom,
  });
  if (estate) loadEstate(account, estate);
  return account;
}

function networkOf({ clock, random }: Account, transport: LocalOptions['transport']): Network {
  return transport === 'in-process' ? new InProcessNetwork({ clock, random }) : httpNetwork(clock);
}

/** The settings combined with those of a connection. Getters stay getters. */
function withClients<T extends object>(clients: Connection['clients'], settings: T): Connection['clients'] & T {
  return Object.defineProperties({ ...settings }, Object.getOwnPropertyDescriptors(clients));
}

function subscribe<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => void set.delete(item);
}

/** What the account shows of itself over HTTP, besides AWS's own protocols. */
interface Inspected {
  readonly messages: readonly object[];
  readonly events: readonly object[];
  readonly calls: readonly object[];
}

/**
 * Answers `GET /_portcullis/messages`, `/events` and `/calls` as JSON arrays; `undefined` for every other
 * request.
 */
function inspect(request: WireRequest, inspected: Inspected): Reply | undefined {
  const name = /^\/_portcullis\/(messages|events|calls)$/.exec(request.url)?.[1];
  const shown = Object.entries(inspected).find(([key]) => key === name)?.[1];
  if (request.method !== 'GET' || !shown) return undefined;
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(shown) };
}
