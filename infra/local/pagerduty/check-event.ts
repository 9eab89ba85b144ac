import { isObject } from '../slack/shape.ts';

type Fields = Readonly<Record<string, unknown>>;

const ACTIONS: ReadonlySet<unknown> = new Set(['trigger', 'acknowledge', 'resolve']);
const SEVERITIES: ReadonlySet<unknown> = new Set(['critical', 'error', 'warning', 'info']);

/** A timestamp of ISO 8601 with date and time. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

const KEY_LENGTH = 32;

const partOf = (fields: Fields, name: string): Fields => {
  const value = fields[name];
  return isObject(value) ? value : {};
};

const blank = (value: unknown): boolean => typeof value !== 'string' || value.trim() === '';

const keyProblems = ({ routing_key: key }: Fields): readonly string[] => {
  if (blank(key)) return ["'routing_key' is missing or blank"];
  return String(key).length === KEY_LENGTH
    ? []
    : [`Length of 'routing_key' is incorrect (should be ${KEY_LENGTH} characters)`];
};

const needed = (fields: Fields, name: string, path: string): readonly string[] =>
  blank(fields[name]) ? [`'${path}${name}' is missing or blank`] : [];

const texts = (fields: Fields, names: readonly string[]): readonly string[] =>
  names
    .filter((name) => fields[name] !== undefined && typeof fields[name] !== 'string')
    .map((name) => `'payload.${name}' must be a string`);

const tooLong = (value: unknown, most: number, path: string): readonly string[] =>
  typeof value === 'string' && value.length > most ? [`'${path}' is too long (maximum is ${most} characters)`] : [];

const linkProblems = ({ links = [] }: Fields): readonly string[] =>
  Array.isArray(links) && links.every((link) => isObject(link) && !blank(link['href']))
    ? []
    : ["'links' must be an array of objects with 'href'"];

/** What a change and a trigger have in common. */
const payloadProblems = (event: Fields): readonly string[] => {
  const payload = partOf(event, 'payload');
  const { summary, timestamp, custom_details: details = {} } = payload;
  return [
    ...needed(payload, 'summary', 'payload.'),
    ...tooLong(summary, 1024, 'payload.summary'),
    ...(timestamp === undefined || (typeof timestamp === 'string' && TIME.test(timestamp))
      ? []
      : ["'payload.timestamp' is invalid"]),
    ...(isObject(details) ? [] : ["'payload.custom_details' must be an object"]),
    ...linkProblems(event),
  ];
};

const triggerProblems = (event: Fields): readonly string[] => {
  const payload = partOf(event, 'payload');
  return [
    ...payloadProblems(event),
    ...needed(payload, 'source', 'payload.'),
    ...(SEVERITIES.has(payload['severity'])
      ? []
      : [`'payload.severity' is invalid (must be one of the following: ${[...SEVERITIES].join(', ')})`]),
    ...texts(payload, ['component', 'group', 'class']),
  ];
};

/**
 * What PagerDuty has against an alert event; nothing where it takes it.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export const alertProblems = (event: Fields): readonly string[] => {
  const action = event['event_action'];
  return [
    ...keyProblems(event),
    ...(ACTIONS.has(action) ? [] : ["'event_action' is invalid"]),
    ...tooLong(event['dedup_key'], 255, 'dedup_key'),
    ...(action === 'trigger' ? triggerProblems(event) : needed(event, 'dedup_key', '')),
  ];
};

/**
 * The same of a change event. Keys of rulesets, which begin with R, take none.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/send-change-events/
 */
export const changeProblems = (event: Fields): readonly string[] => [
  ...keyProblems(event),
  ...(String(event['routing_key']).startsWith('R') ? ["'routing_key' is of a ruleset, which takes no changes"] : []),
  ...payloadProblems(event),
  ...texts(partOf(event, 'payload'), ['source']),
];
