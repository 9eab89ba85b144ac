import { uuid } from '../../shared/domain/runtime.ts';
import { type Fault, type FaultKind, faultError, faultsFor } from './faults.ts';
import type { Serve } from './network/network.ts';
import type { Ec2Throttle } from './services/ec2/throttle.ts';
import type { Account } from './state/account.ts';
import { AwsError } from './state/operation.ts';
import { callerOf, type Principal, type Principals, principalOf } from './state/principals.ts';
import type { Activity } from './time/clock.ts';
import {
  type CredentialScope,
  credentialScope,
  type Dispatched,
  header,
  type Reply,
  SERVICES,
  type ServiceName,
  type WireRequest,
} from './wire/messages.ts';
import type { CallRecord, Invocation, Service } from './wire/service.ts';

/** Runs before a call is performed and may alter the account; what it throws fails the call. */
export type BeforeCall = (service: ServiceName, operation: string, input: object) => void | Promise<void>;

/** How one call ended, for whoever records it. */
export interface CallOutcome {
  readonly service: ServiceName;
  readonly invocation: Invocation;
  readonly principal: Principal;
  readonly userAgent: string;
  readonly result: { readonly output: object } | { readonly error: AwsError };
}

/** What the dispatcher works with; the lists are the account's own, live. */
export interface DispatchParts {
  readonly account: Account;
  readonly services: Readonly<Record<ServiceName, Service>>;
  readonly principals: Principals;
  readonly faults: readonly Fault[];
  readonly throttle: Ec2Throttle;
  readonly calls: CallRecord[];
  readonly hooks: ReadonlySet<BeforeCall>;
  readonly record: (outcome: CallOutcome) => Promise<void>;
}

/** A dispatcher at work. */
interface Running extends DispatchParts {
  /** Counts the begins and ends of calls. */
  readonly mark: () => number;
}

/** A request, and the activity that deals with it. */
interface Incoming {
  readonly request: WireRequest;
  readonly activity: Activity;
}

function unknownServiceReply(scope: CredentialScope | undefined): Reply {
  const [status, message] = scope
    ? [404, `The embedded account has no service ${scope.service}; it has ${SERVICES.join(', ')}`]
    : [403, 'Request is missing Authentication Token'];
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

/** Anything but an AwsError is a fault of the account itself and is answered as one, with its reason. */
function asAwsError(cause: unknown): AwsError {
  if (cause instanceof AwsError) return cause;
  const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return new AwsError('InternalError', `The embedded account failed: ${reason}`, 500);
}

function checkDryRun(input: object): void {
  if (!('DryRun' in input) || input.DryRun !== true) return;
  throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}

/** Delays, then throws what an error fault says. */
async function applyFaults(faults: readonly Fault[], service: ServiceName, activity: Activity): Promise<void> {
  for (const { kind, ms } of faults) {
    if (kind === 'delay') await activity.sleep(ms ?? 0);
    const error = faultError(kind, service);
    if (error) throw error;
  }
}

/** Notes that a call began. */
function begin(parts: Running, service: ServiceName, operation: string, scope: CredentialScope): CallRecord {
  const { region, accessKeyId } = scope;
  const startedAt = parts.account.clock.now();
  const times = { startedAt, endedAt: Number.NaN, begun: parts.mark(), ended: Number.NaN };
  const call = { service, operation, region, accessKeyId, sequence: parts.calls.length, input: {}, ...times };
  parts.calls.push(call);
  return call;
}

function hasFault(faults: readonly Fault[], kind: FaultKind): boolean {
  return faults.some((fault) => fault.kind === kind);
}

async function perform(parts: DispatchParts, invocation: Invocation, call: CallRecord, faults: readonly Fault[]) {
  const { service, operation, region } = call;
  await applyFaults(faults, service, invocation.activity);
  if (service === 'ec2') parts.throttle.takeToken({ region, operation, input: invocation.input });
  for (const hook of parts.hooks) await hook(service, operation, invocation.input);
  checkDryRun(invocation.input);
  return parts.services[service].perform(invocation);
}

/** Performs the call and records how it ended, whichever way. Throws AwsError. */
async function performRecorded(
  parts: DispatchParts,
  invocation: Invocation,
  call: CallRecord,
  faults: readonly Fault[],
): Promise<Reply> {
  const principal = principalOf(parts.principals, call.accessKeyId, parts.account.id);
  const userAgent = header(invocation.request, 'user-agent');
  const told = { service: call.service, invocation, principal, userAgent };
  const result = await perform(parts, invocation, call, faults).catch((cause: unknown) => ({
    error: asAwsError(cause),
  }));
  await parts.record({ ...told, result });
  if ('error' in result) throw result.error;
  return result.reply;
}

/** Whether the connection breaks at this point of the call. A crash ends the caller, too. */
function breaksConnection(faults: readonly Fault[], at: 'before' | 'after', activity: Activity): boolean {
  const isCrash = hasFault(faults, `crash-${at}`);
  if (isCrash) activity.crashParent();
  return isCrash || hasFault(faults, `reset-${at}`);
}

async function dispatch(
  parts: DispatchParts,
  call: CallRecord,
  { request, activity }: Incoming,
  requestId: string,
): Promise<Dispatched> {
  const { service, operation, accessKeyId } = call;
  const { account } = parts;
  const faults = faultsFor(parts.faults, call);
  if (breaksConnection(faults, 'before', activity)) return 'reset';
  call.input = await parts.services[service].read(request, operation);
  const principal = principalOf(parts.principals, accessKeyId, account.id);
  const caller = callerOf(principal, accessKeyId, account.id);
  const region = account.region(call.region);
  const invocation = { request, operation, input: call.input, region, caller, requestId, activity };
  const reply = await performRecorded(parts, invocation, call, faults);
  return breaksConnection(faults, 'after', activity) ? 'reset' : reply;
}

async function answer(
  parts: Running,
  service: ServiceName,
  scope: CredentialScope,
  incoming: Incoming,
): Promise<Dispatched> {
  const { request } = incoming;
  const requestId = uuid(parts.account.random);
  let call: CallRecord | undefined;
  try {
    call = begin(parts, service, parts.services[service].operationOf(request), scope);
    return await dispatch(parts, call, incoming, requestId);
  } catch (cause) {
    const error = asAwsError(cause);
    if (call) call.errorCode = error.code;
    return parts.services[service].refuse(error, requestId, request);
  } finally {
    if (call) {
      call.endedAt = parts.account.clock.now();
      call.ended = parts.mark();
    }
  }
}

/** Performs calls: decode, faults, throttle, hooks, state machine, record, encode. */
export function dispatcher(parts: DispatchParts): Serve {
  let marks = 0;
  const mark = (): number => {
    marks += 1;
    return marks;
  };
  return async (request, activity) => {
    const scope = credentialScope(request);
    const service = SERVICES.find((name) => name === scope?.service);
    return scope && service
      ? answer({ ...parts, mark }, service, scope, { request, activity })
      : unknownServiceReply(scope);
  };
}
