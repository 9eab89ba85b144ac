import {
  ConfigServiceClient,
  type ConfigurationRecorder,
  PutConfigurationRecorderCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import { cli } from '../command-line.ts';

const GROUP = 'AWS::EC2::SecurityGroup';

let local: LocalAccount;
let config: ConfigServiceClient;

beforeAll(async () => {
  local = await startLocalAccount({ region: 'eu-west-1' });
  vi.stubEnv('AWS_ENDPOINT_URL', local.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  config = new ConfigServiceClient({ region: 'eu-west-1' });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

function put(more: Omit<ConfigurationRecorder, 'name'>) {
  return config.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder: { name: 'default', ...more } }));
}

function preflight() {
  return cli(['preflight', '--region', 'eu-west-1']);
}

describe('portcullis preflight', () => {
  it('distinguishes a missing recorder, a stopped one and a running one', async () => {
    const none = await preflight();
    expect([none.code, none.err]).toEqual([1, '']);
    expect(none.out).toMatch(
      /does not record security groups in eu-west-1 .*\nThere is no recorder\. Set AWS Config up/,
    );
    await put({ recordingGroup: { allSupported: true } });
    expect(await preflight()).toMatchObject({
      code: 1,
      out: expect.stringContaining('The recorder default is stopped.'),
    });
    await config.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
    expect(await preflight()).toMatchObject({ code: 0, out: expect.stringContaining('-c config=true') });
    await config.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
    expect(await preflight()).toMatchObject({ code: 1 });
    await config.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
  });

  it.each<[string, Omit<ConfigurationRecorder, 'name'>, number]>([
    ['everything, as older recorders say it', { recordingGroup: { allSupported: true } }, 0],
    [
      'everything, by strategy',
      { recordingGroup: { recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' } } },
      0,
    ],
    ['groups by name', { recordingGroup: { allSupported: false, resourceTypes: [GROUP] } }, 0],
    ['other types by name', { recordingGroup: { allSupported: false, resourceTypes: ['AWS::EC2::VPC'] } }, 1],
    [
      'no type at all, by strategy',
      { recordingGroup: { recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' }, resourceTypes: [] } },
      1,
    ],
    [
      'all but groups',
      {
        recordingGroup: {
          recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
          exclusionByResourceTypes: { resourceTypes: [GROUP] },
        },
      },
      1,
    ],
    ['everything once a day', { recordingMode: { recordingFrequency: 'DAILY' } }, 1],
    [
      'other types once a day',
      {
        recordingMode: {
          recordingFrequency: 'DAILY',
          recordingModeOverrides: [{ resourceTypes: [GROUP], recordingFrequency: 'CONTINUOUS' }],
        },
      },
      0,
    ],
    [
      'groups once a day',
      {
        recordingMode: {
          recordingFrequency: 'CONTINUOUS',
          recordingModeOverrides: [{ resourceTypes: [GROUP], recordingFrequency: 'DAILY' }],
        },
      },
      1,
    ],
  ])('knows a recorder of %s', async (_what, recorder, code) => {
    await put(recorder);
    expect(await preflight()).toMatchObject({ code, err: '' });
  });

  it('names the missing permission', async () => {
    local.faults.push({ service: 'config', operation: 'DescribeConfigurationRecorders', kind: 'unauthorized' });
    const { code, err } = await preflight();
    local.faults.splice(0);
    expect([code, err]).toEqual([2, expect.stringContaining('config:DescribeConfigurationRecorders')]);
  });
});
