import { type TokenBucket, tokenBucket } from '../../time/token-bucket.ts';

/** A message as the workspace shows it now. */
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

/** What becomes of a channel id. */
type ChannelState = 'joined' | 'not-joined' | 'archived';

/** Where people talk: its channels, groups and messages. */
export interface Workspace {
  readonly channels: Readonly<Record<string, ChannelState>>;
  /** Members (`U…`) by user group (`S…`). */
  readonly userGroups: Readonly<Record<string, readonly string[]>>;
  /** Oldest first, live. */
  readonly messages: StoredMessage[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds until the next call of this kind is taken; 0: taken. */
  takeToken(kind: RateKind, key?: string): number;
  /** Keeps a new message; answers it with its `ts`. */
  add(message: Omit<StoredMessage, 'ts' | 'edits'>): StoredMessage;
  find(channel: string, ts: string): StoredMessage | undefined;
  /** Puts another text and other blocks in place of a message's. */
  edit(message: StoredMessage, content: Pick<StoredMessage, 'text' | 'blocks'>): void;
}

/**
 * How many calls there may be: a burst, and a pace. A channel takes a message a second, tier 3 is 50 a minute, tier 2 is 20. How large a
 * burst may be is not documented.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
const RATES = {
  post: { burst: 5, everyMs: 1000 },
  update: { burst: 50, everyMs: 1200 },
  groups: { burst: 20, everyMs: 3000 },
} as const;

/** What is limited by itself. */
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

/** What is kept of a message. Blocks in a form would be a string of JSON; this Slack takes them in JSON only. */
export function contentOf({ text, blocks }: Readonly<Record<string, unknown>>): Pick<StoredMessage, 'text' | 'blocks'> {
  return {
    text: typeof text === 'string' ? text : '',
    blocks: Array.isArray(blocks) ? blocks : [],
  };
}

function placeOf(channel: string, ts: string): string {
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
      places.set(placeOf(kept.channel, kept.ts), messages.push(kept) - 1);
      return kept;
    },
    find: (channel, ts) => messages[places.get(placeOf(channel, ts)) ?? -1],
    edit(message, content) {
      const place = places.get(placeOf(message.channel, message.ts));
      if (place !== undefined) messages[place] = { ...message, ...content, edits: message.edits + 1 };
    },
  };
}
