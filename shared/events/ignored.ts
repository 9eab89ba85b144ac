/**
 * Why Portcullis ignores an event, with the sentence that logs, the command line and docs/runbook.md show.
 */
export const IGNORED_REASONS = {
  'other-call': 'The call changes no security group.',
  'dry-run': 'The caller only asked AWS to check the call (dry run).',
  'failed-call': 'The call failed, so it changed nothing.',
  'no-group': 'The call names no security group.',
  'no-exemption-tag': 'The call changes no exemption tag.',
  'not-approved': 'The ledger does not record the plan as approved.',
  'other-resource': 'The configuration item describes no security group.',
  'other-notification': 'The notification from AWS Config names no security group.',
} as const;

/** A reason to ignore an event. */
export type IgnoredReason = keyof typeof IGNORED_REASONS;

/** An event that leads to no action. */
export interface IgnoredEvent {
  readonly kind: 'ignored';
  readonly reason: IgnoredReason;
  /** The call, plan, resource or notification that the event is about. */
  readonly about: string;
}

/** Returns that an event is ignored, and why. */
export function ignore(reason: IgnoredReason, about: string): IgnoredEvent {
  return { kind: 'ignored', reason, about };
}

/** One line for people, such as `ModifyDBInstance: The call names no security group.` */
export function ignoredText({ reason, about }: IgnoredEvent): string {
  return `${about}: ${IGNORED_REASONS[reason]}`;
}
