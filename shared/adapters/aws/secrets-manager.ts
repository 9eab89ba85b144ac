import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ChannelSecrets, SecretStore } from '../../domain/delivery.ts';
import type { Clock } from '../../domain/runtime.ts';
import { readAlertsSecret } from '../../events/alerts-secret.ts';
import { call } from './call.ts';
import type { ClientSettings } from './clients/settings.ts';

/** The part of a Secrets Manager client that the adapter uses. */
export type Secrets = Pick<SecretsManagerClient, 'send'>;

/** A client for the cell's secret. */
export function secretsClient(settings: ClientSettings): SecretsManagerClient {
  return new SecretsManagerClient(settings);
}

/** How long the keys are cached, ms. Changed keys take effect after this time. 10,000 reads cost $0.05. */
const FRESH_MS = 300_000;

async function readSecret(secrets: Secrets, secretArn: string): Promise<ChannelSecrets> {
  const answer = await call('GetSecretValue', secrets.send(new GetSecretValueCommand({ SecretId: secretArn })));
  return readAlertsSecret(answer.SecretString);
}

/**
 * The keys of Slack and PagerDuty in one secret, read at most every 5 minutes. A failed read is not cached.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretStore(secrets: Secrets, secretArn: string, clock: Pick<Clock, 'now'>): SecretStore {
  let known: { readonly keys: ChannelSecrets; readonly at: number } | undefined;
  return {
    async read() {
      const now = clock.now();
      if (known === undefined || now - known.at >= FRESH_MS)
        known = { keys: await readSecret(secrets, secretArn), at: now };
      return known.keys;
    },
  };
}
