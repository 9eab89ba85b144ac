import type { Facts, Reference } from '../../domain/controls/facts.ts';
import type { Attachment, Group } from '../../domain/group.ts';
import type { Sighting } from '../../domain/ports.ts';
import type { Rule } from '../../domain/rule.ts';

/** The group that stands in for a default group. */
export interface Replacement {
  readonly group: Group;
  readonly attachments: readonly Attachment[];
  /** What names it. */
  readonly referencedBy: readonly Reference[];
}

/** A default group and all that hangs on it, as a look gave it. */
export interface Scene {
  readonly old: Group;
  readonly facts: Pick<Facts, 'attachments' | 'referencedBy' | 'peers'> & Partial<Facts>;
  /** Groups of the account whose rules name the default group or its replacement, apart from these two. */
  readonly naming: readonly Sighting[];
  readonly replacement?: Replacement;
}

/** Whether a rule's source is the group of this id. */
export const names = ({ source }: Pick<Rule, 'source'>, groupId: string): boolean =>
  source.kind === 'group' && source.groupId === groupId;

/** Whether an interface is under the group. */
export const isUnder = ({ groupIds = [] }: Attachment, groupId: string): boolean => groupIds.includes(groupId);
