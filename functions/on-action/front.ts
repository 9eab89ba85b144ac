import type { KeyRing } from '../../shared/domain/notifications/delivery.ts';
import type { CallRefused, HttpCall } from '../../shared/domain/requests/http-call.ts';
import type { Press } from '../../shared/domain/requests/press.ts';
import { readInteraction } from '../../shared/events/requests/slack-interaction.ts';
import { provedBySlack } from '../../shared/notifications/channels/slack-signature.ts';

/** What the front knows besides the call. */
export interface Front {
  readonly keys: KeyRing;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where Slack's Web API is called, if not at its own place. */
  readonly slackApi: string | undefined;
}

/** Presses that a call brings, proved to be Slack's. */
export type Brought = { readonly kind: 'presses'; readonly presses: readonly Press[] } | CallRefused;

/**
 * The front of the buttons: verifies a call and reads it, and does nothing else, so that it can stand elsewhere than where presses are
 * carried out. Throws CallFailed, InputInvalid where the secret cannot be read.
 */
export const pressesIn = async (call: HttpCall, { keys, now, slackApi }: Front): Promise<Brought> => {
  const proved = await provedBySlack(call, async () => (await keys.read()).slackSigningSecret, now);
  if (proved.kind === 'refused') return proved;
  const read = readInteraction(proved.body, { now, slackApi });
  return read.kind === 'presses' ? read : { kind: 'refused', status: 400, because: read.because };
};
