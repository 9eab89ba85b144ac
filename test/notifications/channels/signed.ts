import { createHmac } from 'node:crypto';
import type { HttpCall } from '../../../shared/domain/action.ts';

/** A signing secret of nobody. */
export const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';

/** When calls are made, milliseconds since the epoch. */
export const NOW = Date.parse('2026-05-01T12:00:00.700Z');

/** What Slack would send: signed as its documentation says, by other means than ours. */
export function signedCall(
  body: string,
  { secret = SECRET, at = NOW, isBase64 = false }: { secret?: string; at?: number; isBase64?: boolean } = {},
): HttpCall {
  const time = String(Math.floor(at / 1000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
  return {
    from: '192.0.2.1',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': time,
      'x-slack-signature': signature,
    },
    body: isBase64 ? Buffer.from(body).toString('base64') : body,
    isBase64,
    answerForm: 'status',
  };
}
