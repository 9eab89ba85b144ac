import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import type { Compliance } from '../../../domain/compliance.ts';
import type { ClientSettings } from '../clients/client-settings.ts';
import { itemAt } from './compliance-item.ts';
import { type Config, putEvaluations } from './compliance-put.ts';

/** AWS Config in the client's region. */
export const compliance = (config: Config): Compliance => ({
  put: async (token, evaluations) => putEvaluations(config, token, evaluations),
  itemAt: async (groupId, at) => itemAt(config, groupId, at),
});

/** A client for AWS Config in the function's own region: a rule's function stands where the rule does. */
export const configClient = (settings: ClientSettings): ConfigServiceClient => new ConfigServiceClient(settings);
