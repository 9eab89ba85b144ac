import type { ConfigInvocation, ConfigRequest, ConfigRuleParameters, RecordedGroup } from '../domain/aws-config.ts';
import { EventUnreadable, InputInvalid } from '../domain/errors.ts';
import type { Group, PortRange } from '../domain/group.ts';
import { readGroup } from './describe/group.ts';
import { A_GROUP_ID, groupIdOf } from './ids.ts';
import { type IgnoredEvent, ignore } from './ignored.ts';
import { asFields, asText, type Fields, field, parseJson, textField } from './json.ts';
import { allowOnly, openPart, optionalIn, readIn, type StrictPart, textIn } from './requests/strict-fields.ts';

/** A group that AWS Config recorded. */
interface RecordedResource {
  readonly groupId: string;
  readonly account: string;
  readonly region: string;
  /** Capture time of the item, milliseconds since the epoch. Absent if the item has no capture time. */
  readonly at?: number;
}

/**
 * The result of reading an event or item of AWS Config. `group`: the recorded state, and messages about
 * unreadable parts. `gone`: the group was deleted, or is no longer recorded or in scope. `too-large`: the
 * item must be fetched.
 */
type ConfigReading =
  | (RecordedResource & { readonly kind: 'group'; readonly group: Group; readonly errors: readonly string[] })
  | (RecordedResource & { readonly kind: 'gone' | 'too-large' })
  | IgnoredEvent;

/**
 * Reads the event of an AWS Config custom rule, only its notification, or a configuration item. An item of
 * the API has a JSON text as `configuration`.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 * @throws EventUnreadable if a field cannot be read. The error names the field and what was expected. No
 * input causes another error.
 */
export function readConfigEvent(event: unknown): ConfigReading {
  const fields = asFields(event);
  if (fields === undefined)
    throw new EventUnreadable('top level', "a custom rule's event or a configuration item of AWS Config");
  if (field(fields, 'resourceType') !== undefined) return readItem(fields, '');
  if (field(fields, 'invokingEvent') === undefined) return readNotification(fields, '');
  const notification = openField(fields, 'invokingEvent', 'invokingEvent');
  if (notification === undefined) throw new EventUnreadable('invokingEvent', 'a JSON object');
  const reading = readNotification(notification, 'invokingEvent.');
  if (field(fields, 'eventLeftScope') !== true || !('groupId' in reading)) return reading;
  const { groupId, account, region, at } = reading;
  return { kind: 'gone', groupId, account, region, ...(at === undefined ? {} : { at }) };
}

const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

function readItem(item: Fields, path: string): ConfigReading {
  const type = textField(item, 'resourceType');
  if (type !== SECURITY_GROUP) return ignore('other-resource', type ?? 'resource without a type');
  const configuration = openField(item, 'configuration', `${path}configuration`);
  const recorded = recordedResource(item, configuration, path);
  if (isGone(item)) return { ...recorded, kind: 'gone' };
  if (configuration === undefined) throw new EventUnreadable(`${path}configuration`, 'an object, or its JSON text');
  const errors: string[] = [];
  const group = readGroup({ ...configuration, groupId: recorded.groupId }, `${path}configuration`, errors);
  return { ...recorded, kind: 'group', group, errors };
}

/** A field that is an object or the JSON text of an object. */
function openField(fields: Fields, name: string, path: string): Fields | undefined {
  const value = field(fields, name);
  return asFields(typeof value === 'string' ? jsonIn(value, path) : value);
}

function recordedResource(item: Fields, configuration: Fields | undefined, path: string): RecordedResource {
  const groupId = groupIdOf(field(item, 'resourceId')) ?? groupIdOf(configuration && field(configuration, 'groupId'));
  if (groupId === undefined) throw new EventUnreadable(`${path}resourceId`, A_GROUP_ID);
  const at = Date.parse(asText(field(item, 'configurationItemCaptureTime')) ?? '');
  return {
    groupId,
    account: textField(item, 'awsAccountId') ?? textField(item, 'accountId') ?? 'unknown',
    region: textField(item, 'awsRegion') ?? 'unknown',
    ...(Number.isNaN(at) ? {} : { at }),
  };
}

/** Statuses of an item whose resource was deleted or is no longer recorded. */
const GONE: ReadonlySet<string> = new Set(['ResourceDeleted', 'ResourceDeletedNotRecorded', 'ResourceNotRecorded']);

function isGone(item: Fields): boolean {
  return GONE.has(textField(item, 'configurationItemStatus') ?? '');
}

