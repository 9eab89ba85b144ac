import { uuid } from '../../shared/domain/runtime.ts';
import { type Fault, type FaultKind, faultError, faultsFor } from './faults.ts';
import type { Serve } from './network/network.ts';
import type { Ec2Throttle } from './services/ec2/throttle.ts';
import type { RunningService, ServiceName } from './services/registry.ts';
import type { Account } from './state/account.ts';
import { AwsError } from './state/operation.ts';
import { callerOf, type Principals, principalOf } from './state/principals.ts';
import type { Activity } from './time/clock.ts';
import {
  type CredentialScope,
  credentialScope,
  type Dispatched,
  header,
  type Reply,
  type WireRequest,
} from './wire/messages.ts';
import type { CallOutcome, FaultErrors, Invocation } from './wire/service.ts';

/** One call in the account's list of calls. Times are epoch milliseconds on the account's clock. */
export interface CallRecord {
  readonly service: ServiceName;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** From 0, in the order in which calls began. */
  readonly sequence: number;
  readonly startedAt: number;
  /** NaN while the call is in progress. */
  endedAt: number;
  /**
   * Position of the call's begin among the begins and ends of all calls. With `ended`, it shows which calls
   * overlapped.
   */
  readonly begun: number;
  /** Position of the call's end. NaN while the call is in progress. */
  ended: number;
  /** The decoded input; `{}` if it could not be decoded. */
  input: object;
  /** AWS's code if the call failed. */
  errorCode?: string;
}

/** Runs before a call is performed and may change the account. An error that it throws fails the call. */
export type BeforeCall = (service: ServiceName, operation: string, input: object) => void | Promise<void>;

/** What the dispatcher works with. The lists belong to the account and are live. */
export interface DispatchParts {
  readonly account: Account;
  readonly services: readonly RunningService[];
  readonly principals: Principals;
  readonly faults: readonly Fault[];
  readonly throttle: Ec2Throttle;
  readonly calls: CallRecord[];
  readonly hooks: ReadonlySet<BeforeCall>;
  readonly record: (outcome: CallOutcome) => Promise<void>;
}

/** A running dispatcher. */
interface Running extends DispatchParts {
  /** Numbers the begins and ends of calls. */
  readonly mark: () => number;
}

/** A signed request to one service, and the activity that handles it. */
interface Incoming {
  readonly request: WireRequest;
  readonly activity: Activity;
  readonly scope: CredentialScope;
  readonly service: RunningService;
  readonly requestId: string;
}

/** One call: its record, and the faults that apply to it. */
interface Call {
  readonly record: CallRecord;
  readonly faults: readonly Fault[];
}

/**
 * Serves calls: decodes the request, applies faults and EC2's rate limits, runs the hooks, performs the
 * operation, records the outcome and encodes the response.
 */
export function dispatcher(parts: DispatchParts): Serve {
  let marks = 0;
  const mark = (): number => {
    marks += 1;
    return marks;
  };
  return async (request, activity) => {
    const scope = credentialScope(request);
    const service = parts.services.find(({ name }) => name === scope?.service);
    if (!scope || !service) return unknownServiceReply(scope, parts.services);
    const requestId = uuid(parts.account.random);
    return await answer({ ...parts, mark }, { request, activity, scope, service, requestId });
  };
}

