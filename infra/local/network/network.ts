import type { HttpHandler } from '@smithy/core/protocols';
import type { RetryStrategyV2 } from '@smithy/types';
import type { Activity } from '../time/clock.ts';
import type { Dispatched, WireRequest } from '../wire/messages.ts';

/** Answers a request; whatever waits for the clock meanwhile waits in this activity. */
export type Serve = (request: WireRequest, activity: Activity) => Promise<Dispatched>;

/** A server that takes requests. */
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

/** What a program on the network calls others with. */
export interface Connection {
  /** Settings for SDK clients. The retry strategy is a new one at each read, so that each client has its own retry quota. */
  readonly clients: {
    readonly requestHandler?: HttpHandler;
    readonly retryStrategy?: RetryStrategyV2;
    readonly extensions?: ClientExtension[];
  };
  readonly fetch: Fetch;
}

/** How the parts of an embedded account reach each other: over sockets, or in this process. */
export interface Network {
  /** Port 0 takes a free one. Rejects if the port is taken. */
  listen(port: number, serve: Serve): Promise<Listening>;
  /**
   * A way to call the servers. `caller` says which activity calls: it waits for its calls, and once it is over they fail. Undefined:
   * somebody outside, for whom time passes during the call.
   */
  connect(caller?: () => Activity): Connection;
}
