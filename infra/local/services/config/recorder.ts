import type {
  ConfigurationItem,
  ConfigurationRecorder,
  GetResourceConfigHistoryRequest,
  PutConfigurationRecorderRequest,
  RecordingGroup,
  StartConfigurationRecorderRequest,
} from '@aws-sdk/client-config-service';
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { GroupRecord } from '../../state/ec2-records.ts';
import { AwsError } from '../../state/operation.ts';
import type { ConfigItemRecord, ConfigRecorderRecord, ConfigRelationship } from '../../state/records.ts';
import { permissionsOf } from '../ec2/describe-rules.ts';
import { groupArn } from '../ec2/security-groups.ts';

function nameOf({ recorder }: ConfigRecorderRecord): string {
  return recorder.name ?? 'default';
}

/**
 * PutConfigurationRecorder: creates or replaces the recorder, which records once it is started. Throws
 * MaxNumberOfConfigurationRecordersExceededException.
 */
export function putConfigurationRecorder({ config }: Region, input: PutConfigurationRecorderRequest): object {
  const recorder: ConfigurationRecorder = { name: 'default', ...input.ConfigurationRecorder };
  const present = config.recorder;
  if (present !== undefined && nameOf(present) !== recorder.name)
    throw new AwsError(
      'MaxNumberOfConfigurationRecordersExceededException',
      'The account has a configuration recorder already.',
    );
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

/**
 * StartConfigurationRecorder. A delivery channel is not required. Throws
 * NoSuchConfigurationRecorderException.
 */
export function startConfigurationRecorder(region: Region, input: StartConfigurationRecorderRequest): object {
  return setRecording(region, input.ConfigurationRecorderName, true);
}

/** StopConfigurationRecorder. Throws NoSuchConfigurationRecorderException. */
export function stopConfigurationRecorder(region: Region, input: StartConfigurationRecorderRequest): object {
  return setRecording(region, input.ConfigurationRecorderName, false);
}

/** DescribeConfigurationRecorders: all recorders. */
export function describeConfigurationRecorders({ config }: Region): object {
  return { ConfigurationRecorders: config.recorder === undefined ? [] : [config.recorder.recorder] };
}

/** DescribeConfigurationRecorderStatus: of all recorders. */
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

/** Whether the recorder records resources of the type now. */
export function isRecorded({ config }: Region, type: string): boolean {
  return config.recorder?.recording === true && includes(config.recorder.recorder.recordingGroup, type);
}

/** The only recorded resource type. */
export const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

function lowerFirst(key: string): string {
  return key.charAt(0).toLowerCase() + key.slice(1);
}

/** A value of EC2's API in AWS Config's spelling: keys begin with a lower-case letter. */
function lowerCamelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCamelKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [lowerFirst(key), lowerCamelKeys(inner)]));
}

/** AWS Config has IPv4 sources twice: with descriptions in `ipv4Ranges`, and without them in `ipRanges`. */
function permission({ IpRanges = [], ...others }: IpPermission): object {
  return {
    ...Object(lowerCamelKeys(others)),
    ipv4Ranges: lowerCamelKeys(IpRanges),
    ipRanges: IpRanges.map(({ CidrIp }) => CidrIp),
  };
}

function configurationOf(region: Region, group: GroupRecord, tags: ConfigItemRecord['tags']): object {
  const rules = [...region.rules.values()].filter(({ groupId }) => groupId === group.id);
  const towards = (direction: string) =>
    permissionsOf(
      region,
      rules.filter((rule) => rule.direction === direction),
    ).map(permission);
  return {
    description: group.description,
    groupName: group.name,
    ipPermissions: towards('ingress'),
    ownerId: region.account.id,
    groupId: group.id,
    ipPermissionsEgress: towards('egress'),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    vpcId: group.vpcId,
  };
}

function relationshipsOf(region: Region, { id, vpcId }: GroupRecord): readonly ConfigRelationship[] {
  const interfaces = [...region.interfaces.values()].filter(({ groupIds }) => groupIds.includes(id));
  return [
    ...interfaces.map((one) => ({
      resourceType: 'AWS::EC2::NetworkInterface',
      resourceId: one.id,
      name: 'Is associated with NetworkInterface',
    })),
    { resourceType: 'AWS::EC2::VPC', resourceId: vpcId, name: 'Is contained in Vpc' },
  ];
}

function currentItem(region: Region, group: GroupRecord): Omit<ConfigItemRecord, 'at' | 'status'> {
  const tags = Object.fromEntries(region.tags.get(group.id) ?? []);
  const configuration = JSON.stringify(configurationOf(region, group, tags));
  return { groupId: group.id, name: group.name, tags, configuration, relationships: relationshipsOf(region, group) };
}

