import {
  ACTION_NAMES,
  type ActionRequest,
  type ActionRequester,
  actionSpec,
  type HttpCall,
} from '../../domain/action.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { REMEDIATION_ID } from '../../domain/remediation-id.ts';
import { isLoopback } from '../../domain/runtime.ts';
import { asFields, asText, type Fields, preview, textField } from '../json.ts';
import { readHttpCall } from './http-event.ts';
import { allowOnly, idIn, openPart, readIn, wordIn } from './strict-fields.ts';

/** Hosts of Slack and of GovSlack, its region for governments. */
const SLACK = /^(?:[\da-z-]+\.)+slack(?:-gov)?\.com$/;

function isSlacks({ protocol, hostname, port }: URL): boolean {
  return protocol === 'https:' && port === '' && SLACK.test(hostname);
}

/** On the machine itself there is no Slack but a test's: what it answers with must be of the same origin. */
function isOfTheTest(url: URL, slackApi: string | undefined): boolean {
  const api = slackApi === undefined ? null : URL.parse(slackApi);
  return api !== null && isLoopback(api.hostname) && url.origin === api.origin;
}

/**
 * A URL of Slack's that answers may be posted to; undefined for every other text.
 *
 * @param slackApi where Slack's Web API is called, if not at its own place.
 */
export function slackUrlOf(text: unknown, slackApi: string | undefined): string | undefined {
  const url = typeof text === 'string' && text.length <= 1000 ? URL.parse(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return isSlacks(url) || isOfTheTest(url, slackApi) ? url.href : undefined;
}

/** Presses that Slack tells of, or why what it sent is none. */
export type Interaction =
  | { readonly kind: 'presses'; readonly presses: readonly ActionRequest[] }
  | { readonly kind: 'refused'; readonly because: string };

/** What a reader of presses knows besides what it reads. */
export interface InteractionContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where Slack's Web API is called, if not at its own place. */
  readonly slackApi: string | undefined;
}

/** A part of a payload that is not as it should be, while the rest is read. */
interface Wrong {
  readonly wrong: string;
}

function wrong(place: string, value: unknown, expected: string): Wrong {
  return {
    wrong: `payload.${place}: expected ${expected}, found ${preview(value)}`,
  };
}

function isWrong(part: object): part is Wrong {
  return 'wrong' in part;
}

function idOf(fields: Fields, name: string, form: RegExp): string | undefined {
  const text = textField(fields, name);
  return text !== undefined && form.test(text) ? text : undefined;
}

/** A user's `team_id` stands in for the team, which an app that a whole organization has installed may not be told. */
function requesterIn(payload: Fields): ActionRequester | Wrong {
  const user = asFields(payload['user']) ?? {};
  const id = idOf(user, 'id', /^[UW][\dA-Z]{1,30}$/);
  if (id === undefined) return wrong('user.id', user['id'], "a user's id (`U…` or `W…`)");
  const form = /^T[\dA-Z]{1,30}$/;
  const team = idOf(asFields(payload['team']) ?? {}, 'id', form) ?? idOf(user, 'team_id', form);
  if (team === undefined) return wrong('team.id', asFields(payload['team'])?.['id'], "a workspace's id (`T…`)");
  const name = textField(user, 'username') ?? textField(user, 'name') ?? id;
  return { through: 'slack', team, user: id, name: name.slice(0, 100) };
}

/** When it was pressed: Slack's `action_ts`, seconds, by which a call that is played again is known for the same press. */
function requestTime(fields: Fields, now: number): number {
  const seconds = idOf(fields, 'action_ts', /^\d{10}\.\d{1,9}$/);
  return seconds === undefined ? now : Math.floor(Number(seconds) * 1000);
}

function actionIn(
  value: unknown,
  index: number,
  now: number,
): Pick<ActionRequest, 'action' | 'remediationId' | 'at'> | Wrong {
  const fields = asFields(value) ?? {};
  const action = ACTION_NAMES.find((one) => one === fields['action_id']);
  if (action === undefined)
    return wrong(`actions[${index}].action_id`, fields['action_id'], `one of ${ACTION_NAMES.join(', ')}`);
  const id = idOf(fields, 'value', REMEDIATION_ID);
  if (id === undefined) return wrong(`actions[${index}].value`, fields['value'], 'the id of a remediation');
  return { action, remediationId: id, at: requestTime(fields, now) };
}

/** Slack sends one for each press; a payload may hold more by its form. */
const MOST_ACTIONS = 25;

