import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readActionEvent, workOnEvent } from '../../../shared/events/requests/action-event.ts';
import { ID } from './slack-action-requests.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

/** An event of the function URL in payload format 2.0, with the parts that a caller can choose. */
function urlEvent(more: Readonly<Record<string, unknown>> = {}) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: '',
    headers: { 'x-slack-signature': 'v0=1' },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc',
      domainName: 'abc.lambda-url.eu-west-1.on.aws',
      domainPrefix: 'abc',
      http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '192.0.2.7', userAgent: 'x' },
      requestId: 'id',
      routeKey: '$default',
      stage: '$default',
      time: '01/May/2026:12:00:00 +0000',
      timeEpoch: NOW,
    },
    isBase64Encoded: false,
    ...more,
  };
}

function read(event: unknown) {
  return readActionEvent(event, NOW);
}

describe('an event of on-action', () => {
  it('may be a call of its URL', () => {
    expect(read(urlEvent({ body: 'payload=1' }))).toEqual({
      from: 'http',
      call: {
        from: '192.0.2.7',
        headers: { 'x-slack-signature': 'v0=1' },
        body: 'payload=1',
        isBase64: false,
        answerForm: 'status',
      },
    });
    expect(read(urlEvent({ body: 'cA==', isBase64Encoded: true }))).toMatchObject({ call: { isBase64: true } });
    expect(read(urlEvent({ headers: undefined }))).toMatchObject({ call: { headers: {}, body: '' } });
  });

  it('may come from the function itself, with only the id of an action request', () => {
    expect(read(JSON.parse(JSON.stringify(workOnEvent('a press'))))).toEqual({ from: 'itself', pressId: 'a press' });
  });

  it.each(['acknowledge', 'decline'])('may be %s by Amazon Q', (action) => {
    expect(read({ action, id: ID })).toEqual({
      from: 'amazon-q',
      press: { action, remediationId: ID, by: { through: 'amazon-q', name: 'Amazon Q' }, at: NOW },
    });
  });

  it.each<[unknown, string]>([
    [{ action: 'restore', id: ID }, 'event.action: expected one of decline, acknowledge'],
    [{ action: 'exempt', id: ID }, 'event.action'],
    [{ action: 'approve', id: ID }, 'event.action'],
    [{ action: 'decline', id: 'x' }, 'event.id: expected the id of a remediation'],
    [{ action: 'decline', id: ID, by: 'ann' }, 'event.by: expected no such field'],
    [{ do: 'work-on', id: 'x', press: {} }, 'event.press: expected no such field'],
    [{ do: 'restore', id: ID }, 'event.do: expected one of work-on'],
    [{ do: 'work-on' }, 'event.id'],
    ['work-on', 'event: expected an object'],
    [null, 'event: expected an object'],
  ])('is refused from an unknown caller: %j', (event, message) => {
    expect(read(event)).toMatchObject({ from: 'nobody', because: expect.stringContaining(message) });
  });

  it('of a stranger is always an HTTP call, never one of the function itself or of Amazon Q', () => {
    const hostile = fc.constantFrom(
      JSON.stringify(workOnEvent('x')),
      JSON.stringify({ action: 'decline', id: ID }),
      'do=work-on&id=x',
    );
    const texts = fc.dictionary(
      fc.oneof(fc.constantFrom('do', 'id', 'action', 'requestContext', '__proto__'), fc.string()),
      fc.string(),
    );
    const calls = fc.record({
      body: fc.oneof(
        hostile,
        hostile.map((text) => Buffer.from(text).toString('base64')),
        fc.string(),
      ),
      headers: texts,
      queryStringParameters: texts,
      cookies: fc.array(fc.string()),
      rawPath: fc.string(),
      rawQueryString: fc.string(),
      isBase64Encoded: fc.boolean(),
    });
    fc.assert(
      fc.property(calls, (call) => {
        expect(read(JSON.parse(JSON.stringify(urlEvent(call)))).from).toBe('http');
      }),
    );
  });
});
