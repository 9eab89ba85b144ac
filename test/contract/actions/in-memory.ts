import {
  ACTION_LEASE_MS,
  ACTION_RESULT_KEPT_MS,
  type ActionRecord,
  type ActionRequest,
  type ActionRequests,
  actionRequestId,
} from '../../../shared/domain/action.ts';

interface Claim {
  readonly record: ActionRecord;
  readonly until: number;
}

function slot({ remediationId, action }: ActionRequest): string {
  return `${remediationId} ${action}`;
}

/** Presses held in memory. */
export function pressesInMemory(
  now: () => number,
): ActionRequests & { readonly all: ReadonlyMap<string, ActionRecord> } {
  const all = new Map<string, ActionRecord>();
  const claims = new Map<string, Claim>();
  const isHolder = (press: ActionRequest) => {
    const claim = claims.get(slot(press));
    return claim !== undefined && actionRequestId(claim.record.request) === actionRequestId(press);
  };
  return {
    all,
    record: async (press) => {
      if (!all.has(actionRequestId(press))) all.set(actionRequestId(press), { request: press });
    },
    find: async (id) => all.get(id),
    claim: async (press) => {
      const claim = claims.get(slot(press));
      if (claim !== undefined && !isHolder(press) && claim.until > now()) return claim.record;
      claims.set(slot(press), { record: { request: press }, until: now() + ACTION_LEASE_MS });
      return undefined;
    },
    complete: async (press, result, again) => {
      if (isHolder(press)) {
        if (again) claims.delete(slot(press));
        else claims.set(slot(press), { record: { request: press, result }, until: now() + ACTION_RESULT_KEPT_MS });
      }
      if (all.has(actionRequestId(press))) all.set(actionRequestId(press), { request: press, result });
    },
  };
}
