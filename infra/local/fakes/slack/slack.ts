import { type ChannelEnvironment, type ChannelFaults, nextFault, withFault } from '../../faults.ts';
import { type Reply, urlOf, type WireRequest } from '../../wire/messages.ts';
import { argumentsOf, errorCodeReply, type Hook, METHODS, postToHook, textReply, tokenOf } from './web-api.ts';
import { newWorkspace, type StoredMessage, type Workspace } from './workspace.ts';

/** Settings of a local Slack. */
export interface SlackOptions {
  /** `xoxb-…`: the only accepted token. */
  readonly botToken: string;
  /** Default: `C0123456789`, which the bot has joined. */
  readonly channels?: Workspace['channels'];
  /** Members (`U…`) by user group (`S…`). */
  readonly userGroups?: Workspace['userGroups'];
  readonly faults?: ChannelFaults;
}

/** A Slack on this machine. */
export interface LocalSlack {
  /** Replaces `https://slack.com/api`. */
  readonly url: string;
  /** Current messages, oldest first, live. */
  readonly messages: readonly StoredMessage[];
  /** Number of requests so far, including those with a fault. */
  readonly requests: number;
  /** Creates an incoming webhook of a channel. */
  webhook(channel: string): string;
  /** Creates a response_url of a channel, as in the payload of a button press. */
  responseUrl(channel: string): string;
  close(): Promise<void>;
}

type Hooks = Map<string, { readonly hook: Hook; uses: number }>;

/** Starts a Slack with the documented limits of the real one. */
export async function startSlack(
  options: SlackOptions,
  { network, clock }: Omit<ChannelEnvironment, 'random'>,
): Promise<LocalSlack> {
  const { botToken, channels = { C0123456789: 'joined' }, userGroups = {}, faults } = options;
  const workspace = newWorkspace(channels, userGroups, () => clock.now());
  const hooks: Hooks = new Map();
  let requests = 0;
  const server = await network.listen(0, async (request, activity) => {
    requests += 1;
    return await withFault(nextFault(faults), () => route(workspace, hooks, botToken, request), activity);
  });
  const newHook = (kind: Hook['kind'], channel: string): string => {
    const number = String(hooks.size + 1).padStart(10, '0');
    const path = `/${kind === 'webhook' ? 'services' : 'actions'}/T0123456789/B${number}/secret${number}`;
    hooks.set(path, { hook: { kind, channel, at: clock.now() }, uses: 0 });
    return server.endpoint + path;
  };
  return {
    url: `${server.endpoint}/api`,
    messages: workspace.messages,
    get requests() {
      return requests;
    },
    webhook: (channel) => newHook('webhook', channel),
    responseUrl: (channel) => newHook('response', channel),
    close: async () => await server.close(),
  };
}

function route(workspace: Workspace, hooks: Hooks, botToken: string, request: WireRequest): Reply {
  const { pathname } = urlOf(request);
  const name = /^\/api\/([\w.]+)$/.exec(pathname)?.[1];
  return name === undefined
    ? callHook(workspace, hooks, pathname, request.body)
    : callMethod(workspace, botToken, name, request);
}

function callMethod(workspace: Workspace, botToken: string, name: string, request: WireRequest): Reply {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method === undefined) return errorCodeReply('unknown_method');
  const args = argumentsOf(request, method.takesJson);
  if (args === undefined) return errorCodeReply('invalid_json');
  const token = tokenOf(request, args);
  if (token === undefined) return errorCodeReply('not_authed');
  return token === botToken ? method.call(workspace, args) : errorCodeReply('invalid_auth');
}

function callHook(workspace: Workspace, hooks: Hooks, path: string, body: string): Reply {
  const known = hooks.get(path);
  if (known === undefined) return textReply(404, 'no_service');
  const reply = postToHook(workspace, known.hook, known.uses, body);
  if (reply.status === 200) known.uses += 1;
  return reply;
}
