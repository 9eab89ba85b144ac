import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpCall } from '../../../../shared/domain/action.ts';
import { verifySlackCall } from '../../../../shared/notifications/channels/slack/signature.ts';
import { NOW, SECRET, signedCall } from '../signed.ts';

const BODY = 'payload=%7B%22type%22%3A%22block_actions%22%7D';

async function judged(call: HttpCall, secret: string | undefined = SECRET) {
  return await verifySlackCall(call, async () => secret, NOW);
}

/** A call with other headers; undefined takes one away. */
function withHeaders(headers: Readonly<Record<string, string | undefined>>): HttpCall {
  const call = signedCall(BODY);
  const all = Object.entries({ ...call.headers, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return { ...call, headers: Object.fromEntries(all) };
}

const signature = signedCall(BODY).headers['x-slack-signature'] ?? '';

/** The text with another letter in a place. */
function changedAt(text: string, place: number, letter: string): string {
  return text.slice(0, place) + letter + text.slice(place + 1);
}

/** A place in a text of this length, and a letter to put there. */
function change(length: number) {
  return fc.tuple(fc.nat(length - 1), fc.string({ minLength: 1, maxLength: 1, unit: 'binary-ascii' }));
}

describe('a call that Slack signed', () => {
  it('is proved, and its body is what was sent', async () => {
    expect(await judged(signedCall(BODY))).toEqual({ kind: 'proved', body: BODY });
    expect(await judged(signedCall('payload=é😀', { isBase64: true }))).toEqual({
      kind: 'proved',
      body: 'payload=é😀',
    });
  });

  it('is proved by the example of Slack’s own documentation', async () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const call = { from: '192.0.2.1', headers, body, isBase64: false, answerForm: 'status' as const };
    expect(await verifySlackCall(call, async () => SECRET, 1_531_420_618_000)).toMatchObject({ kind: 'proved' });
  });

  it('is proved up to five minutes before and after its time, and no longer', async () => {
    const call = signedCall(BODY, { at: NOW - 700 });
    const at = async (seconds: number) =>
      (await verifySlackCall(call, async () => SECRET, NOW - 700 + seconds * 1000)).kind;
    expect(await Promise.all([-300.001, -300, 0, 300, 300.001].map(at))).toEqual([
      'refused',
      'proved',
      'proved',
      'proved',
      'refused',
    ]);
  });

  it('is refused once its body, time or signature has changed by one letter', async () => {
    const time = signedCall(BODY).headers['x-slack-request-timestamp'] ?? '';
    const parts = fc.oneof(
      change(BODY.length).map(([place, letter]) => ({ ...signedCall(BODY), body: changedAt(BODY, place, letter) })),
      change(time.length).map(([place, letter]) =>
        withHeaders({ 'x-slack-request-timestamp': changedAt(time, place, letter) }),
      ),
      change(signature.length).map(([place, letter]) =>
        withHeaders({ 'x-slack-signature': changedAt(signature, place, letter) }),
      ),
    );
    const original = JSON.stringify(signedCall(BODY));
    await fc.assert(
      fc.asyncProperty(parts, async (call) => {
        fc.pre(JSON.stringify(call) !== original);
        expect(await judged(call)).toMatchObject({ kind: 'refused' });
      }),
      { numRuns: 500 },
    );
  });

  it('is refused under every other secret', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), async (secret) => {
        fc.pre(secret !== SECRET);
        expect(await judged(signedCall(BODY, { secret }))).toMatchObject({ kind: 'refused', status: 401 });
      }),
    );
  });
});

describe('a call that Slack did not sign', () => {
  it.each<[string, HttpCall, number]>([
    ['has no signature', withHeaders({ 'x-slack-signature': undefined }), 401],
    ['has no time', withHeaders({ 'x-slack-request-timestamp': undefined }), 401],
    ['has its signature twice, in two cases', withHeaders({ 'X-Slack-Signature': signature }), 401],
    [
      'has its signature twice, joined by Lambda',
      withHeaders({ 'x-slack-signature': `${signature},${signature}` }),
      401,
    ],
    [
      'has its time twice, joined by Lambda',
      withHeaders({ 'x-slack-request-timestamp': '1777636800,1777636800' }),
      401,
    ],
    ['has a time with a sign', withHeaders({ 'x-slack-request-timestamp': '+1777636800' }), 401],
    ['has a time that is no number', withHeaders({ 'x-slack-request-timestamp': 'NaN' }), 401],
    ['has another version', withHeaders({ 'x-slack-signature': signature.replace('v0', 'v1') }), 401],
    ['has upper-case hex', withHeaders({ 'x-slack-signature': signature.toUpperCase() }), 401],
    ['is called Base64 and is not', { ...signedCall(BODY), body: 'a=b&', isBase64: true }, 400],
    ['is called Base64 and is cut', { ...signedCall(BODY, { isBase64: true }), body: 'YWJjZ', isBase64: true }, 400],
    ['is called text and is Base64', { ...signedCall(BODY, { isBase64: true }), isBase64: false }, 401],
    ['is too large', signedCall('a'.repeat(262_145)), 413],
    ['is too large in Base64', signedCall('a'.repeat(262_145), { isBase64: true }), 413],
  ])('that %s is refused', async (_what, call, status) => {
    expect(await judged(call)).toMatchObject({ kind: 'refused', status, because: expect.any(String) });
  });

  it('is judged whatever the case of header names, and as large as may be', async () => {
    const { headers, ...call } = signedCall('a'.repeat(262_144), { isBase64: true });
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(await judged({ ...call, headers: upper })).toMatchObject({ kind: 'proved' });
  });

  it('is refused where there is no secret to judge it by, with the way out', async () => {
    for (const secret of [undefined, ''])
      expect(await verifySlackCall(signedCall(BODY), async () => secret, NOW)).toMatchObject({
        status: 401,
        because: expect.stringContaining('slackSigningSecret'),
      });
  });

  it('is answered and never thrown at, whatever it is', async () => {
    const call = fc.record({
      from: fc.string(),
      headers: fc.dictionary(
        fc.constantFrom('x-slack-signature', 'x-slack-request-timestamp', '__proto__', 'x'),
        fc.string(),
      ),
      body: fc.string({ unit: 'binary' }),
      isBase64: fc.boolean(),
      answerForm: fc.constant('status' as const),
    });
    await fc.assert(
      fc.asyncProperty(call, async (one) => {
        expect(await judged(one)).toMatchObject({ kind: 'refused' });
      }),
    );
  });
});
