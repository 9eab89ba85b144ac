import type { Account } from '../account/account.ts';
import { operationSchema } from '../codec/operation-schema.ts';
import type { CallOutcome } from '../server/dispatch.ts';
import { type TrailEvent, trailEvent } from './event.ts';

/** Calls that only read emit no event here: EventBridge leaves them out unless a rule asks for them. */
function changesSomething(operation: string): boolean {
  return !/^(?:Describe|Get|List)/.test(operation);
}

/** Records what EC2 calls did, also those that failed, as CloudTrail would. */
export function trail(account: Account, emit: (event: TrailEvent) => void): (outcome: CallOutcome) => Promise<void> {
  return async (outcome) => {
    const { service, invocation } = outcome;
    if (service !== 'ec2' || !changesSomething(invocation.operation)) return;
    const schema = operationSchema(await import('@aws-sdk/client-ec2'), invocation.operation);
    emit(trailEvent(account, schema, outcome));
  };
}