function unknownServiceReply(scope: CredentialScope | undefined, services: readonly RunningService[]): Reply {
  const [status, message] = scope
    ? [
        404,
        `The embedded account has no service ${scope.service}; it has ${services.map(({ name }) => name).join(', ')}`,
      ]
    : [403, 'Request is missing Authentication Token'];
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

async function answer(parts: Running, incoming: Incoming): Promise<Dispatched> {
  const { request, service, requestId } = incoming;
  let record: CallRecord | undefined;
  try {
    record = begin(parts, incoming, service.operationOf(request));
    return await dispatch(parts, record, incoming);
  } catch (cause) {
    const error = asAwsError(cause);
    if (record) record.errorCode = error.code;
    return service.refuse(error, requestId, request);
  } finally {
    if (record) {
      record.endedAt = parts.account.clock.now();
      record.ended = parts.mark();
    }
  }
}

/** Adds a call that has begun to the account's list of calls. */
function begin(parts: Running, { scope, service }: Incoming, operation: string): CallRecord {
  const { region, accessKeyId } = scope;
  const startedAt = parts.account.clock.now();
  const times = { startedAt, endedAt: Number.NaN, begun: parts.mark(), ended: Number.NaN };
  const call = {
    service: service.name,
    operation,
    region,
    accessKeyId,
    sequence: parts.calls.length,
    input: {},
    ...times,
  };
  parts.calls.push(call);
  return call;
}

/**
 * Anything but an AwsError is a bug of the embedded account. The answer is an InternalError with the stack.
 */
function asAwsError(cause: unknown): AwsError {
  if (cause instanceof AwsError) return cause;
  const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return new AwsError('InternalError', `The embedded account failed: ${reason}`, 500);
}

async function dispatch(parts: DispatchParts, record: CallRecord, incoming: Incoming): Promise<Dispatched> {
  const { request, activity, service, requestId } = incoming;
  const { operation, accessKeyId } = record;
  const { account } = parts;
  const faults = faultsFor(parts.faults, record);
  if (breaksConnection(faults, 'before', activity)) return 'reset';
  record.input = await service.read(request, operation);
  const principal = principalOf(parts.principals, accessKeyId, account.id);
  const caller = callerOf(principal, accessKeyId, account.id);
  const region = account.region(record.region);
  const invocation = { request, operation, input: record.input, region, caller, requestId, activity };
  const reply = await performRecorded(parts, service, invocation, { record, faults });
  return breaksConnection(faults, 'after', activity) ? 'reset' : reply;
}

/** Whether the connection breaks at this point of the call. A crash ends the caller, too. */
function breaksConnection(faults: readonly Fault[], at: 'before' | 'after', activity: Activity): boolean {
  const isCrash = hasFault(faults, `crash-${at}`);
  if (isCrash) activity.crashParent();
  return isCrash || hasFault(faults, `reset-${at}`);
}

function hasFault(faults: readonly Fault[], kind: FaultKind): boolean {
  return faults.some((fault) => fault.kind === kind);
}

/** Performs the call and records its outcome, success or error. Throws AwsError. */
async function performRecorded(
  parts: DispatchParts,
  service: RunningService,
  invocation: Invocation,
  call: Call,
): Promise<Reply> {
  const { record } = call;
  const principal = principalOf(parts.principals, record.accessKeyId, parts.account.id);
  const userAgent = header(invocation.request, 'user-agent');
  const result = await perform(parts, service, invocation, call).catch((cause: unknown) => ({
    error: asAwsError(cause),
  }));
  await parts.record({ service: record.service, invocation, principal, userAgent, result });
  if ('error' in result) throw result.error;
  return result.reply;
}

async function perform(
  parts: DispatchParts,
  service: RunningService,
  invocation: Invocation,
  { record: { operation, region }, faults }: Call,
) {
  await applyFaults(faults, service.errors, invocation.activity);
  if (service.name === 'ec2') parts.throttle.takeToken({ region, operation, input: invocation.input });
  for (const hook of parts.hooks) await hook(service.name, operation, invocation.input);
  checkDryRun(invocation.input);
  return service.perform(invocation);
}

/** Waits for each delay fault, and throws the error of the first error fault. */
async function applyFaults(faults: readonly Fault[], errors: FaultErrors, activity: Activity): Promise<void> {
  for (const { kind, ms } of faults) {
    if (kind === 'delay') await activity.sleep(ms ?? 0);
    const error = faultError(kind, errors);
    if (error) throw error;
  }
}

function checkDryRun(input: object): void {
  if (!('DryRun' in input) || input.DryRun !== true) return;
  throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}
