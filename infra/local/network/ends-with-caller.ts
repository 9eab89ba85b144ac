import type { HttpHandler } from '@smithy/core/protocols';
import { type Activity, ActivityOver } from '../time/clock.ts';
import type { ClientExtension, Fetch } from './network.ts';

type Caller = () => Activity;

/** Performs a call for an activity. Throws ActivityOver if the activity has ended before the call, or by the time of its answer. */
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

/** An extension for SDK clients whose calls fail once their caller has ended. */
export function endsWithCaller(caller: Caller): ClientExtension {
  return {
    configure(client) {
      const handler = client.httpHandler();
      const handle: HttpHandler['handle'] = async (request, options) =>
        await whileAlive(caller, async () => await handler.handle(request, options));
      // The handler is a class with private state, so its other methods keep their own `this`.
      client.setHttpHandler({
        handle,
        destroy: () => handler.destroy?.(),
        updateHttpClientConfig: (key, value) => handler.updateHttpClientConfig(key, value),
        httpHandlerConfigs: () => handler.httpHandlerConfigs(),
      });
    },
  };
}

/** The same for `fetch`. */
export function fetchWhileAlive(caller: Caller, fetch: Fetch): Fetch {
  return async (url, init) => await whileAlive(caller, async () => await fetch(url, init));
}
