import { ROLE_KEY, type RunningCell } from '../../infra/local/cell/run-cell.ts';
import type { Fault, FaultKind } from '../../infra/local/faults.ts';
import { CLIENT_SETTINGS } from '../../shared/adapters/aws/clients/settings.ts';

/** What goes wrong at a call. */
type InjectedFault = Extract<FaultKind, 'throttle' | 'internal-error' | 'reset-before' | 'reset-after'>;

/** How often: a throttled call is for the SDK to retry; the others end an invocation, which makes some queries side by side. */
function timesOf(kind: InjectedFault, operation: string): number {
  if (kind === 'throttle') return 1;
  return operation === 'Query' ? 3 * CLIENT_SETTINGS.maxAttempts : CLIENT_SETTINGS.maxAttempts;
}

function isRead(operation: string): boolean {
  return /^(?:Describe|Get|List|Query)/.test(operation);
}

/** All that goes wrong at an operation. A read has no effect that its answer could be lost after, and is asked again whatever it met. */
export function everyFault(operation: string): readonly InjectedFault[] {
  return isRead(operation)
    ? ['throttle', 'internal-error']
    : ['throttle', 'internal-error', 'reset-before', 'reset-after'];
}

/** The worst of it: a change was made, and nobody knows. */
export function worstFault(operation: string): readonly InjectedFault[] {
  return isRead(operation) ? ['internal-error'] : ['reset-after'];
}

/** The same at some operations alone: the others come in another flow, which is broken there. */
export function worstFaultAt(...operations: readonly string[]): typeof worstFault {
  return (operation) => (operations.includes(operation) ? worstFault(operation) : []);
}

/** A flow that is broken at each of its calls in turn. */
export interface Flow<Case> {
  /** Everything as it is before the flow, in a place of its own. */
  readonly make: () => Promise<Case>;
  /** The flow. What it rejects with, while something is broken, is what whoever asked is told. */
  readonly run: (one: Case) => Promise<unknown>;
  /** What is done after something broke; default: `run`. Nothing is broken any more. */
  readonly again?: (one: Case) => Promise<unknown>;
  /** What must be true in the end. */
  readonly check: (one: Case) => Promise<void>;
  /** Takes the case out of the account again. */
  readonly remove?: (one: Case) => void;
}

type Call = Pick<Fault, 'service'> & { readonly operation: string };

/** The calls that the functions make in one undisturbed flow, by name, each once. */
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
 * Plays a flow undisturbed; then once for each call that the functions make in it and each kind of fault, and again without one.
 *
 * @returns the names of the calls that the functions make.
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
