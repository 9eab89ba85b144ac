import {
  ACTION_NAMES,
  type ActionRequest,
  type ActionRequester,
  actionSpec,
  type HttpCall,
} from '../../domain/action.ts';
import { REMEDIATION_ID } from '../../domain/decision.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { isLoopback } from '../../domain/runtime.ts';
import { asFields, asText, type Fields, preview, textField } from '../json.ts';
import { readHttpCall } from './http-event.ts';
import { allowOnly, idIn, openPart, readIn, wordIn } from './strict-fields.ts';

/**
 * A URL of Slack to which responses may be posted; undefined for any other text.
 *
 * @param slackApi base URL of Slack's Web API, if it is not Slack's own.
 */
export function slackUrlOf(text: unknown, slackApi: string | undefined): string | undefined {
  const url = typeof text === 'string' && text.length <= 1000 ? URL.parse(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return isSlackUrl(url) || isOfTestApi(url, slackApi) ? url.href : undefined;
}

/** Hosts of Slack and GovSlack. */
const SLACK = /^(?:[\da-z-]+\.)+slack(?:-gov)?\.com$/;

function isSlackUrl({ protocol, hostname, port }: URL): boolean {
  return protocol === 'https:' && port === '' && SLACK.test(hostname);
}

/** A Slack API on a loopback address is a test's. Its response URLs must have the same origin. */
function isOfTestApi(url: URL, slackApi: string | undefined): boolean {
  const api = slackApi === undefined ? null : URL.parse(slackApi);
  return api !== null && isLoopback(api.hostname) && url.origin === api.origin;
}

/** What reading an interaction needs besides the payload. */
export interface InteractionContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Base URL of Slack's Web API, if it is not Slack's own. */
  readonly slackApi: string | undefined;
}

/** The action requests of a payload, or why the payload is refused. */
export type Interaction =
  | { readonly kind: 'presses'; readonly presses: readonly ActionRequest[] }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * Reads what Slack posts for a button: a form whose field `payload` is JSON of the type `block_actions`. Any
 * other body is refused, with the field and what was expected.
 *
 * @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
export function readInteraction(body: string, context: InteractionContext): Interaction {
  const payload = payloadOf(body);
  if (isWrong(payload)) return { kind: 'refused', because: payload.wrong };
  const type = asText(payload['type']);
  if (type !== 'block_actions') return { kind: 'refused', because: wrong('type', type, 'block_actions').wrong };
  const presses = requestsIn(payload, context);
  return isWrong(presses) ? { kind: 'refused', because: presses.wrong } : { kind: 'presses', presses };
}

/** Why a part of a payload is refused. */
interface Wrong {
  readonly wrong: string;
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

function isWrong(part: object): part is Wrong {
  return 'wrong' in part;
}

function wrong(place: string, value: unknown, expected: string): Wrong {
  return {
    wrong: `payload.${place}: expected ${expected}, found ${preview(value)}`,
  };
}

/** Slack sends one action in a payload. The format allows several. */
const MOST_ACTIONS = 25;

function requestsIn(payload: Fields, { now, slackApi }: InteractionContext): readonly ActionRequest[] | Wrong {
  const by = requesterIn(payload);
  if (isWrong(by)) return by;
  const responseUrl = slackUrlOf(payload['response_url'], slackApi);
  if (responseUrl === undefined) return { wrong: 'payload.response_url: expected a URL of Slack, https' };
  const { actions } = payload;
  if (!Array.isArray(actions) || actions.length === 0 || actions.length > MOST_ACTIONS)
    return wrong('actions', actions, `1 to ${MOST_ACTIONS} actions`);
  const requests = actions.map((action: unknown, index) => actionIn(action, index, now));
  const refused = requests.find(isWrong);
  if (refused !== undefined) return refused;
  return requests.flatMap((request) => (isWrong(request) ? [] : [{ ...request, by, responseUrl }]));
}

/** The user's `team_id` replaces a missing team: an app of a whole organization may not receive the team. */
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

function idOf(fields: Fields, name: string, form: RegExp): string | undefined {
  const text = textField(fields, name);
  return text !== undefined && form.test(text) ? text : undefined;
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

/** Slack's `action_ts` in seconds. A replayed call has the same time, so it is recognized. */
function requestTime(fields: Fields, now: number): number {
  const seconds = idOf(fields, 'action_ts', /^\d{10}\.\d{1,9}$/);
  return seconds === undefined ? now : Math.floor(Number(seconds) * 1000);
}

/** The event by which on-action invokes itself for an action request that it has recorded. */
export function workOnEvent(pressId: string): object {
  return { do: 'work-on', id: pressId };
}

/** The caller of on-action: HTTP, the function itself, Amazon Q, or an unknown caller. */
export type ActionEvent =
  | { readonly from: 'http'; readonly call: HttpCall }
  | { readonly from: 'itself'; readonly pressId: string }
  | { readonly from: 'amazon-q'; readonly press: ActionRequest }
  | { readonly from: 'nobody'; readonly because: string };

/**
 * Reads an event of on-action. A stranger can only make HTTP calls. A principal that may invoke the function,
 * such as Amazon Q, can name a recorded action request but cannot forge one.
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

function invoked(event: unknown, now: number): ActionEvent {
  if (asFields(event)?.['do'] === undefined) return { from: 'amazon-q', press: readChatAction(event, now) };
  const part = openPart(event, 'event');
  allowOnly(part, ['do', 'id']);
  wordIn(part, 'do', ['work-on']);
  return { from: 'itself', pressId: idIn(part, 'id') };
}

const THROUGH_AMAZON_Q = ACTION_NAMES.filter((action) => actionSpec(action).throughAmazonQ === true);

/**
 * Reads a custom action of Amazon Q Developer in chat applications: `{action, id}`. The event does not
 * identify the person, so only actions that remove nothing and grant nothing are accepted.
 *
 * @param now milliseconds since the epoch.
 * @throws EventUnreadable if a field cannot be read. The error names the field and what was expected.
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

function asRemediation(value: unknown): string | undefined {
  return typeof value === 'string' && REMEDIATION_ID.test(value) ? value : undefined;
}
