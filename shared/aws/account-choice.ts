import { CLIENT_SETTINGS, type ClientSettings } from './client-settings.ts';

/** Whose account a person wants to look at; what is not given comes from the environment and the shared configuration files. */
export interface AccountChoice {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

/** Settings of a client with a person's own credentials. */
export const personalSettings = ({
  profile,
  region,
}: AccountChoice): ClientSettings & { readonly profile?: string } => ({
  ...CLIENT_SETTINGS,
  ...(profile && { profile }),
  ...(region && { region }),
});
