import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpAnswer, readHttpCall } from '../../../shared/events/requests/http-event.ts';
import { verifySlackCall } from '../../../shared/notifications/channels/slack/signature.ts';
import { NOW, SECRET } from '../../notifications/channels/signed.ts';
import { formOf, payload } from './slack-action-requests.ts';

/**
 * A signed request of Slack as each service passes it to the function, in the formats of AWS's documentation.
 * A REST API passes the text unchanged. The other services encode the form in Base64.
 */
const FOLDER = path.join(import.meta.dirname, 'http-events');
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

function eventOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8'));
}

function callOf(event: unknown) {
  const call = readHttpCall(event);
  if (call === undefined) throw new Error('not read as an HTTP call');
  return call;
}

async function judged(event: unknown) {
  return await verifySlackCall(callOf(event), async () => SECRET, NOW);
}

describe('an HTTP call', () => {
  it('can come from these services', () => {
    expect(NAMES.toSorted()).toEqual([
      'api-gateway-http-1.0',
      'api-gateway-http-2.0',
      'api-gateway-rest',
      'function-url',
      'load-balancer',
      'load-balancer-multi-value',
    ]);
  });

  it.each(NAMES)('through %s keeps Slack’s signature, its body and the caller’s address', async (name) => {
    expect(await judged(eventOf(name))).toEqual({ kind: 'proved', body: formOf(payload()) });
    expect(callOf(eventOf(name)).from).toBe('192.0.2.7');
  });

  it.each(NAMES)('through %s is refused once a letter of its body has changed', async (name) => {
    const event = eventOf(name);
    const body = String(event['body']);
    const other = { ...event, body: `${body.startsWith('A') ? 'B' : 'A'}${body.slice(1)}` };
    expect(await judged(other)).toMatchObject({ kind: 'refused', status: 401 });
  });

  it.each(['api-gateway-http-1.0', 'api-gateway-rest', 'load-balancer-multi-value'])(
    'through %s is refused with two signatures, of which `headers` would show the last',
    async (name) => {
      const event = eventOf(name);
      const headers: Readonly<Record<string, readonly string[]>> = Object(event['multiValueHeaders']);
      const doubled = Object.entries(headers).map(([key, values]) =>
        key.toLowerCase() === 'x-slack-signature' ? [key, [`v0=${'0'.repeat(64)}`, ...values]] : [key, values],
      );
      const forged = { ...event, multiValueHeaders: Object.fromEntries(doubled) };
      expect(await judged(forged)).toMatchObject({ kind: 'refused', status: 401 });
    },
  );

  it.each(NAMES)('through %s may lack headers and a body', (name) => {
    const bare = {
      ...eventOf(name),
      body: null,
      headers: null,
      ...(name.includes('multi') && { multiValueHeaders: {} }),
    };
    expect(callOf(bare)).toMatchObject({ body: '' });
  });

  it.each([
    [
      'a WebSocket',
      { requestContext: { eventType: 'MESSAGE', connectionId: 'x', identity: { sourceIp: '192.0.2.7' } } },
    ],
    ['an authorizer', { type: 'TOKEN', methodArn: 'arn:aws:execute-api:eu-west-1:111122223333:api/prod/POST/' }],
    ['a list', []],
    ['nothing', null],
  ])('is not %s', (_what, event) => {
    expect(readHttpCall(event)).toBeUndefined();
  });
});

describe('the response to an HTTP call', () => {
  it.each([
    ['function-url', { statusCode: 200, body: '' }],
    ['api-gateway-http-2.0', { statusCode: 200, body: '' }],
    ['api-gateway-http-1.0', { statusCode: 200, body: '' }],
    ['api-gateway-rest', { statusCode: 200, body: '' }],
    ['load-balancer', { statusCode: 200, body: '', isBase64Encoded: false, headers: { 'content-type': 'text/plain' } }],
    [
      'load-balancer-multi-value',
      { statusCode: 200, body: '', isBase64Encoded: false, multiValueHeaders: { 'content-type': ['text/plain'] } },
    ],
  ])('through %s has the format of the service', (name, answer) => {
    expect(httpAnswer(callOf(eventOf(name)), 200)).toEqual(answer);
  });
});
