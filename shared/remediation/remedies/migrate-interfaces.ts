import type { Attachment, InterfaceOwner } from '../../domain/group.ts';
import { plain } from '../../network/text/format.ts';
import { commandFor, type Move } from './migrate-commands.ts';

/** Owners whose interfaces are changed where they are: an instance's, and one that somebody made for himself. */
const CHANGEABLE: ReadonlySet<InterfaceOwner> = new Set(['ec2', 'other']);

/** Whether a service has to be asked to change the interface. */
export const isManaged = ({ owner = 'other', requesterManaged }: Attachment): boolean =>
  requesterManaged === true || !CHANGEABLE.has(owner);

const nameOf = ({ interfaceId, owner = 'other', description }: Attachment): string =>
  `${interfaceId} (${[owner, plain(description)].filter((part) => part !== '').join(', ')})`;

/** An interface that a service manages, with what a person has to do. */
export const managedText = (attachment: Attachment, move: Move): string =>
  `${nameOf(attachment)} is managed by its service; move it with: ${commandFor(attachment, move)}`;

/** An interface that EC2 would not change, why, and what a person has to do. */
export const stuckText = (attachment: Attachment, why: string, move: Move): string =>
  `${nameOf(attachment)} could not be changed: ${why}; move it with: ${commandFor(attachment, move)}`;
