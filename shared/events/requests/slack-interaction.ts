import { ACTIONS } from '../../domain/notifications/message.ts';
import { REMEDIATION_ID } from '../../domain/remediation-id.ts';
import type { Press, Presser } from '../../domain/requests/press.ts';
import { asFields, asText, type Fields, shown, textField } from '../fields.ts';
import { slackUrlOf } from './slack-url.ts';

/** Presses that Slack tells of, or why what it sent is none. */
export type Interaction =
  | { readonly kind: 'presses'; readonly presses: readonly Press[] }
  | { readonly kind: 'refused'; readonly because: string };

/** What a reader of presses knows besides what it reads. */
export interface Reading {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where Slack's Web API is called, if not at its own place. */
  readonly slackApi: string | undefined;
}

/** A part of a payload that is not as it should be, while the rest is read. */
interface Wrong {
  readonly wrong: string;
}

const wrong = (place: string, value: unknown, expected: string): Wrong => ({
  wrong: `payload.${place}: expected ${expected}, found ${shown(value)}`,
});

const isWrong = (part: object): part is Wrong => 'wrong' in part;

const idOf = (fields: Fields, name: string, form: RegExp): string | undefined => {
  const text = textField(fields, name);
  return text !== undefined && form.test(text) ? text : undefined;
};

/** A user's `team_id` stands in for the team, which an app that a whole organization has installed may not be told. */
const presserIn = (payload: Fields): Presser | Wrong => {
  const user = asFields(payload['user']) ?? {};
  const id = idOf(user, 'id', /^[UW][\dA-Z]{1,30}$/);
  if (id === undefined) return wrong('user.id', user['id'], "a user's id (`U…` or `W…`)");
  const form = /^T[\dA-Z]{1,30}$/;
  const team = idOf(asFields(payload['team']) ?? {}, 'id', form) ?? idOf(user, 'team_id', form);
  if (team === undefined) return wrong('team.id', asFields(payload['team'])?.['id'], "a workspace's id (`T…`)");
  const name = textField(user, 'username') ?? textField(user, 'name') ?? id;
  return { through: 'slack', team, user: id, name: name.slice(0, 100) };
};

/** When it was pressed: Slack's `action_ts`, seconds, by which a call that is played again is known for the same press. */
const momentIn = (fields: Fields, now: number): number => {
  const seconds = idOf(fields, 'action_ts', /^\d{10}\.\d{1,9}$/);
  return seconds === undefined ? now : Math.floor(Number(seconds) * 1000);
};

const whatIn = (value: unknown, index: number, now: number): Pick<Press, 'action' | 'remediationId' | 'at'> | Wrong => {
  const fields = asFields(value) ?? {};
  const action = ACTIONS.find((one) => one === fields['action_id']);
  if (action === undefined)
    return wrong(`actions[${index}].action_id`, fields['action_id'], `one of ${ACTIONS.join(', ')}`);
  const id = idOf(fields, 'value', REMEDIATION_ID);
  if (id === undefined) return wrong(`actions[${index}].value`, fields['value'], 'the id of a remediation');
  return { action, remediationId: id, at: momentIn(fields, now) };
};

/** Slack sends one for each press; a payload may hold more by its form. */
const MOST_ACTIONS = 25;

const pressesIn = (payload: Fields, { now, slackApi }: Reading): readonly Press[] | Wrong => {
  const by = presserIn(payload);
  if (isWrong(by)) return by;
  const responseUrl = slackUrlOf(payload['response_url'], slackApi);
  if (responseUrl === undefined) return { wrong: 'payload.response_url: expected a URL of Slack, https' };
  const { actions } = payload;
  if (!Array.isArray(actions) || actions.length === 0 || actions.length > MOST_ACTIONS)
    return wrong('actions', actions, `1 to ${MOST_ACTIONS} actions`);
  const whats = actions.map((action: unknown, index) => whatIn(action, index, now));
  const bad = whats.find(isWrong);
  if (bad !== undefined) return bad;
  return whats.flatMap((what) => (isWrong(what) ? [] : [{ ...what, by, responseUrl }]));
};

const payloadOf = (body: string): Fields | Wrong => {
  const [only, ...more] = new URLSearchParams(body).getAll('payload');
  if (only === undefined || more.length > 0) return { wrong: 'expected a form with one field `payload`' };
  try {
    return asFields(JSON.parse(only)) ?? { wrong: 'payload: expected an object' };
  } catch (error) {
    if (error instanceof SyntaxError) return { wrong: 'payload: expected JSON' };
    throw error;
  }
};

/**
 * Reads what Slack posts when buttons are pressed: a form whose `payload` is JSON of the type `block_actions`. Everything else is
 * refused, with the place and what was expected there.
 *
 * @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
export const readInteraction = (body: string, reading: Reading): Interaction => {
  const payload = payloadOf(body);
  if (isWrong(payload)) return { kind: 'refused', because: payload.wrong };
  const type = asText(payload['type']);
  if (type !== 'block_actions') return { kind: 'refused', because: wrong('type', type, 'block_actions').wrong };
  const presses = pressesIn(payload, reading);
  return isWrong(presses) ? { kind: 'refused', because: presses.wrong } : { kind: 'presses', presses };
};
