import type { Random } from '../../shared/domain/runtime.ts';
import type { Network } from './network/network.ts';
import type { ServiceName } from './services/registry.ts';
import { AwsError } from './state/operation.ts';
import type { Activity } from './time/clock.ts';
import type { Dispatched } from './wire/messages.ts';
import type { FaultErrors } from './wire/service.ts';

/**
 * What goes wrong. `reset-before`: the connection breaks before the call is performed; `reset-after`: after
 * it. `crash-before` and `crash-after`: the calling function dies, too, at that moment. Only an account in
 * the same process can end its functions, so a crash over HTTP is just a broken connection.
 */
export type FaultKind =
  | 'throttle'
  | 'internal-error'
  | 'unauthorized'
  | 'reset-before'
  | 'reset-after'
  | 'crash-before'
  | 'crash-after'
  | 'delay';

/** A fault to inject into calls. With neither `nth` nor `times`, it applies to every matching call. */
export interface Fault {
  readonly service: ServiceName;
  /** Absent: every operation of the service. */
  readonly operation?: string;
  /** Absent: every caller. */
  readonly accessKeyId?: string;
  readonly kind: FaultKind;
  /** Only the nth matching call after the fault was added, from 1. */
  readonly nth?: number;
  /** Only this number of matching calls. */
  readonly times?: number;
  /** Duration of a `delay` in milliseconds. */
  readonly ms?: number;
}

const counts = new WeakMap<Fault, number>();

/** What a fault is matched against. */
type FaultTarget = Required<Pick<Fault, 'service' | 'operation' | 'accessKeyId'>>;

function matches(fault: Fault, { service, operation, accessKeyId }: FaultTarget): boolean {
  if (fault.service !== service || (fault.operation ?? operation) !== operation) return false;
  return (fault.accessKeyId ?? accessKeyId) === accessKeyId;
}

function isDue(fault: Fault, call: FaultTarget): boolean {
  if (!matches(fault, call)) return false;
  const count = (counts.get(fault) ?? 0) + 1;
  counts.set(fault, count);
  if (fault.nth !== undefined) return count === fault.nth;
  return count <= (fault.times ?? Number.POSITIVE_INFINITY);
}

/** The faults that apply to this call, in the order of the list. Counts the call for each matching fault. */
export function faultsFor(faults: readonly Fault[], call: FaultTarget): readonly Fault[] {
  return faults.filter((fault) => isDue(fault, call));
}

/** The error that the service answers for a fault. Undefined for a fault that is not an error answer. */
export function faultError(kind: FaultKind, errors: FaultErrors): AwsError | undefined {
  switch (kind) {
    case 'throttle':
    case 'internal-error':
    case 'unauthorized': {
      const { code, message, status } = errors[kind];
      return new AwsError(code, message, status);
    }
    case 'reset-before':
    case 'reset-after':
    case 'crash-before':
    case 'crash-after':
    case 'delay':
      return undefined;
    default:
      return kind satisfies never;
  }
}

/**
 * Faults of a fake channel: a response of 500 or 429, a connection that breaks before or after the request
 * was handled, or a connection without a response.
 */
const CHANNEL_FAULTS = ['error', 'throttle', 'reset-before', 'reset-after', 'hang'] as const;

/** A fault of a fake channel. */
export type ChannelFault = (typeof CHANNEL_FAULTS)[number];

/** How often faults occur. */
export interface ChannelFaults {
  /** Share of all requests, 0 to 1. */
  readonly ratio: number;
  /** In [0, 1), called twice for each request. */
  readonly random: () => number;
  /** Default: all but `hang`, which makes callers wait until their timeout. */
  readonly kinds?: readonly ChannelFault[];
}

/** What a fake channel runs on. */
export interface ChannelEnvironment {
  readonly network: Network;
  readonly clock: { now(): number };
  readonly random: Random;
}

/** Longer than the timeout of any caller. */
const HANG_MS = 30_000;

const QUICK = CHANNEL_FAULTS.filter((kind) => kind !== 'hang');

/** The fault of this request; undefined for none. */
export function nextFault(faults: ChannelFaults | undefined): ChannelFault | undefined {
  if (faults === undefined || faults.random() >= faults.ratio) return undefined;
  const { kinds = QUICK, random } = faults;
  return kinds[Math.floor(random() * kinds.length)];
}

function plainReply(status: number, headers: Readonly<Record<string, string>> = {}): Dispatched {
  return {
    status,
    headers: { 'content-type': 'text/plain', ...headers },
    body: '',
  };
}

/** Answers a request, or applies the fault. */
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
