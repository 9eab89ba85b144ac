import type { ConfigOccasion, ConfigRequest, Recorded, RuleParameters } from '../../domain/compliance.ts';
import { EventUnreadable, InputInvalid } from '../../domain/errors.ts';
import type { PortRange } from '../../domain/rule.ts';
import { asFields, type Fields, field, textField } from '../fields.ts';
import { parseJson } from '../json-text.ts';
import { allowOnly, openPart, optionalIn, readIn, type StrictPart, textIn } from '../requests/command-part.ts';
import { type ConfigReading, readConfigEvent } from './config-item.ts';

const PARAMETERS = 'ruleParameters';

const jsonIn = (text: string, at: string): unknown => {
  try {
    return parseJson(text, at);
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    throw new EventUnreadable(at, 'JSON');
  }
};

const listOf = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

const portRange = (text: string): PortRange | undefined => {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return first !== '' && from <= to && to <= 65_535 ? { from, to } : undefined;
};

const asPorts = (value: unknown): readonly PortRange[] | undefined => {
  const ranges = typeof value === 'string' ? listOf(value).map(portRange) : [];
  const known = ranges.filter((range) => range !== undefined);
  return known.length > 0 && known.length === ranges.length ? known : undefined;
};

const portsIn = (part: StrictPart): readonly PortRange[] =>
  readIn(part, 'ports', asPorts, 'ports and ranges, such as `22, 8000-8100`');

const parametersOf = (event: Fields): RuleParameters => {
  const part = openPart(jsonIn(textField(event, PARAMETERS) ?? '{}', PARAMETERS), PARAMETERS);
  allowOnly(part, ['family', 'controls', 'ports']);
  return {
    family: textIn(part, 'family'),
    ...optionalIn(part, 'controls', (within, name) => listOf(textIn(within, name))),
    ...optionalIn(part, 'ports', portsIn),
  };
};

const capturedAt = ({ at }: { readonly at?: number }): number => {
  if (at === undefined)
    throw new EventUnreadable('configurationItemCaptureTime', 'a time such as 2026-03-04T05:06:07Z');
  return at;
};

const occasionOf = (reading: ConfigReading): ConfigOccasion => {
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
};

/** What was recorded of a group. A rule that is not understood would be judged as if it were not there. */
const recordedIn = (reading: Exclude<ConfigReading, { kind: 'ignored' }>): Recorded => {
  const { groupId, account, region } = reading;
  const seen = { groupId, account, region, at: capturedAt(reading) };
  if (reading.kind !== 'group') return seen;
  const [error] = reading.errors;
  if (error !== undefined) throw new EventUnreadable(error, 'a rule as EC2 states it');
  return { ...seen, group: reading.group };
};

/** `arn:aws:config:REGION:ACCOUNT:config-rule/…` names the region in which the rule stands, and whose groups it is about. */
const scheduledIn = (event: Fields, notification: Fields): ConfigOccasion => {
  const at = Date.parse(textField(notification, 'notificationCreationTime') ?? '');
  if (Number.isNaN(at)) throw new EventUnreadable('invokingEvent.notificationCreationTime', 'a time');
  const [, , , region, account] = (textField(event, 'configRuleArn') ?? '').split(':');
  if (!region || !account) throw new EventUnreadable('configRuleArn', "a rule's ARN");
  return { kind: 'scheduled', at, account, region };
};

/**
 * Reads what AWS Config calls a custom rule's function with. Parameters are the stack's own, so that none is let pass that is not known.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 * @throws EventUnreadable naming the field that cannot be read, and what was expected there.
 */
export const readConfigRequest = (event: unknown): ConfigRequest => {
  const fields = asFields(event);
  if (fields === undefined) throw new EventUnreadable('top level', "a custom rule's event");
  const resultToken = textField(fields, 'resultToken');
  if (resultToken === undefined) throw new EventUnreadable('resultToken', "AWS Config's token");
  const invoking = asFields(jsonIn(textField(fields, 'invokingEvent') ?? '', 'invokingEvent'));
  const isScheduled = invoking !== undefined && field(invoking, 'messageType') === 'ScheduledNotification';
  const occasion = isScheduled ? scheduledIn(fields, invoking) : occasionOf(readConfigEvent(event));
  return { occasion, parameters: parametersOf(fields), resultToken };
};

/** Reads an item as GetResourceConfigHistory answers it. Throws EventUnreadable. */
export const readConfigItem = (item: unknown): Recorded => {
  const reading = readConfigEvent(item);
  if (reading.kind === 'group' || reading.kind === 'gone') return recordedIn(reading);
  throw new EventUnreadable('resourceType', "a security group's configuration item");
};
