import type { ClientSettings } from '../clients/client-settings.ts';

/** How long a client waits, milliseconds. */
interface Timeouts {
  readonly connectionTimeout?: number;
  readonly requestTimeout: number;
}

/** The settings for one attempt with timeouts of its own. A handler that was passed in keeps the timeouts it was made with. */
export function oneAttempt(settings: ClientSettings, timeouts: Timeouts): ClientSettings {
  const { requestHandler, retryStrategy: _, ...rest } = settings;
  return {
    ...rest,
    maxAttempts: 1,
    requestHandler: 'handle' in requestHandler ? requestHandler : { ...requestHandler, ...timeouts },
  };
}
