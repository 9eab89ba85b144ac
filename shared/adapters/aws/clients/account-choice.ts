import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Environment } from '../../../domain/ports.ts';
import { CLIENT_SETTINGS, type ClientSettings } from './client-settings.ts';
import { proxyAgents } from './proxy.ts';

/** Whose account a person wants to look at; what is not given comes from the environment and the shared configuration files. */
export interface AccountChoice {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  /** Names the proxies. The SDK reads its own variables from the process. */
  readonly environment: Environment;
}

/** A person waits longer than a function may, ms: 1,000 groups come in one answer, and a proxy may be slow to connect. */
const PATIENCE = { connectionTimeout: 10_000, requestTimeout: 30_000 } as const;

/**
 * Settings of a client with a person's own credentials. Behind a proxy, the calls that sign a person in (SSO, STS) take it, too.
 *
 * @throws InputInvalid for a proxy that is none.
 */
export const personalSettings = ({
  profile,
  region,
  environment,
}: AccountChoice): ClientSettings & { readonly profile?: string } => {
  const agents = proxyAgents(environment);
  const requestHandler = { ...CLIENT_SETTINGS.requestHandler, ...PATIENCE, ...agents };
  return {
    ...CLIENT_SETTINGS,
    requestHandler,
    ...(agents && { credentials: defaultProvider({ ...(profile && { profile }), clientConfig: { requestHandler } }) }),
    ...(profile && { profile }),
    ...(region && { region }),
  };
};
