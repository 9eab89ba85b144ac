import { GetResourceConfigHistoryCommand } from '@aws-sdk/client-config-service';
import type { Recorded } from '../../../domain/compliance.ts';
import { CallFailed } from '../../../domain/errors.ts';
import { readConfigItem } from '../../../events/config/config-event.ts';
import { call } from '../call.ts';
import { type Config, SECURITY_GROUP } from './compliance-put.ts';

const notThere = (groupId: string, at: number): CallFailed => {
  const reason = `no item of ${groupId} was captured by ${new Date(at).toISOString()}`;
  return new CallFailed('GetResourceConfigHistory', 'ResourceNotDiscoveredException', true, new Error(reason));
};

/** The newest item of a group that was captured by then (milliseconds since the epoch). Throws CallFailed, EventUnreadable. */
export const itemAt = async (config: Config, groupId: string, at: number): Promise<Recorded> => {
  const command = new GetResourceConfigHistoryCommand({
    resourceType: SECURITY_GROUP,
    resourceId: groupId,
    laterTime: new Date(at),
    limit: 1,
  });
  const { configurationItems: [item] = [] } = await call('GetResourceConfigHistory', config.send(command));
  if (item === undefined) throw notThere(groupId, at);
  return readConfigItem({ ...item, configurationItemCaptureTime: item.configurationItemCaptureTime?.toISOString() });
};
