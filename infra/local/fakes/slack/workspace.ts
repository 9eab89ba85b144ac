import { type TokenBucket, tokenBucket } from '../../time/token-bucket.ts';

/** The current state of a message. */
export interface StoredMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly by: 'bot' | 'webhook' | 'response';
  readonly text: string;
  readonly blocks: readonly unknown[];
  /** How often it was edited. */
  readonly edits: number;
}

/** The bot's relation to a channel. */
type ChannelState = 'joined' | 'not-joined' | 'archived';

/** A Slack workspace: its channels, user groups and messages. */
export interface Workspace {
  readonly channels: Readonly<Record<string, ChannelState>>;
  /** Members (`U…`) by user group (`S…`). */
  readonly userGroups: Readonly<Record<string, readonly string[]>>;
  /** Oldest first, live. */
  readonly messages: StoredMessage[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Takes a token for a call of this kind. Returns 0, or the milliseconds until a call is accepted. */
  takeToken(kind: RateKind, key?: string): number;
  /** Stores a new message and returns it with its `ts`. */
  add(message: Omit<StoredMessage, 'ts' | 'edits'>): StoredMessage;
  find(channel: string, ts: string): StoredMessage | undefined;
  /** Replaces a message's text and blocks. */
  edit(message: StoredMessage, content: Pick<StoredMessage, 'text' | 'blocks'>): void;
}

/**
 * Rate limits: a burst and a steady rate. A channel accepts one message a second; tier 3 allows 50 calls a
 * minute, tier 2 allows 20. Slack does not document the size of a burst.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
const RATES = {
  post: { burst: 5, everyMs: 1000 },
  update: { burst: 50, everyMs: 1200 },
  groups: { burst: 20, everyMs: 3000 },
} as const;

/** The separately limited kinds of calls. */
type RateKind = keyof typeof RATES;

function limiter(now: () => number): Workspace['takeToken'] {
  const buckets = new Map<string, TokenBucket>();
  return (kind, key = '') => {
    const name = `${kind} ${key}`;
    const bucket = buckets.get(name) ?? tokenBucket(RATES[kind].burst, RATES[kind].everyMs);
    buckets.set(name, bucket);
    return bucket.take(now());
  };
}

/** The stored part of a message. Blocks are accepted in JSON bodies only, not as a JSON string in a form. */
export function contentOf({ text, blocks }: Readonly<Record<string, unknown>>): Pick<StoredMessage, 'text' | 'blocks'> {
  return {
    text: typeof text === 'string' ? text : '',
    blocks: Array.isArray(blocks) ? blocks : [],
  };
}

function messageKey(channel: string, ts: string): string {
  return `${channel} ${ts}`;
}

/** An empty workspace. */
export function newWorkspace(
  channels: Workspace['channels'],
  userGroups: Workspace['userGroups'],
  now: () => number,
): Workspace {
  const messages: StoredMessage[] = [];
  const places = new Map<string, number>();
  return {
    channels,
    userGroups,
    messages,
    now,
    takeToken: limiter(now),
    add(message) {
      const seconds = Math.floor(now() / 1000);
      const kept = { ...message, ts: `${seconds}.${String(messages.length + 1).padStart(6, '0')}`, edits: 0 };
      places.set(messageKey(kept.channel, kept.ts), messages.push(kept) - 1);
      return kept;
    },
    find: (channel, ts) => messages[places.get(messageKey(channel, ts)) ?? -1],
    edit(message, content) {
      const place = places.get(messageKey(message.channel, message.ts));
      if (place !== undefined) messages[place] = { ...message, ...content, edits: message.edits + 1 };
    },
  };
}
