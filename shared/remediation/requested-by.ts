import { BASE_32, remediationId } from '../domain/decision.ts';
import type { Exemption } from '../domain/exemption.ts';
import type { Attribution, Person } from '../domain/identity.ts';
import type { Clock } from '../domain/runtime.ts';

/** Portcullis itself as the requester. */
const PORTCULLIS: Person = { name: 'portcullis', through: 'portcullis' };

/** Time within which the same request by the same person counts as a retry, ms: ten minutes. */
const SAME_WITHIN_MS = 600_000;

/** A request with the current time. */
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

/** A request by Portcullis itself. */
export function requestedByPortcullis(reason: string, clock: Pick<Clock, 'now'>): Attribution {
  return requestedNow({ by: PORTCULLIS, reason }, clock);
}

/** Whether a request is the recorded one, sent again because its answer was lost. */
export function isSameRequest(recorded: Attribution, asked: Attribution): boolean {
  return (
    recorded.by.name === asked.by.name &&
    recorded.by.arn === asked.by.arn &&
    recorded.reason === asked.reason &&
    Math.abs(asked.at - recorded.at) <= SAME_WITHIN_MS
  );
}

/** The id of an exemption: its time and then its content, so that ids sort by time. */
export async function exemptionId({ at, ...exemption }: Omit<Exemption, 'id'>): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(exemption));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return remediationId({ at, id: [...digest].map((byte) => BASE_32.charAt(byte % BASE_32.length)).join('') });
}
