import type { ConfigInvocation, ConfigRequest, ConfigRuleParameters, RecordedGroup } from '../domain/aws-config.ts';
import { EventUnreadable, InputInvalid } from '../domain/errors.ts';
import type { Group, PortRange } from '../domain/group.ts';
import { readGroup } from './describe/group.ts';
import { groupIdOf } from './ids.ts';
import { type IgnoredEvent, ignore } from './ignored.ts';
import { asFields, asText, type Fields, field, parseJson, textField } from './json.ts';
import { allowOnly, openPart, optionalIn, readIn, type StrictPart, textIn } from './requests/strict-fields.ts';

/** Where and when AWS Config saw a group. */
interface RecordedResource {
  readonly groupId: string;
  readonly account: string;
  readonly region: string;
  /** Capture time of the item, milliseconds since the epoch; EC2 may have moved on since. Absent where the item has none. */
  readonly at?: number;
}

/**
 * What AWS Config's event or item comes to. `group`: the state that was recorded, and what of it could not be read.
 * `gone`: the group was deleted, or is not recorded or in scope any more. `too-large`: the item has to be fetched.
 */
type ConfigReading =
  | (RecordedResource & { readonly kind: 'group'; readonly group: Group; readonly errors: readonly string[] })
  | (RecordedResource & { readonly kind: 'gone' | 'too-large' })
  | IgnoredEvent;

/**
 * Reads the event of an AWS Config custom rule, its notification alone, or a configuration item (as delivered, or from the API, where
 * `configuration` is a JSON text).
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 * @throws EventUnreadable naming the field that cannot be read, and what was expected there. Nothing else, whatever the input.
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
  const seen = recordedResource(item, configuration, path);
  if (isGone(item)) return { ...seen, kind: 'gone' };
  if (configuration === undefined) throw new EventUnreadable(`${path}configuration`, 'an object, or its JSON text');
  const errors: string[] = [];
  const group = readGroup({ ...configuration, groupId: seen.groupId }, `${path}configuration`, errors);
  return { ...seen, kind: 'group', group, errors };
}

/** An object that may be given as its JSON text. */
function openField(fields: Fields, name: string, path: string): Fields | undefined {
  const value = field(fields, name);
  if (typeof value !== 'string') return asFields(value);
  try {
    return asFields(parseJson(value, path));
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    throw new EventUnreadable(path, 'JSON');
  }
}

function recordedResource(item: Fields, configuration: Fields | undefined, path: string): RecordedResource {
  const groupId = groupIdOf(field(item, 'resourceId')) ?? groupIdOf(configuration && field(configuration, 'groupId'));
  if (groupId === undefined)
    throw new EventUnreadable(`${path}resourceId`, 'a security group id such as sg-0123456789abcdef0');
  const at = Date.parse(asText(field(item, 'configurationItemCaptureTime')) ?? '');
  return {
    groupId,
    account: textField(item, 'awsAccountId') ?? textField(item, 'accountId') ?? 'unknown',
    region: textField(item, 'awsRegion') ?? 'unknown',
    ...(Number.isNaN(at) ? {} : { at }),
  };
}

/** Statuses of an item whose resource is gone, or not recorded any more. */
const GONE: ReadonlySet<string> = new Set(['ResourceDeleted', 'ResourceDeletedNotRecorded', 'ResourceNotRecorded']);

function isGone(item: Fields): boolean {
  return GONE.has(textField(item, 'configurationItemStatus') ?? '');
}

function readNotification(notification: Fields, path: string): ConfigReading {
  const summary = asFields(field(notification, 'configurationItemSummary'));
  if (summary !== undefined) {
    const type = textField(summary, 'resourceType');
    if (type !== SECURITY_GROUP) return ignore('other-resource', type ?? 'resource without a type');
    const seen = recordedResource(summary, undefined, `${path}configurationItemSummary.`);
    return { ...seen, kind: isGone(summary) ? 'gone' : 'too-large' };
  }
  const item = asFields(field(notification, 'configurationItem'));
  if (item !== undefined) return readItem(item, `${path}configurationItem.`);
  const type = textField(notification, 'messageType');
  if (type === undefined) throw new EventUnreadable(`${path}messageType`, 'a kind of notification by AWS Config');
  return ignore('other-notification', type);
}

/**
 * Reads what AWS Config calls a custom rule's function with. Parameters are the stack's own, so that none is let pass that is not known.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 * @throws EventUnreadable naming the field that cannot be read, and what was expected there.
 */
export function readConfigRequest(event: unknown): ConfigRequest {
  const fields = asFields(event);
  if (fields === undefined) throw new EventUnreadable('top level', "a custom rule's event");
  const resultToken = textField(fields, 'resultToken');
  if (resultToken === undefined) throw new EventUnreadable('resultToken', "AWS Config's token");
  const invoking = asFields(jsonIn(textField(fields, 'invokingEvent') ?? '', 'invokingEvent'));
  const isScheduled = invoking !== undefined && field(invoking, 'messageType') === 'ScheduledNotification';
  const occasion = isScheduled ? scheduledIn(fields, invoking) : occasionOf(readConfigEvent(event));
  return { invocation: occasion, parameters: parametersOf(fields), resultToken };
}

function jsonIn(text: string, at: string): unknown {
  try {
    return parseJson(text, at);
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    throw new EventUnreadable(at, 'JSON');
  }
}

/** `arn:aws:config:REGION:ACCOUNT:config-rule/…` names the region in which the rule stands, and whose groups it is about. */
function scheduledIn(event: Fields, notification: Fields): ConfigInvocation {
  const at = Date.parse(textField(notification, 'notificationCreationTime') ?? '');
  if (Number.isNaN(at)) throw new EventUnreadable('invokingEvent.notificationCreationTime', 'a time');
  const [, , , region, account] = (textField(event, 'configRuleArn') ?? '').split(':');
  if (!region || !account) throw new EventUnreadable('configRuleArn', "a rule's ARN");
  return { kind: 'scheduled', at, account, region };
}

function occasionOf(reading: ConfigReading): ConfigInvocation {
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

/** What was recorded of a group. A rule that is not understood would be judged as if it were not there. */
function recordedIn(reading: Exclude<ConfigReading, { kind: 'ignored' }>): RecordedGroup {
  const { groupId, account, region } = reading;
  const seen = { groupId, account, region, at: capturedAt(reading) };
  if (reading.kind !== 'group') return seen;
  const [error] = reading.errors;
  if (error !== undefined) throw new EventUnreadable(error, 'a rule as EC2 states it');
  return { ...seen, group: reading.group };
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

/** Reads an item as GetResourceConfigHistory answers it. Throws EventUnreadable. */
export function readConfigItem(item: unknown): RecordedGroup {
  const reading = readConfigEvent(item);
  if (reading.kind === 'group' || reading.kind === 'gone') return recordedIn(reading);
  throw new EventUnreadable('resourceType', "a security group's configuration item");
}
