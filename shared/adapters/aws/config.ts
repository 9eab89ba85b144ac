import {
  type Evaluation as ConfigEvaluation,
  ConfigServiceClient,
  type ConfigurationRecorder,
  type ConfigurationRecorderStatus,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  GetResourceConfigHistoryCommand,
  PutEvaluationsCommand,
  type RecordingGroup,
  type RecordingMode,
} from '@aws-sdk/client-config-service';
import type {
  Compliance,
  Evaluation,
  RecordedGroup,
  RecordedTypes,
  Recorder,
  Recorders,
} from '../../domain/aws-config.ts';
import { CallFailed } from '../../domain/errors.ts';
import { readConfigItem } from '../../events/config.ts';
import { call, chunks } from './call.ts';
import type { ClientSettings } from './clients/settings.ts';

/** Evaluations and recorded items of AWS Config, in the client's region. */
export function compliance(config: ConfigClient): Compliance {
  return {
    put: async (token, evaluations) => putEvaluations(config, token, evaluations),
    itemAt: async (groupId, at) => itemAt(config, groupId, at),
  };
}

/** A client for AWS Config. A rule and its function are in the same region. */
export function configClient(settings: ClientSettings): ConfigServiceClient {
  return new ConfigServiceClient(settings);
}

/** The part of a client for AWS Config that the adapter uses. */
type ConfigClient = Pick<ConfigServiceClient, 'send'>;

/** AWS Config's type of a security group. */
const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html */
const EVALUATIONS_AT_ONCE = 100;

/** Attempts to report an evaluation that AWS Config does not accept. */
const ATTEMPTS = 3;

/** The token for tests of a rule: AWS Config checks the evaluations and stores none. */
const TEST_TOKEN = 'TESTMODE';

function toConfigEvaluation({ groupId, verdict, annotation, at }: Evaluation): ConfigEvaluation {
  return {
    ComplianceResourceType: SECURITY_GROUP,
    ComplianceResourceId: groupId,
    ComplianceType: verdict,
    Annotation: annotation,
    OrderingTimestamp: new Date(at),
  };
}

async function putSome(config: ConfigClient, token: string, some: readonly ConfigEvaluation[]) {
  const command = new PutEvaluationsCommand({
    ResultToken: token,
    Evaluations: [...some],
    ...(token === TEST_TOKEN && { TestMode: true }),
  });
  const { FailedEvaluations = [] } = await call('PutEvaluations', config.send(command));
  return FailedEvaluations;
}

async function putAll(config: ConfigClient, token: string, evaluations: readonly ConfigEvaluation[]): Promise<void> {
  let left = evaluations;
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt += 1) left = await putSome(config, token, left);
  if (left.length === 0) return;
  const ids = left.map(({ ComplianceResourceId }) => ComplianceResourceId).join(', ');
  throw new CallFailed(
    'PutEvaluations',
    'FailedEvaluations',
    true,
    new Error(`AWS Config did not accept the evaluations of ${ids}`),
  );
}

/**
 * Reports evaluations, 100 in a call. Throws CallFailed, also if AWS Config does not accept some in three
 * attempts.
 */
async function putEvaluations(config: ConfigClient, token: string, evaluations: readonly Evaluation[]): Promise<void> {
  for (const part of chunks(evaluations.map(toConfigEvaluation), EVALUATIONS_AT_ONCE))
    await putAll(config, token, part);
}

function itemMissing(groupId: string, at: number): CallFailed {
  const reason = `no item of ${groupId} was captured by ${new Date(at).toISOString()}`;
  return new CallFailed('GetResourceConfigHistory', 'ResourceNotDiscoveredException', true, new Error(reason));
}

/**
 * The newest item of a group that was captured at or before `at` (ms since the epoch). Throws CallFailed,
 * EventUnreadable.
 */
async function itemAt(config: ConfigClient, groupId: string, at: number): Promise<RecordedGroup> {
  const command = new GetResourceConfigHistoryCommand({
    resourceType: SECURITY_GROUP,
    resourceId: groupId,
    laterTime: new Date(at),
    limit: 1,
  });
  const { configurationItems: [item] = [] } = await call('GetResourceConfigHistory', config.send(command));
  if (item === undefined) throw itemMissing(groupId, at);
  return readConfigItem({ ...item, configurationItemCaptureTime: item.configurationItemCaptureTime?.toISOString() });
}

const NOTHING: RecordedTypes = { kind: 'only', types: [] };

/**
 * The types that a recorder records. Its recording strategy decides, if it has one; older recorders have
 * none.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html
 */
function recordedTypes(group: RecordingGroup = {}): RecordedTypes {
  const { recordingStrategy, allSupported, resourceTypes = [], exclusionByResourceTypes } = group;
  const excluded = exclusionByResourceTypes?.resourceTypes ?? [];
  if (recordingStrategy?.useOnly === 'EXCLUSION_BY_RESOURCE_TYPES') return { kind: 'all-but', types: excluded };
  if (allSupported || recordingStrategy?.useOnly === 'ALL_SUPPORTED_RESOURCE_TYPES') return { kind: 'all' };
  return resourceTypes.length === 0 && recordingStrategy === undefined
    ? { kind: 'all' }
    : { kind: 'only', types: resourceTypes };
}

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingMode.html */
function dailyTypes(mode: RecordingMode | undefined): RecordedTypes {
  const overrides = (frequency: string) =>
    (mode?.recordingModeOverrides ?? []).flatMap((one) =>
      one.recordingFrequency === frequency ? (one.resourceTypes ?? []) : [],
    );
  if (mode?.recordingFrequency === 'DAILY') return { kind: 'all-but', types: overrides('CONTINUOUS') };
  const types = overrides('DAILY');
  return types.length === 0 ? NOTHING : { kind: 'only', types };
}

function faultOf({ lastStatus, lastErrorCode, lastErrorMessage }: ConfigurationRecorderStatus): string | undefined {
  return lastStatus === 'Failure'
    ? [lastErrorCode, lastErrorMessage].filter(Boolean).join(': ') || 'Failure'
    : undefined;
}

function recorderOf(
  { name = 'default', recordingGroup, recordingMode }: ConfigurationRecorder,
  all: readonly ConfigurationRecorderStatus[],
): Recorder {
  const status = all.find((one) => one.name === name) ?? {};
  const fault = faultOf(status);
  return {
    name,
    isRecording: status.recording ?? false,
    types: recordedTypes(recordingGroup),
    daily: dailyTypes(recordingMode),
    ...(fault !== undefined && { fault }),
  };
}

/**
 * The account's own recorders. Recorders of AWS services are absent, because AWS Config lists them by name
 * only.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigurationRecorders.html
 */
export function recorders(config: Pick<ConfigServiceClient, 'send' | 'config'>): Recorders {
  return {
    region: async () => await config.config.region(),
    async list() {
      const [{ ConfigurationRecorders = [] }, { ConfigurationRecordersStatus = [] }] = await Promise.all([
        call('DescribeConfigurationRecorders', config.send(new DescribeConfigurationRecordersCommand({}))),
        call('DescribeConfigurationRecorderStatus', config.send(new DescribeConfigurationRecorderStatusCommand({}))),
      ]);
      return ConfigurationRecorders.map((one) => recorderOf(one, ConfigurationRecordersStatus));
    },
  };
}
