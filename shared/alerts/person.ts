import { plain } from '../exposure/format.ts';
import type { Actor } from '../model/change.ts';
import type { Asked } from '../model/person.ts';

/** A time as people read it everywhere: UTC, to the millisecond. */
export const timeText = (ms: number): string => new Date(ms).toISOString();

/** Who asked, why and when, on one line. */
export const askedText = ({ by, reason, at }: Asked): string =>
  `${plain(by.name)}${by.arn === undefined || by.arn === by.name ? '' : ` (${plain(by.arn)})`}, ${timeText(at)}: ${plain(reason)}`;

/** Who made a call, from where, with what, on one line. */
export const actorText = ({ name, arn, sourceIp, tool, invokedBy }: Actor): string =>
  [plain(name ?? arn ?? 'unknown'), sourceIp && `from ${sourceIp}`, `with ${tool}`, invokedBy && `through ${invokedBy}`]
    .filter(Boolean)
    .join(' ');
