import { EventUnreadable, InputInvalid } from '../../domain/errors.ts';
import type { Group } from '../../domain/group.ts';
import { readGroup } from '../describe/group.ts';
import { asFields, asText, type Fields, field, textField } from '../fields.ts';
import { groupIdOf } from '../ids.ts';
import { parseJson } from '../json-text.ts';

/** Where and when AWS Config saw a group. */
interface Seen {
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
export type ConfigReading =
  | (Seen & { readonly kind: 'group'; readonly group: Group; readonly errors: readonly string[] })
  | (Seen & { readonly kind: 'gone' | 'too-large' })
  | { readonly kind: 'ignored'; readonly reason: string };

/** Statuses of an item whose resource is gone, or not recorded any more. */
const GONE: ReadonlySet<string> = new Set(['ResourceDeleted', 'ResourceDeletedNotRecorded', 'ResourceNotRecorded']);

const isGone = (item: Fields): boolean => GONE.has(textField(item, 'configurationItemStatus') ?? '');

const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

/** An object that may be given as its JSON text. */
const openField = (fields: Fields, name: string, path: string): Fields | undefined => {
  const value = field(fields, name);
  if (typeof value !== 'string') return asFields(value);
  try {
    return asFields(parseJson(value, path));
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    throw new EventUnreadable(path, 'JSON');
  }
};

const seenIn = (item: Fields, configuration: Fields | undefined, path: string): Seen => {
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
};

const readItem = (item: Fields, path: string): ConfigReading => {
  const type = textField(item, 'resourceType');
  if (type !== SECURITY_GROUP)
    return { kind: 'ignored', reason: `${type ?? 'a resource without a type'} is no security group` };
  const configuration = openField(item, 'configuration', `${path}configuration`);
  const seen = seenIn(item, configuration, path);
  if (isGone(item)) return { ...seen, kind: 'gone' };
  if (configuration === undefined) throw new EventUnreadable(`${path}configuration`, 'an object, or its JSON text');
  const errors: string[] = [];
  const group = readGroup({ ...configuration, groupId: seen.groupId }, `${path}configuration`, errors);
  return { ...seen, kind: 'group', group, errors };
};

const readNotification = (notification: Fields, path: string): ConfigReading => {
  const summary = asFields(field(notification, 'configurationItemSummary'));
  if (summary !== undefined) {
    const type = textField(summary, 'resourceType');
    if (type !== SECURITY_GROUP)
      return { kind: 'ignored', reason: `${type ?? 'a resource without a type'} is no security group` };
    const seen = seenIn(summary, undefined, `${path}configurationItemSummary.`);
    return { ...seen, kind: isGone(summary) ? 'gone' : 'too-large' };
  }
  const item = asFields(field(notification, 'configurationItem'));
  if (item !== undefined) return readItem(item, `${path}configurationItem.`);
  const type = textField(notification, 'messageType');
  if (type === undefined) throw new EventUnreadable(`${path}messageType`, 'a kind of notification by AWS Config');
  return { kind: 'ignored', reason: `${type} names no security group` };
};

/**
 * Reads the event of an AWS Config custom rule, its notification alone, or a configuration item (as delivered, or from the API, where
 * `configuration` is a JSON text).
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 * @throws EventUnreadable naming the field that cannot be read, and what was expected there. Nothing else, whatever the input.
 */
export const readConfigEvent = (event: unknown): ConfigReading => {
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
};
