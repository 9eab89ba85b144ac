import { BASE_32 } from '../../domain/base32.ts';
import type { Exemption } from '../../domain/exemption.ts';
import { remediationId } from '../../domain/remediation-id.ts';

/** A name for an exemption: its time, then its content, so that later ones sort after earlier ones. */
export const exemptionId = async ({ at, ...exemption }: Omit<Exemption, 'id'>): Promise<string> => {
  const text = new TextEncoder().encode(JSON.stringify(exemption));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return remediationId({ at, id: [...digest].map((byte) => BASE_32.charAt(byte % BASE_32.length)).join('') });
};
