import type { Reply } from '../server/wire.ts';
import { done, refuse, refuseAs, tooMany } from './answer.ts';
import type { Arguments } from './arguments.ts';
import { checkContent } from './check-content.ts';
import { contentOf, type Workspace } from './workspace.ts';

/** A method of the Web API, called by the bot. */
export interface Method {
  /** Whether its arguments may come as JSON. */
  readonly takesJson: boolean;
  readonly call: (workspace: Workspace, args: Arguments) => Reply;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const channelError = ({ channels }: Workspace, channel: string): string | undefined => {
  const state = Object.hasOwn(channels, channel) ? channels[channel] : undefined;
  if (state === undefined) return 'channel_not_found';
  if (state === 'archived') return 'is_archived';
  return state === 'joined' ? undefined : 'not_in_channel';
};

/** @see https://docs.slack.dev/reference/methods/chat.postMessage */
const postMessage = (workspace: Workspace, args: Arguments): Reply => {
  const channel = textOf(args['channel']);
  const problem = channelError(workspace, channel);
  if (problem !== undefined) return refuseAs(problem);
  const waitMs = workspace.admit('post', channel);
  if (waitMs > 0) return tooMany(waitMs);
  const refusal = checkContent(args);
  if (refusal !== undefined) return refuse(refusal);
  const threadTs = args['thread_ts'];
  if (threadTs !== undefined && workspace.find(channel, textOf(threadTs)) === undefined) {
    return refuseAs('thread_not_found');
  }
  const thread = typeof threadTs === 'string' ? { threadTs } : {};
  const { ts } = workspace.keep({ channel, by: 'bot', ...contentOf(args), ...thread });
  return done({ channel, ts, message: { ts, type: 'message', ...contentOf(args) } });
};

/** @see https://docs.slack.dev/reference/methods/chat.update */
const update = (workspace: Workspace, args: Arguments): Reply => {
  const channel = textOf(args['channel']);
  const waitMs = workspace.admit('update');
  if (waitMs > 0) return tooMany(waitMs);
  const problem = channelError(workspace, channel);
  if (problem !== undefined) return refuseAs(problem);
  const message = workspace.find(channel, textOf(args['ts']));
  if (message === undefined) return refuseAs('message_not_found');
  if (message.by !== 'bot') return refuseAs('cant_update_message');
  const refusal = checkContent(args);
  if (refusal !== undefined) return refuse(refusal);
  workspace.edit(message, contentOf(args));
  return done({ channel, ts: message.ts, text: textOf(args['text']) });
};

/** @see https://docs.slack.dev/reference/methods/usergroups.users.list */
const listUsers = (workspace: Workspace, args: Arguments): Reply => {
  const waitMs = workspace.admit('groups');
  if (waitMs > 0) return tooMany(waitMs);
  const group = textOf(args['usergroup']);
  const users = Object.hasOwn(workspace.userGroups, group) ? workspace.userGroups[group] : undefined;
  return users === undefined ? refuseAs('no_such_subteam') : done({ users });
};

/** The methods that this Slack has. */
export const METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': { takesJson: true, call: postMessage },
  'chat.update': { takesJson: true, call: update },
  'usergroups.users.list': { takesJson: false, call: listUsers },
};
