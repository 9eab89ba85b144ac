import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type AccountChoice, personalSettings } from '../clients/account-choice.ts';
import type { RedriveClients } from './dead-letters.ts';

/** Clients with a person's credentials. A queue is called where its service is, not where its URL says: that may be an endpoint of its own. */
export const redriveClients = (choice: AccountChoice): RedriveClients => {
  const settings = personalSettings(choice);
  return {
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient(settings),
    config: new ConfigServiceClient(settings),
  };
};
