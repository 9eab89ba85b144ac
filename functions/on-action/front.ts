import {
  type ActionRequest,
  type ActionRequests,
  actionRequestId,
  type HttpCall,
  type HttpRefusal,
} from '../../shared/domain/action.ts';
import type { SecretStore } from '../../shared/domain/delivery.ts';
import { readInteraction } from '../../shared/events/requests/action-event.ts';
import { verifySlackCall } from '../../shared/notifications/channels/slack/signature.ts';

/** What taking a press in needs from outside. */
export interface RequestIntake {
  readonly presses: Pick<ActionRequests, 'record'>;
  /** Has a press that is on the record carried out, soon and apart from this. Throws CallFailed. */
  readonly worker: { readonly later: (pressId: string) => Promise<void> };
}

/**
 * Takes presses in, whoever has verified them: each goes on the record, and is carried out later. Where this throws, nobody was told
 * that it was taken. Throws CallFailed.
 */
export async function recordActionRequests(
  presses: readonly ActionRequest[],
  { presses: recorded, worker }: RequestIntake,
): Promise<void> {
  for (const press of presses) {
    await recorded.record(press);
    await worker.later(actionRequestId(press));
  }
}

/** What the front knows besides the call. */
export interface SlackIntake {
  readonly keys: SecretStore;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where Slack's Web API is called, if not at its own place. */
  readonly slackApi: string | undefined;
}

/** Presses that a call brings, proved to be Slack's. */
export type SlackRequests = { readonly kind: 'presses'; readonly presses: readonly ActionRequest[] } | HttpRefusal;

/**
 * The front of the buttons: verifies a call and reads it, and does nothing else, so that it can stand elsewhere than where presses are
 * carried out. Throws CallFailed, InputInvalid where the secret cannot be read.
 */
export async function readSlackRequests(call: HttpCall, { keys, now, slackApi }: SlackIntake): Promise<SlackRequests> {
  const proved = await verifySlackCall(call, async () => (await keys.read()).slackSigningSecret, now);
  if (proved.kind === 'refused') return proved;
  const read = readInteraction(proved.body, { now, slackApi });
  return read.kind === 'presses' ? read : { kind: 'refused', status: 400, because: read.because };
}
