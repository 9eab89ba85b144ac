import { header, type Reply, urlOf, type WireRequest } from '../../wire/messages.ts';
import { jsonIn } from '../checks.ts';
import { checkContent, type Refusal } from './blocks.ts';
import { contentOf, type Workspace } from './workspace.ts';

/** A method of the Web API that the bot calls. */
export interface Method {
  /** Whether the method accepts JSON arguments. */
  readonly takesJson: boolean;
  readonly call: (workspace: Workspace, args: Arguments) => Reply;
}

/** The supported methods. */
export const METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': { takesJson: true, call: postMessage },
  'chat.update': { takesJson: true, call: update },
  'usergroups.users.list': { takesJson: false, call: listUsers },
};

/** @see https://docs.slack.dev/reference/methods/chat.postMessage */
function postMessage(workspace: Workspace, args: Arguments): Reply {
  const channel = textOf(args['channel']);
  const problem = channelError(workspace, channel);
  if (problem !== undefined) return errorCodeReply(problem);
  const waitMs = workspace.takeToken('post', channel);
  if (waitMs > 0) return rateLimitedReply(waitMs);
  const refusal = checkContent(args);
  if (refusal !== undefined) return errorReply(refusal);
  const threadTs = args['thread_ts'];
  if (threadTs !== undefined && workspace.find(channel, textOf(threadTs)) === undefined) {
    return errorCodeReply('thread_not_found');
  }
  const thread = typeof threadTs === 'string' ? { threadTs } : {};
  const { ts } = workspace.add({ channel, by: 'bot', ...contentOf(args), ...thread });
  return okReply({ channel, ts, message: { ts, type: 'message', ...contentOf(args) } });
}

/** @see https://docs.slack.dev/reference/methods/chat.update */
function update(workspace: Workspace, args: Arguments): Reply {
  const channel = textOf(args['channel']);
  const waitMs = workspace.takeToken('update');
  if (waitMs > 0) return rateLimitedReply(waitMs);
  const problem = channelError(workspace, channel);
  if (problem !== undefined) return errorCodeReply(problem);
  const message = workspace.find(channel, textOf(args['ts']));
  if (message === undefined) return errorCodeReply('message_not_found');
  if (message.by !== 'bot') return errorCodeReply('cant_update_message');
  const refusal = checkContent(args);
  if (refusal !== undefined) return errorReply(refusal);
  workspace.edit(message, contentOf(args));
  return okReply({ channel, ts: message.ts, text: textOf(args['text']) });
}

/** @see https://docs.slack.dev/reference/methods/usergroups.users.list */
function listUsers(workspace: Workspace, args: Arguments): Reply {
  const waitMs = workspace.takeToken('groups');
  if (waitMs > 0) return rateLimitedReply(waitMs);
  const group = textOf(args['usergroup']);
  const users = Object.hasOwn(workspace.userGroups, group) ? workspace.userGroups[group] : undefined;
  return users === undefined ? errorCodeReply('no_such_subteam') : okReply({ users });
}

function channelError({ channels }: Workspace, channel: string): string | undefined {
  const state = Object.hasOwn(channels, channel) ? channels[channel] : undefined;
  if (state === undefined) return 'channel_not_found';
  if (state === 'archived') return 'is_archived';
  return state === 'joined' ? undefined : 'not_in_channel';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An address that accepts posts without a token. */
export interface Hook {
  readonly channel: string;
  readonly kind: 'webhook' | 'response';
  /** When it was created, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Number of answers that a response_url accepts, and for how long.
 *
 * @see https://docs.slack.dev/interactivity/handling-user-interaction
 */
const RESPONSES = { most: 5, forMs: 1_800_000 } as const;

/**
 * Posts to a webhook or a response_url. The answer is `ok` or the reason for a refusal, as plain text.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (Handling errors)
 */
export function postToHook(workspace: Workspace, hook: Hook, uses: number, body: string): Reply {
  const { channel, kind } = hook;
  const refused = closedReply(hook, uses, workspace.now());
  if (refused !== undefined) return refused;
  if (workspace.channels[channel] === 'archived') return textReply(410, 'channel_is_archived');
  const waitMs = kind === 'webhook' ? workspace.takeToken('post', channel) : 0;
  if (waitMs > 0) return rateLimitedReply(waitMs);
  const message = jsonIn(body);
  if (message === undefined) return textReply(400, 'invalid_payload');
  const refusal = checkContent(message);
  if (refusal !== undefined) return textReply(400, refusal.error);
  workspace.add({ channel, by: kind, ...contentOf(message) });
  return textReply(200, 'ok');
}

/** The refusal of a response_url that has expired or is used up. */
function closedReply({ kind, at }: Hook, uses: number, now: number): Reply | undefined {
  if (kind === 'webhook') return undefined;
  if (now - at > RESPONSES.forMs) return closedUrlReply('expired_url');
  return uses >= RESPONSES.most ? closedUrlReply('used_url') : undefined;
}

/** Arguments of a call by name. */
type Arguments = Readonly<Record<string, unknown>>;

/** Arguments in the query string and in a form. */
function formOf(request: WireRequest, isForm: boolean): Arguments {
  return Object.fromEntries([...urlOf(request).searchParams, ...(isForm ? new URLSearchParams(request.body) : [])]);
}

function typeOf(request: WireRequest): string {
  return header(request, 'content-type').split(';')[0]?.trim() ?? '';
}

/**
 * Arguments of a call: from the query string, from a form and, for methods that write, from a JSON body.
 * Undefined if the body cannot be read.
 *
 * @see https://docs.slack.dev/apis/web-api (POST bodies)
 */
export function argumentsOf(request: WireRequest, takesJson: boolean): Arguments | undefined {
  const type = typeOf(request);
  const form = formOf(request, type === 'application/x-www-form-urlencoded');
  if (!takesJson || type !== 'application/json') return form;
  const body = jsonIn(request.body);
  return body && { ...form, ...body };
}

/** The token `xoxb-…` in `Authorization: Bearer xoxb-…` or in the arguments. */
export function tokenOf(request: WireRequest, args: Arguments): unknown {
  return /^Bearer (.+)$/.exec(header(request, 'authorization'))?.[1] ?? args['token'];
}

function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** Slack's Web API answers success and failure with status 200. */
function okReply(body: object): Reply {
  return json(200, { ok: true, ...body });
}

/** The answer for a failure. */
function errorReply({ error, complaints }: Refusal): Reply {
  const details = { errors: complaints, response_metadata: { messages: complaints.map((text) => `[ERROR] ${text}`) } };
  return json(200, { ok: false, error, ...(complaints.length > 0 && details) });
}

/** The answer for a failure without details. */
export function errorCodeReply(error: string): Reply {
  return errorReply({ error, complaints: [] });
}

/** @see https://docs.slack.dev/apis/web-api/rate-limits (429, and Retry-After in seconds) */
function rateLimitedReply(waitMs: number): Reply {
  return json(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(Math.ceil(waitMs / 1000)) });
}

/** Webhooks and response_urls answer with plain text. */
export function textReply(status: number, text: string): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: text,
  };
}

/** The answer of a response_url that has expired or is used up. */
function closedUrlReply(error: 'expired_url' | 'used_url'): Reply {
  return json(404, { ok: false, error });
}
