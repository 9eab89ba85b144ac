import { REMEDIATION_ID } from '../../domain/remediation-id.ts';
import type { Press } from '../../domain/requests/press.ts';
import { allowOnly, openPart, readIn, wordIn } from './command-part.ts';

const asRemediation = (value: unknown): string | undefined =>
  typeof value === 'string' && REMEDIATION_ID.test(value) ? value : undefined;

/**
 * Reads a custom action of Amazon Q Developer in chat applications: `{action, id}`, as the action's command sends it. It does not tell who
 * pressed, so that nothing is taken but what removes nothing and grants nothing.
 *
 * @param now milliseconds since the epoch.
 * @throws EventUnreadable naming the field and what was expected there.
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-actions.html
 */
export const readChatAction = (event: unknown, now: number): Press => {
  const part = openPart(event, 'event');
  allowOnly(part, ['action', 'id']);
  return {
    action: wordIn(part, 'action', ['acknowledge', 'decline']),
    remediationId: readIn(part, 'id', asRemediation, 'the id of a remediation'),
    by: { through: 'amazon-q', name: 'Amazon Q' },
    at: now,
  };
};
