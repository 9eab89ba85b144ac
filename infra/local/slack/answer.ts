import type { Reply } from '../server/wire.ts';
import type { Refusal } from './check-content.ts';

const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

/** Slack's Web API answers 200 whether it did what was asked or not. */
export const done = (body: object): Reply => json(200, { ok: true, ...body });

/** The same for what it did not. */
export const refuse = ({ error, complaints }: Refusal): Reply => {
  const details = { errors: complaints, response_metadata: { messages: complaints.map((text) => `[ERROR] ${text}`) } };
  return json(200, { ok: false, error, ...(complaints.length > 0 && details) });
};

/** Without more to say than its name. */
export const refuseAs = (error: string): Reply => refuse({ error, complaints: [] });

/** @see https://docs.slack.dev/apis/web-api/rate-limits (429, and Retry-After in seconds) */
export const tooMany = (waitMs: number): Reply =>
  json(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(Math.ceil(waitMs / 1000)) });

/** What webhooks and response_urls say: a word. */
export const word = (status: number, text: string): Reply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: text,
});

/** A response_url that takes no more. */
export const gone = (error: 'expired_url' | 'used_url'): Reply => json(404, { ok: false, error });
