import type { Actor } from '../../domain/change.ts';
import type { Asked } from '../../domain/requests/person.ts';

/** A time as people read it everywhere: UTC, to the millisecond. */
export const timeText = (ms: number): string => new Date(ms).toISOString();

/** Who asked, why and when, on one line. */
export const askedText = ({ by, reason, at }: Asked): string =>
  `${by.name}${by.arn === undefined || by.arn === by.name ? '' : ` (${by.arn})`}, ${timeText(at)}: ${reason}`;

/** With what a call was made, and from where: `console, from 198.51.100.20`. */
export const toolText = ({ sourceIp, tool, invokedBy }: Actor): string =>
  [tool, sourceIp && `from ${sourceIp}`, invokedBy && `through ${invokedBy}`].filter(Boolean).join(', ');

/** Who made a call, from where, with what, on one line. */
export const actorText = (actor: Actor): string => `${actor.name ?? actor.arn ?? 'unknown'} (${toolText(actor)})`;

/** The last part of a role's ARN: its name. */
const roleName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/**
 * The person, where the session's name tells who that is (IAM Identity Center and federation name sessions after people), and then the
 * role that the session is of.
 */
export const whoText = ({ name, arn, role }: Actor): string => {
  const known = name ?? arn ?? 'unknown';
  if (role !== undefined) return `${known}, in a session of the role ${roleName(role)}`;
  return arn === undefined || arn === known ? known : `${known} (${arn})`;
};