function readNotification(notification: Fields, path: string): ConfigReading {
  const summary = asFields(field(notification, 'configurationItemSummary'));
  if (summary !== undefined) {
    const type = textField(summary, 'resourceType');
    if (type !== SECURITY_GROUP) return ignore('other-resource', type ?? 'resource without a type');
    const recorded = recordedResource(summary, undefined, `${path}configurationItemSummary.`);
    return { ...recorded, kind: isGone(summary) ? 'gone' : 'too-large' };
  }
  const item = asFields(field(notification, 'configurationItem'));
  if (item !== undefined) return readItem(item, `${path}configurationItem.`);
  const type = textField(notification, 'messageType');
  if (type === undefined) throw new EventUnreadable(`${path}messageType`, 'a kind of notification by AWS Config');
  return ignore('other-notification', type);
}

/**
 * Reads the event with which AWS Config invokes the function of a custom rule. The stack sets the rule's
 * parameters, so an unknown parameter is an error.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 * @throws EventUnreadable if a field cannot be read. The error names the field and what was expected.
 */
export function readConfigRequest(event: unknown): ConfigRequest {
  const fields = asFields(event);
  if (fields === undefined) throw new EventUnreadable('top level', "a custom rule's event");
  const resultToken = textField(fields, 'resultToken');
  if (resultToken === undefined) throw new EventUnreadable('resultToken', "AWS Config's token");
  const invoking = asFields(jsonIn(textField(fields, 'invokingEvent') ?? '', 'invokingEvent'));
  const isScheduled = invoking !== undefined && field(invoking, 'messageType') === 'ScheduledNotification';
  const invocation = isScheduled ? scheduledIn(fields, invoking) : invocationOf(readConfigEvent(event));
  return { invocation, parameters: parametersOf(fields), resultToken };
}

function jsonIn(text: string, at: string): unknown {
  try {
    return parseJson(text, at);
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    throw new EventUnreadable(at, 'JSON');
  }
}

/** `arn:aws:config:REGION:ACCOUNT:config-rule/…` has the region and account of the groups. */
function scheduledIn(event: Fields, notification: Fields): ConfigInvocation {
  const at = Date.parse(textField(notification, 'notificationCreationTime') ?? '');
  if (Number.isNaN(at)) throw new EventUnreadable('invokingEvent.notificationCreationTime', 'a time');
  const [, , , region, account] = (textField(event, 'configRuleArn') ?? '').split(':');
  if (!region || !account) throw new EventUnreadable('configRuleArn', "a rule's ARN");
  return { kind: 'scheduled', at, account, region };
}

function invocationOf(reading: ConfigReading): ConfigInvocation {
  switch (reading.kind) {
    case 'ignored':
      return reading;
    case 'too-large':
      return { ...reading, kind: 'too-large', at: capturedAt(reading) };
    case 'group':
    case 'gone':
      return { kind: 'item', ...recordedIn(reading) };
    default:
      return reading satisfies never;
  }
}

function capturedAt({ at }: { readonly at?: number }): number {
  if (at === undefined)
    throw new EventUnreadable('configurationItemCaptureTime', 'a time such as 2026-03-04T05:06:07Z');
  return at;
}

/** The recorded state of a group. With an unreadable rule, the group could wrongly count as compliant. */
function recordedIn(reading: Exclude<ConfigReading, { kind: 'ignored' }>): RecordedGroup {
  const { groupId, account, region } = reading;
  const recorded = { groupId, account, region, at: capturedAt(reading) };
  if (reading.kind !== 'group') return recorded;
  const [error] = reading.errors;
  if (error !== undefined) throw new EventUnreadable(error, 'a rule as EC2 states it');
  return { ...recorded, group: reading.group };
}

const PARAMETERS = 'ruleParameters';

function parametersOf(event: Fields): ConfigRuleParameters {
  const part = openPart(jsonIn(textField(event, PARAMETERS) ?? '{}', PARAMETERS), PARAMETERS);
  allowOnly(part, ['family', 'controls', 'ports']);
  return {
    family: textIn(part, 'family'),
    ...optionalIn(part, 'controls', (within, name) => listOf(textIn(within, name))),
    ...optionalIn(part, 'ports', portsIn),
  };
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}

function portsIn(part: StrictPart): readonly PortRange[] {
  return readIn(part, 'ports', asPorts, 'ports and ranges, such as `22, 8000-8100`');
}

function asPorts(value: unknown): readonly PortRange[] | undefined {
  const ranges = typeof value === 'string' ? listOf(value).map(portRange) : [];
  const known = ranges.filter((range) => range !== undefined);
  return known.length > 0 && known.length === ranges.length ? known : undefined;
}

function portRange(text: string): PortRange | undefined {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return first !== '' && from <= to && to <= 65_535 ? { from, to } : undefined;
}

/** Reads an item of GetResourceConfigHistory. Throws EventUnreadable if it is not a security group's item. */
export function readConfigItem(item: unknown): RecordedGroup {
  const reading = readConfigEvent(item);
  if (reading.kind === 'group' || reading.kind === 'gone') return recordedIn(reading);
  throw new EventUnreadable('resourceType', "a security group's configuration item");
}