function contentOf({ configuration, relationships }: Pick<ConfigItemRecord, 'configuration' | 'relationships'>) {
  return JSON.stringify([configuration, relationships]);
}

function nextItem(region: Region, id: string): ConfigItemRecord | undefined {
  const last = region.config.items.get(id)?.at(-1);
  const group = region.groups.get(id);
  // Items of one group have distinct times, because evaluations are ordered by them.
  const at = Math.max(region.account.clock.now(), (last?.at ?? 0) + 1);
  if (group === undefined) {
    if (last === undefined || last.status === 'ResourceDeleted') return undefined;
    return { ...last, at, status: 'ResourceDeleted', configuration: 'null', relationships: [] };
  }
  const now = currentItem(region, group);
  if (last === undefined) return { ...now, at, status: 'ResourceDiscovered' };
  return contentOf(last) === contentOf(now) ? undefined : { ...now, at, status: 'OK' };
}

/**
 * Records each group that has changed since its last item. Returns the new items; none if groups are not
 * recorded.
 */
export function recordItems(region: Region): readonly ConfigItemRecord[] {
  const { items } = region.config;
  if (!isRecorded(region, SECURITY_GROUP)) return [];
  return [...new Set([...items.keys(), ...region.groups.keys()])].flatMap((id) => {
    const item = nextItem(region, id);
    if (item === undefined) return [];
    items.set(id, [...(items.get(id) ?? []), item]);
    return [item];
  });
}

/** An item in the event for a rule's function. */
export function deliveredItem(region: Region, item: ConfigItemRecord): object {
  return {
    relatedEvents: [],
    relationships: item.relationships.map((one) => ({ ...one, resourceName: null })),
    configuration: JSON.parse(item.configuration),
    supplementaryConfiguration: {},
    tags: item.tags,
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: new Date(item.at).toISOString(),
    configurationStateId: item.at,
    awsAccountId: region.account.id,
    configurationItemStatus: item.status,
    resourceType: SECURITY_GROUP,
    resourceId: item.groupId,
    resourceName: item.name,
    ARN: groupArn(region, item.groupId),
    awsRegion: region.name,
    availabilityZone: 'Not Applicable',
    configurationStateMd5Hash: '',
    resourceCreationTime: null,
  };
}

/**
 * The summary that replaces an item too large for a notification.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 */
export function itemSummary(region: Region, item: ConfigItemRecord): object {
  const { status, at, groupId, name } = item;
  const changes = { ResourceDiscovered: 'CREATE', OK: 'UPDATE', ResourceDeleted: 'DELETE' } as const;
  return {
    changeType: changes[status],
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: new Date(at).toISOString(),
    configurationStateId: at,
    awsAccountId: region.account.id,
    configurationItemStatus: status,
    resourceType: SECURITY_GROUP,
    resourceId: groupId,
    resourceName: name,
    ARN: groupArn(region, groupId),
    awsRegion: region.name,
    availabilityZone: 'Not Applicable',
    configurationStateMd5Hash: '',
    resourceCreationTime: null,
  };
}

function answeredItem(region: Region, item: ConfigItemRecord): ConfigurationItem {
  return {
    version: '1.3',
    accountId: region.account.id,
    configurationItemCaptureTime: new Date(item.at),
    configurationItemStatus: item.status,
    configurationStateId: String(item.at),
    arn: groupArn(region, item.groupId),
    resourceType: SECURITY_GROUP,
    resourceId: item.groupId,
    resourceName: item.name,
    awsRegion: region.name,
    tags: item.tags,
    relationships: item.relationships.map(({ name, resourceId }) => ({
      relationshipName: name,
      resourceId,
    })),
    ...(item.configuration !== 'null' && { configuration: item.configuration }),
  };
}

/**
 * GetResourceConfigHistory: newest first, in one page. Throws ResourceNotDiscoveredException.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html
 */
export function getResourceConfigHistory(region: Region, input: GetResourceConfigHistoryRequest): object {
  const { resourceType, resourceId = '', laterTime, earlierTime, chronologicalOrder, limit } = input;
  const items = resourceType === SECURITY_GROUP ? region.config.items.get(resourceId) : undefined;
  if (items === undefined)
    throw new AwsError(
      'ResourceNotDiscoveredException',
      `Resource ${resourceId} of type ${resourceType} has not been recorded`,
    );
  const [from, until] = [earlierTime?.getTime() ?? 0, laterTime?.getTime() ?? Number.POSITIVE_INFINITY];
  const within = items.filter(({ at }) => from <= at && at <= until);
  const ordered = chronologicalOrder === 'Forward' ? within : within.toReversed();
  return { configurationItems: ordered.slice(0, limit || 10).map((item) => answeredItem(region, item)) };
}
