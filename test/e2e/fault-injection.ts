import { ROLE_KEY, type RunningCell } from '../../infra/local/cell/run-cell.ts';
import type { Fault, FaultKind } from '../../infra/local/faults.ts';
import { CLIENT_SETTINGS } from '../../shared/adapters/aws/clients/settings.ts';

/** A fault at a call. */
type InjectedFault = Extract<FaultKind, 'throttle' | 'internal-error' | 'reset-before' | 'reset-after'>;

/**
 * How many calls fail. The SDK retries one throttled call; the other faults have to end an invocation with
 * parallel queries.
 */
function timesOf(kind: InjectedFault, operation: string): number {
  if (kind === 'throttle') return 1;
  return operation === 'Query' ? 3 * CLIENT_SETTINGS.maxAttempts : CLIENT_SETTINGS.maxAttempts;
}

function isRead(operation: string): boolean {
  return /^(?:Describe|Get|List|Query)/.test(operation);
}

/**
 * All faults of an operation. For a read, a lost answer is the same as a lost request, so one of them is
 * enough.
 */
export function everyFault(operation: string): readonly InjectedFault[] {
  return isRead(operation)
    ? ['throttle', 'internal-error']
    : ['throttle', 'internal-error', 'reset-before', 'reset-after'];
}

/** The worst fault of an operation: the answer to a change is lost. */
export function worstFault(operation: string): readonly InjectedFault[] {
  return isRead(operation) ? ['internal-error'] : ['reset-after'];
}

/** The worst fault at some operations only. Another flow covers the others. */
export function worstFaultAt(...operations: readonly string[]): typeof worstFault {
  return (operation) => (operations.includes(operation) ? worstFault(operation) : []);
}

/** A flow that runs once for each of its calls, with a fault at that call. */
export interface Flow<Case> {
  /** Creates the state before the flow. */
  readonly make: () => Promise<Case>;
  /** Runs the flow. It may reject while there is a fault. */
  readonly run: (one: Case) => Promise<unknown>;
  /** Runs after the fault, without faults. Default: `run`. */
  readonly again?: (one: Case) => Promise<unknown>;
  /** Checks the final state. */
  readonly check: (one: Case) => Promise<void>;
  /** Removes everything that `make` created. */
  readonly remove?: (one: Case) => void;
}

type Call = Pick<Fault, 'service'> & { readonly operation: string };

/** The distinct calls of the functions in one flow without faults. */
async function callsOf<Case>({ local, delivery }: RunningCell, flow: Flow<Case>): Promise<readonly Call[]> {
  const one = await flow.make();
  const { length } = local.calls;
  await flow.run(one);
  await delivery.drain();
  const calls = local.calls.slice(length).filter(({ accessKeyId }) => accessKeyId === ROLE_KEY);
  await flow.check(one);
  flow.remove?.(one);
  return [...new Map(calls.map((call) => [`${call.service} ${call.operation}`, call])).values()];
}

async function injectFault<Case>({ local, delivery }: RunningCell, flow: Flow<Case>, fault: Fault): Promise<void> {
  const one = await flow.make();
  local.faults.push(fault);
  const first = await flow.run(one).then(
    () => 'passed',
    (error: unknown) => String(error),
  );
  await delivery.drain();
  local.faults.splice(local.faults.indexOf(fault), 1);
  try {
    await (flow.again ?? flow.run)(one);
    await delivery.drain();
    await flow.check(one);
    flow.remove?.(one);
  } catch (error) {
    const what = `${fault.kind} at ${fault.service} ${fault.operation ?? ''}, where the first try ${first}`;
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * Runs a flow without faults, then once for each call of the functions and each kind of fault, and retries it
 * without.
 *
 * @returns the names of the calls.
 */
export async function injectEveryFault<Case>(
  cell: RunningCell,
  flow: Flow<Case>,
  faultsAt: typeof everyFault,
): Promise<readonly string[]> {
  const calls = await callsOf(cell, flow);
  for (const { service, operation } of calls)
    for (const kind of faultsAt(operation)) {
      const times = timesOf(kind, operation);
      await injectFault(cell, flow, { service, operation, kind, times, accessKeyId: ROLE_KEY });
    }
  return calls.map(({ operation }) => operation);
}
