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

/** What recording action requests needs. */
export interface RequestIntake {
  readonly actions: Pick<ActionRequests, 'record'>;
  /** Handles a recorded request in another invocation. Throws CallFailed. */
  readonly worker: { readonly later: (pressId: string) => Promise<void> };
}

/**
 * Records verified action requests, to be handled later. Throws CallFailed; then Slack shows the person an
 * error.
 */
export async function recordActionRequests(
  presses: readonly ActionRequest[],
  { actions: recorded, worker }: RequestIntake,
): Promise<void> {
  for (const press of presses) {
    await recorded.record(press);
    await worker.later(actionRequestId(press));
  }
}

/** What reading a call from Slack needs. */
export interface SlackIntake {
  readonly secrets: SecretStore;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** URL of Slack's Web API; undefined: Slack's own. */
  readonly slackApi: string | undefined;
}

/** The action requests in a call that Slack signed, or the refusal of the call. */
export type SlackRequests = { readonly kind: 'presses'; readonly presses: readonly ActionRequest[] } | HttpRefusal;

/**
 * Verifies and reads a call from Slack. Does nothing else, so that a hub can do this for many cells. Throws
 * CallFailed; InputInvalid if the secret cannot be read.
 */
export async function readSlackRequests(
  call: HttpCall,
  { secrets, now, slackApi }: SlackIntake,
): Promise<SlackRequests> {
  const proved = await verifySlackCall(call, async () => (await secrets.read()).slackSigningSecret, now);
  if (proved.kind === 'refused') return proved;
  const read = readInteraction(proved.body, { now, slackApi });
  return read.kind === 'presses' ? read : { kind: 'refused', status: 400, because: read.because };
}
