import type { HttpHandler } from '@smithy/core/protocols';
import type { RetryStrategyV2 } from '@smithy/types';
import type { Activity } from '../time/clock.ts';
import type { Dispatched, WireRequest } from '../wire/messages.ts';

/** Answers a request. Waits during the request belong to the activity. */
export type Serve = (request: WireRequest, activity: Activity) => Promise<Dispatched>;

/** A listening server. */
export interface Listening {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Breaks open connections and frees the port. */
  close(): Promise<void>;
}

/** The part of `fetch` that is used. */
export type Fetch = (url: URL | string, init?: RequestInit) => Promise<Response>;

/** What an extension of an SDK client can change. */
interface ExtensibleClient {
  httpHandler(): HttpHandler;
  setHttpHandler(handler: HttpHandler): void;
}

/** An extension of SDK clients. */
export interface ClientExtension {
  configure(client: ExtensibleClient): void;
}

/** What a program on the network calls servers with. */
export interface Connection {
  /**
   * Settings for SDK clients. Each read creates a new retry strategy, so that each client has its own retry
   * quota.
   */
  readonly clients: {
    readonly requestHandler?: HttpHandler;
    readonly retryStrategy?: RetryStrategyV2;
    readonly extensions?: ClientExtension[];
  };
  readonly fetch: Fetch;
}

/** How the parts of an embedded account reach each other: over sockets or in this process. */
export interface Network {
  /** Port 0 selects a free port. Rejects if the port is taken. */
  listen(port: number, serve: Serve): Promise<Listening>;
  /**
   * Returns the means to call servers. `caller` is the activity that calls: it waits for its calls, and after
   * its end they fail. Without `caller`, time passes during a call.
   */
  connect(caller?: () => Activity): Connection;
}
