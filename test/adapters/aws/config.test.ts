import { ConfigServiceClient, type ConfigurationRecorderStatus } from '@aws-sdk/client-config-service';
import { describe, expect, it } from 'vitest';
import { compliance, recorders } from '../../../shared/adapters/aws/config.ts';
import type { Evaluation } from '../../../shared/domain/aws-config.ts';

type Answer = (input: Readonly<Record<string, unknown>>, nth: number) => object;

/** A client whose calls end in the answer in place of the network, and the inputs that were sent. */
function answering(answer: Answer) {
  const client = new ConfigServiceClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const sent: Readonly<Record<string, unknown>>[] = [];
  client.middlewareStack.add(
    () => async (args) => {
      sent.push({ ...args.input });
      return { output: { $metadata: {}, ...answer({ ...args.input }, sent.length) }, response: {} };
    },
    { step: 'initialize', name: 'answering' },
  );
  return { sent, config: compliance(client) };
}

function evaluations(count: number): readonly Evaluation[] {
  return Array.from({ length: count }, (_, index) => ({
    groupId: `sg-${index}`,
    verdict: 'COMPLIANT',
    annotation: 'Nothing found.',
    at: 1000,
  }));
}

function sizes(sent: readonly Readonly<Record<string, unknown>>[]) {
  return sent.map(({ Evaluations }) => (Array.isArray(Evaluations) ? Evaluations.length : 0));
}

describe('what AWS Config is told', () => {
  it('goes in calls of 100 at most, with the token and the time of capture', async () => {
    const { sent, config } = answering(() => ({}));
    await config.put('token', evaluations(250));
    expect(sizes(sent)).toEqual([100, 100, 50]);
    expect(sent[0]).toMatchObject({ ResultToken: 'token' });
    expect(sent[0]).not.toHaveProperty('TestMode');
    expect(Object(sent[0])['Evaluations'][0]).toEqual({
      ComplianceResourceType: 'AWS::EC2::SecurityGroup',
      ComplianceResourceId: 'sg-0',
      ComplianceType: 'COMPLIANT',
      Annotation: 'Nothing found.',
      OrderingTimestamp: new Date(1000),
    });
  });

  it('is kept nowhere where the token is the one of a trial', async () => {
    const { sent, config } = answering(() => ({}));
    await config.put('TESTMODE', evaluations(1));
    expect(sent[0]).toMatchObject({ TestMode: true });
  });

  it('is told again where it was not taken', async () => {
    const { sent, config } = answering(({ Evaluations }, nth) =>
      nth === 1 ? { FailedEvaluations: Object(Evaluations).slice(0, 2) } : {},
    );
    await config.put('token', evaluations(3));
    expect(sizes(sent)).toEqual([3, 2]);
  });

  it('is a fault that names the groups where it is never taken', async () => {
    const { sent, config } = answering(({ Evaluations }) => ({ FailedEvaluations: Evaluations }));
    await expect(config.put('token', evaluations(1))).rejects.toMatchObject({
      code: 'FailedEvaluations',
      retryable: true,
      message: expect.stringContaining('sg-0'),
    });
    expect(sent).toHaveLength(3);
  });
});

describe('an item that was too large to be sent along', () => {
  it('is fetched as it was captured', async () => {
    const at = Date.parse('2026-03-04T05:06:07Z');
    const { sent, config } = answering(() => ({
      configurationItems: [
        {
          accountId: '111122223333',
          awsRegion: 'eu-west-1',
          resourceType: 'AWS::EC2::SecurityGroup',
          resourceId: 'sg-0a1b2c3d',
          configurationItemCaptureTime: new Date(at),
          configurationItemStatus: 'OK',
          configuration: JSON.stringify({ groupId: 'sg-0a1b2c3d', groupName: 'web', ipPermissions: [] }),
        },
      ],
    }));
    expect(await config.itemAt('sg-0a1b2c3d', at)).toMatchObject({ at, region: 'eu-west-1', group: { name: 'web' } });
    expect(sent).toEqual([
      { resourceType: 'AWS::EC2::SecurityGroup', resourceId: 'sg-0a1b2c3d', laterTime: new Date(at), limit: 1 },
    ]);
  });

  it('is asked for again later where AWS Config does not have it', async () => {
    const { config } = answering(() => ({ configurationItems: [] }));
    await expect(config.itemAt('sg-0a1b2c3d', 0)).rejects.toMatchObject({ retryable: true });
  });
});

/** AWS Config with one recorder in this state. */
function having(status: ConfigurationRecorderStatus) {
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
}

const READ = {
  name: 'main',
  types: { kind: 'all' },
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
