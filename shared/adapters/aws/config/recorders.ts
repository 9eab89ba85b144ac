import {
  type ConfigServiceClient,
  type ConfigurationRecorder,
  type ConfigurationRecorderStatus,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  type RecordingGroup,
  type RecordingMode,
} from '@aws-sdk/client-config-service';
import type { RecordedTypes, Recorder, Recorders } from '../../../domain/requests/recorder.ts';
import { call } from '../call.ts';

const NOTHING: RecordedTypes = { kind: 'only', types: [] };

/**
 * The strategy decides where there is one; older recorders have none.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html
 */
const aboutOf = (group: RecordingGroup = {}): RecordedTypes => {
  const { recordingStrategy, allSupported, resourceTypes = [], exclusionByResourceTypes } = group;
  const excluded = exclusionByResourceTypes?.resourceTypes ?? [];
  if (recordingStrategy?.useOnly === 'EXCLUSION_BY_RESOURCE_TYPES') return { kind: 'all-but', types: excluded };
  if (allSupported || recordingStrategy?.useOnly === 'ALL_SUPPORTED_RESOURCE_TYPES') return { kind: 'all' };
  return resourceTypes.length === 0 && recordingStrategy === undefined
    ? { kind: 'all' }
    : { kind: 'only', types: resourceTypes };
};

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingMode.html */
const dailyOf = (mode: RecordingMode | undefined): RecordedTypes => {
  const overrides = (frequency: string) =>
    (mode?.recordingModeOverrides ?? []).flatMap((one) =>
      one.recordingFrequency === frequency ? (one.resourceTypes ?? []) : [],
    );
  if (mode?.recordingFrequency === 'DAILY') return { kind: 'all-but', types: overrides('CONTINUOUS') };
  const types = overrides('DAILY');
  return types.length === 0 ? NOTHING : { kind: 'only', types };
};

const faultOf = ({ lastStatus, lastErrorCode, lastErrorMessage }: ConfigurationRecorderStatus): string | undefined =>
  lastStatus === 'Failure' ? [lastErrorCode, lastErrorMessage].filter(Boolean).join(': ') || 'Failure' : undefined;

const recorderOf = (
  { name = 'default', recordingGroup, recordingMode }: ConfigurationRecorder,
  all: readonly ConfigurationRecorderStatus[],
): Recorder => {
  const status = all.find((one) => one.name === name) ?? {};
  const fault = faultOf(status);
  return {
    name,
    isRecording: status.recording ?? false,
    about: aboutOf(recordingGroup),
    daily: dailyOf(recordingMode),
    ...(fault !== undefined && { fault }),
  };
};

/**
 * The account's own recorders: where no name is asked for, those that other services have made for themselves are left out.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigurationRecorders.html
 */
export const recorders = (config: Pick<ConfigServiceClient, 'send' | 'config'>): Recorders => ({
  region: async () => await config.config.region(),
  async list() {
    const [{ ConfigurationRecorders = [] }, { ConfigurationRecordersStatus = [] }] = await Promise.all([
      call('DescribeConfigurationRecorders', config.send(new DescribeConfigurationRecordersCommand({}))),
      call('DescribeConfigurationRecorderStatus', config.send(new DescribeConfigurationRecorderStatusCommand({}))),
    ]);
    return ConfigurationRecorders.map((one) => recorderOf(one, ConfigurationRecordersStatus));
  },
});
