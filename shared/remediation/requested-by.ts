import { BASE_32, remediationId } from '../domain/decision.ts';
import type { Exemption } from '../domain/exemption.ts';
import type { Attribution, Person } from '../domain/identity.ts';
import type { Clock } from '../domain/runtime.ts';

/** Portcullis itself, as a person on the record. */
const PORTCULLIS: Person = { name: 'portcullis', through: 'portcullis' };

/** How long the same request by the same person counts as the first one tried again, ms: ten minutes. */
const SAME_WITHIN_MS = 600_000;

/** A request as it goes on the record: who, why, now. */
export function requestedNow(
  { by, reason }: Pick<Attribution, 'by' | 'reason'>,
  clock: Pick<Clock, 'now'>,
): Attribution {
  return {
    by,
    reason,
    at: clock.now(),
  };
}

/** What Portcullis does of its own accord, on the record. */
export function requestedByPortcullis(reason: string, clock: Pick<Clock, 'now'>): Attribution {
  return requestedNow({ by: PORTCULLIS, reason }, clock);
}

/** Whether a request is one on the record, asked again because its answer was lost. */
export function isSameRequest(recorded: Attribution, asked: Attribution): boolean {
  return (
    recorded.by.name === asked.by.name &&
    recorded.by.arn === asked.by.arn &&
    recorded.reason === asked.reason &&
    Math.abs(asked.at - recorded.at) <= SAME_WITHIN_MS
  );
}

/** A name for an exemption: its time, then its content, so that later ones sort after earlier ones. */
export async function exemptionId({ at, ...exemption }: Omit<Exemption, 'id'>): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(exemption));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return remediationId({ at, id: [...digest].map((byte) => BASE_32.charAt(byte % BASE_32.length)).join('') });
}
