/** A pointer to the part of the runbook that tells what to do, for the description of an alarm. */
export const runbook = (anchor: string): string => `Runbook: docs/runbook.md#${anchor}`;
