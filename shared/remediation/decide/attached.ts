import type { Attached } from '../../domain/decision.ts';
import type { Attachment } from '../../domain/group.ts';

/** Ids that are named: enough to know where to look. */
const MOST_IDS = 3;

const kindsOf = (attachments: readonly Attachment[]): Attached['kinds'] =>
  [...Map.groupBy(attachments, ({ owner = 'other' }) => owner)]
    .map(([kind, some]) => ({ kind, count: some.length }))
    .toSorted((a, b) => b.count - a.count);

/** What a group is attached to, in short: for people, and small enough for every record. */
export const attachedOf = (attachments: readonly Attachment[]): Attached => ({
  interfaces: attachments.length,
  kinds: kindsOf(attachments),
  ids: [...new Set(attachments.map(({ instanceId, interfaceId }) => instanceId ?? interfaceId))].slice(0, MOST_IDS),
  hasPublicAddress: attachments.some(({ publicIp, publicIpv6 }) => publicIp !== undefined || publicIpv6 !== undefined),
});
