import { ConfigServiceClient, type ConfigurationRecorderStatus } from '@aws-sdk/client-config-service';
import { describe, expect, it } from 'vitest';
import { recorders } from '../../../shared/adapters/aws/config/recorders.ts';

/** AWS Config with one recorder in this state. */
const having = (status: ConfigurationRecorderStatus) => {
  const client = new ConfigServiceClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const answer = {
    ConfigurationRecorders: [{ name: 'main', recordingGroup: { allSupported: true } }],
    ConfigurationRecordersStatus: [{ name: 'another', recording: false }, status],
  };
  client.middlewareStack.add(() => async () => ({ output: { $metadata: {}, ...answer }, response: {} }), {
    step: 'initialize',
    name: 'answering',
  });
  return recorders(client);
};

const READ = {
  name: 'main',
  about: { kind: 'all' },
  daily: { kind: 'only', types: [] },
};

describe("AWS Config's recorders", () => {
  it('are told with the state of the same name, in the region of the client', async () => {
    const config = having({ name: 'main', recording: true, lastStatus: 'Success' });
    expect(await config.region()).toBe('eu-west-1');
    expect(await config.list()).toEqual([{ ...READ, isRecording: true }]);
  });

  it('are stopped where nothing is said of their state', async () => {
    expect(await having({ name: 'other', recording: true }).list()).toEqual([{ ...READ, isRecording: false }]);
  });

  it.each([
    [{ lastErrorCode: 'AccessDenied', lastErrorMessage: 'no such bucket' }, 'AccessDenied: no such bucket'],
    [{}, 'Failure'],
  ])('are told with why their last delivery failed: %j', async (error, fault) => {
    const config = having({ name: 'main', recording: true, lastStatus: 'Failure', ...error });
    expect(await config.list()).toEqual([{ ...READ, isRecording: true, fault }]);
  });
});
