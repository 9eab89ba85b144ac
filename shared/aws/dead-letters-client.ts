import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AccountChoice } from './account-client.ts';
import { CLIENT_SETTINGS } from './client-settings.ts';
import type { RedriveClients } from './dead-letters.ts';

/** Clients with a person's credentials. A queue is called where its service is, not where its URL says: that may be an endpoint of its own. */
export const redriveClients = ({ profile, region }: AccountChoice): RedriveClients => {
  const settings = { ...CLIENT_SETTINGS, ...(profile && { profile }), ...(region && { region }) };
  return { sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }), lambda: new LambdaClient(settings) };
};
