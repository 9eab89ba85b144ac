import type {
  ConfigurationRecorder,
  PutConfigurationRecorderRequest,
  RecordingGroup,
  StartConfigurationRecorderRequest,
} from '@aws-sdk/client-config-service';
import { AwsError } from './aws-error.ts';
import type { ConfigRecorderRecord } from './config-records.ts';
import type { Region } from './region.ts';

const nameOf = ({ recorder }: ConfigRecorderRecord): string => recorder.name ?? 'default';

/** PutConfigurationRecorder: makes the recorder, or sets it anew; it records once it is started. Throws MaxNumberOfConfigurationRecordersExceededException. */
export function putConfigurationRecorder({ config }: Region, input: PutConfigurationRecorderRequest): object {
  const recorder: ConfigurationRecorder = { name: 'default', ...input.ConfigurationRecorder };
  const present = config.recorder;
  if (present !== undefined && nameOf(present) !== recorder.name)
    throw new AwsError('MaxNumberOfConfigurationRecordersExceededException', 'There is a recorder already');
  config.recorder = { recorder, recording: present?.recording ?? false };
  return {};
}

function setRecording({ config }: Region, name: string | undefined, recording: boolean): object {
  const present = config.recorder;
  if (present === undefined || nameOf(present) !== name)
    throw new AwsError('NoSuchConfigurationRecorderException', `Cannot find configuration recorder with name ${name}`);
  config.recorder = { ...present, recording };
  return {};
}

/** StartConfigurationRecorder. A delivery channel is not asked for here. Throws NoSuchConfigurationRecorderException. */
export function startConfigurationRecorder(region: Region, input: StartConfigurationRecorderRequest): object {
  return setRecording(region, input.ConfigurationRecorderName, true);
}

/** StopConfigurationRecorder. Throws NoSuchConfigurationRecorderException. */
export function stopConfigurationRecorder(region: Region, input: StartConfigurationRecorderRequest): object {
  return setRecording(region, input.ConfigurationRecorderName, false);
}

/** DescribeConfigurationRecorders, of all. */
export function describeConfigurationRecorders({ config }: Region): object {
  return { ConfigurationRecorders: config.recorder === undefined ? [] : [config.recorder.recorder] };
}

/** DescribeConfigurationRecorderStatus, of all. */
export function describeConfigurationRecorderStatus({ config }: Region): object {
  const { recorder } = config;
  if (recorder === undefined) return { ConfigurationRecordersStatus: [] };
  return { ConfigurationRecordersStatus: [{ name: nameOf(recorder), recording: recorder.recording }] };
}

function includes(group: RecordingGroup | undefined, type: string): boolean {
  if (group?.recordingStrategy?.useOnly === 'EXCLUSION_BY_RESOURCE_TYPES')
    return !(group.exclusionByResourceTypes?.resourceTypes ?? []).some((one) => one === type);
  const types = group?.resourceTypes ?? [];
  return types.length === 0 || group?.allSupported === true || types.some((one) => one === type);
}

/** Whether resources of a type are recorded now. */
export function isRecorded({ config }: Region, type: string): boolean {
  return config.recorder?.recording === true && includes(config.recorder.recorder.recordingGroup, type);
}