function requestsIn(payload: Fields, { now, slackApi }: InteractionContext): readonly ActionRequest[] | Wrong {
  const by = requesterIn(payload);
  if (isWrong(by)) return by;
  const responseUrl = slackUrlOf(payload['response_url'], slackApi);
  if (responseUrl === undefined) return { wrong: 'payload.response_url: expected a URL of Slack, https' };
  const { actions } = payload;
  if (!Array.isArray(actions) || actions.length === 0 || actions.length > MOST_ACTIONS)
    return wrong('actions', actions, `1 to ${MOST_ACTIONS} actions`);
  const whats = actions.map((action: unknown, index) => actionIn(action, index, now));
  const bad = whats.find(isWrong);
  if (bad !== undefined) return bad;
  return whats.flatMap((what) => (isWrong(what) ? [] : [{ ...what, by, responseUrl }]));
}

function payloadOf(body: string): Fields | Wrong {
  const [only, ...more] = new URLSearchParams(body).getAll('payload');
  if (only === undefined || more.length > 0) return { wrong: 'expected a form with one field `payload`' };
  try {
    return asFields(JSON.parse(only)) ?? { wrong: 'payload: expected an object' };
  } catch (error) {
    if (error instanceof SyntaxError) return { wrong: 'payload: expected JSON' };
    throw error;
  }
}

/**
 * Reads what Slack posts when buttons are pressed: a form whose `payload` is JSON of the type `block_actions`. Everything else is
 * refused, with the place and what was expected there.
 *
 * @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
export function readInteraction(body: string, reading: InteractionContext): Interaction {
  const payload = payloadOf(body);
  if (isWrong(payload)) return { kind: 'refused', because: payload.wrong };
  const type = asText(payload['type']);
  if (type !== 'block_actions') return { kind: 'refused', because: wrong('type', type, 'block_actions').wrong };
  const presses = requestsIn(payload, reading);
  return isWrong(presses) ? { kind: 'refused', because: presses.wrong } : { kind: 'presses', presses };
}

function asRemediation(value: unknown): string | undefined {
  return typeof value === 'string' && REMEDIATION_ID.test(value) ? value : undefined;
}

const THROUGH_AMAZON_Q = ACTION_NAMES.filter((action) => actionSpec(action).throughAmazonQ === true);

/**
 * Reads a custom action of Amazon Q Developer in chat applications: `{action, id}`, as the action's command sends it. Amazon Q does not
 * say who asks, so only actions that remove and grant nothing are accepted.
 *
 * @param now milliseconds since the epoch.
 * @throws EventUnreadable naming the field and what was expected there.
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-actions.html
 */
function readChatAction(event: unknown, now: number): ActionRequest {
  const part = openPart(event, 'event');
  allowOnly(part, ['action', 'id']);
  return {
    action: wordIn(part, 'action', THROUGH_AMAZON_Q),
    remediationId: readIn(part, 'id', asRemediation, 'the id of a remediation'),
    by: { through: 'amazon-q', name: 'Amazon Q' },
    at: now,
  };
}

/** What invokes the function that takes presses: an HTTP call, the function itself, Amazon Q, or nothing that it knows. */
export type ActionEvent =
  | { readonly from: 'http'; readonly call: HttpCall }
  | { readonly from: 'itself'; readonly pressId: string }
  | { readonly from: 'amazon-q'; readonly press: ActionRequest }
  | { readonly from: 'nobody'; readonly because: string };

/** What the function puts before itself: the name of a press that it has recorded. */
export function workOnEvent(pressId: string): object {
  return { do: 'work-on', id: pressId };
}

function invoked(event: unknown, now: number): ActionEvent {
  if (asFields(event)?.['do'] === undefined) return { from: 'amazon-q', press: readChatAction(event, now) };
  const part = openPart(event, 'event');
  allowOnly(part, ['do', 'id']);
  wordIn(part, 'do', ['work-on']);
  return { from: 'itself', pressId: idIn(part, 'id') };
}

/**
 * Tells them apart. Whatever a stranger posts is an HTTP call; who may invoke the function, as Amazon Q, can name a press
 * that is on the record and not make one up.
 *
 * @param now milliseconds since the epoch.
 */
export function readActionEvent(event: unknown, now: number): ActionEvent {
  const call = readHttpCall(event);
  if (call !== undefined) return { from: 'http', call };
  try {
    return invoked(event, now);
  } catch (error) {
    if (error instanceof EventUnreadable) return { from: 'nobody', because: error.message };
    throw error;
  }
}
