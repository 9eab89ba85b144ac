import type { Random } from '../../shared/domain/random.ts';
import type { Network } from './network/network.ts';
import type { Dispatched } from './server/wire.ts';
import type { Activity } from './time/clock.ts';

/**
 * What goes wrong with a channel: an answer of 500 or 429, a connection that breaks before or after the request was dealt with, or one on
 * which nothing comes.
 */
const CHANNEL_FAULTS = ['error', 'throttle', 'reset-before', 'reset-after', 'hang'] as const;

/** What goes wrong with a channel. */
export type ChannelFault = (typeof CHANNEL_FAULTS)[number];

/** How often something goes wrong. */
export interface ChannelFaults {
  /** Of all requests, 0 to 1. */
  readonly ratio: number;
  /** From 0 up to 1, drawn twice a request. */
  readonly random: () => number;
  /** Default: all but `hang`, which costs a caller all the time it gives. */
  readonly kinds?: readonly ChannelFault[];
}

/** What a fake channel runs on. */
export interface ChannelPlace {
  readonly network: Network;
  readonly clock: { now(): number };
  readonly random: Random;
}

/** Longer than any caller should wait. */
const HANG_MS = 30_000;

const QUICK = CHANNEL_FAULTS.filter((kind) => kind !== 'hang');

/** What this request meets; `undefined` where all is well. */
export function nextFault(faults: ChannelFaults | undefined): ChannelFault | undefined {
  if (faults === undefined || faults.random() >= faults.ratio) return undefined;
  const { kinds = QUICK, random } = faults;
  return kinds[Math.floor(random() * kinds.length)];
}

const plainReply = (status: number, headers: Readonly<Record<string, string>> = {}): Dispatched => ({
  status,
  headers: { 'content-type': 'text/plain', ...headers },
  body: '',
});

/** Answers a request, unless a fault comes between. */
export async function withFault(
  fault: ChannelFault | undefined,
  answer: () => Dispatched,
  activity: Activity,
): Promise<Dispatched> {
  switch (fault) {
    case undefined:
      return answer();
    case 'error':
      return plainReply(500);
    case 'throttle':
      return plainReply(429, { 'retry-after': '1' });
    case 'reset-before':
      return 'reset';
    case 'reset-after':
      answer();
      return 'reset';
    case 'hang':
      await activity.sleep(HANG_MS);
      return 'reset';
    default:
      return fault satisfies never;
  }
}
