import type { Reply } from '../server/wire.ts';
import { gone, tooMany, word } from './answer.ts';
import { jsonIn } from './arguments.ts';
import { checkContent } from './check-content.ts';
import { contentOf, type Workspace } from './workspace.ts';

/** An address that whoever has it may post to. */
export interface Hook {
  readonly channel: string;
  readonly kind: 'webhook' | 'response';
  /** When it was made, milliseconds since the epoch. */
  readonly at: number;
}

/** A response_url takes this many answers, for this long. @see https://docs.slack.dev/interactivity/handling-user-interaction */
const RESPONSES = { most: 5, forMs: 1_800_000 } as const;

/** Why a response_url takes nothing; it is used up by taking something. */
const closed = ({ kind, at }: Hook, uses: number, now: number): Reply | undefined => {
  if (kind === 'webhook') return undefined;
  if (now - at > RESPONSES.forMs) return gone('expired_url');
  return uses >= RESPONSES.most ? gone('used_url') : undefined;
};

/**
 * Posts to a webhook or a response_url, which answer with a word: `ok`, or what is wrong.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (Handling errors)
 */
export const postToHook = (workspace: Workspace, hook: Hook, uses: number, body: string): Reply => {
  const { channel, kind } = hook;
  const refused = closed(hook, uses, workspace.now());
  if (refused !== undefined) return refused;
  if (workspace.channels[channel] === 'archived') return word(410, 'channel_is_archived');
  const waitMs = kind === 'webhook' ? workspace.admit('post', channel) : 0;
  if (waitMs > 0) return tooMany(waitMs);
  const message = jsonIn(body);
  if (message === undefined) return word(400, 'invalid_payload');
  const refusal = checkContent(message);
  if (refusal !== undefined) return word(400, refusal.error);
  workspace.keep({ channel, by: kind, ...contentOf(message) });
  return word(200, 'ok');
};
