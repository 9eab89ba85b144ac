import { CHANNEL_KINDS, type ChannelSecrets, channelSpec } from '../domain/delivery.ts';
import { InputInvalid } from '../domain/errors.ts';
import { asFields, type Fields } from './json.ts';

/** Fields with the addresses or keys of a kind of channel. */
const ENTRY_FIELDS = CHANNEL_KINDS.flatMap((kind) => {
  const { secretField } = channelSpec(kind);
  return secretField === undefined ? [] : [{ kind, field: secretField }];
});

/** Fields that the secret may have. */
const NAMES = ['slackBotToken', 'slackSigningSecret', 'slackChannel', ...ENTRY_FIELDS.map(({ field }) => field)];

/**
 * Reads the secret of the alert functions: a JSON object with any of `slackBotToken`, `slackSigningSecret`,
 * `slackChannel`, and for each kind of channel in `CHANNELS` its `secretField`, an object of names and
 * values.
 *
 * @throws InputInvalid if a field cannot be read. The error names the field, never its value.
 */
export function readAlertsSecret(text: string | undefined): ChannelSecrets {
  const fields = asFields(parsed(text ?? ''));
  if (fields === undefined) throw invalid('its value', 'a JSON object');
  if (Object.keys(fields).some((name) => !NAMES.includes(name)))
    throw invalid('its fields', `none but ${NAMES.join(', ')}`);
  const [slackBotToken, slackSigningSecret] = [textIn(fields, 'slackBotToken'), textIn(fields, 'slackSigningSecret')];
  const slackChannel = channelIn(fields);
  return {
    ...(slackBotToken !== undefined && { slackBotToken }),
    ...(slackSigningSecret !== undefined && { slackSigningSecret }),
    ...(slackChannel !== undefined && { slackChannel }),
    entries: Object.fromEntries(ENTRY_FIELDS.map(({ kind, field }) => [kind, textsIn(fields, field)])),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message would quote the secret.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The error names the field and what is expected, never the value. */
function invalid(place: string, expected: string): InputInvalid {
  return new InputInvalid(`alerts secret: ${place}: expected ${expected} (see docs/alerts.md, Keys)`);
}

function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || value.trim() !== value)
    throw invalid(name, 'a text without surrounding white space');
  return value;
}

const SLACK_CHANNEL = /^[CG][A-Z0-9]{8,20}$/;

function channelIn(fields: Fields): string | undefined {
  const id = textIn(fields, 'slackChannel');
  if (id !== undefined && !SLACK_CHANNEL.test(id))
    throw invalid('slackChannel', 'the id of a channel, such as C0123456789');
  return id;
}

function textsIn(fields: Fields, name: string): Readonly<Record<string, string>> {
  const part = asFields(fields[name] ?? {});
  if (part === undefined) throw invalid(name, 'an object of names and their values');
  const entries = Object.entries(part).map(([key, value]): [string, string] => {
    if (typeof value !== 'string' || value === '') throw invalid(`${name}, an entry`, 'a text');
    return [key, value];
  });
  return Object.fromEntries(entries);
}
