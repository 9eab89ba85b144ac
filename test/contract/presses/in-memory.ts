import {
  PRESS_LASTS_MS,
  PRESS_STANDS_MS,
  type Press,
  type Presses,
  type PressRecord,
  pressId,
} from '../../../shared/domain/requests/press.ts';

interface Claim {
  readonly record: PressRecord;
  readonly until: number;
}

const slot = ({ remediationId, action }: Press): string => `${remediationId} ${action}`;

/** Presses held in memory. */
export const pressesInMemory = (now: () => number): Presses & { readonly all: ReadonlyMap<string, PressRecord> } => {
  const all = new Map<string, PressRecord>();
  const claims = new Map<string, Claim>();
  const isHolder = (press: Press) => {
    const claim = claims.get(slot(press));
    return claim !== undefined && pressId(claim.record.press) === pressId(press);
  };
  return {
    all,
    record: async (press) => {
      if (!all.has(pressId(press))) all.set(pressId(press), { press });
    },
    find: async (id) => all.get(id),
    claim: async (press) => {
      const claim = claims.get(slot(press));
      if (claim !== undefined && !isHolder(press) && claim.until > now()) return claim.record;
      claims.set(slot(press), { record: { press }, until: now() + PRESS_LASTS_MS });
      return undefined;
    },
    ended: async (press, result, again) => {
      if (isHolder(press)) {
        if (again) claims.delete(slot(press));
        else claims.set(slot(press), { record: { press, result }, until: now() + PRESS_STANDS_MS });
      }
      if (all.has(pressId(press))) all.set(pressId(press), { press, result });
    },
  };
};
