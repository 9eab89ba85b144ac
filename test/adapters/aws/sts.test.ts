import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import { VirtualClock } from '../../../infra/local/time/virtual-clock.ts';
import { personalSettings } from '../../../shared/adapters/aws/clients/personal.ts';
import { signedIn, stsCallers, stsPlace } from '../../../shared/adapters/aws/sts.ts';
import type { Command } from '../../../shared/domain/command.ts';
import { CallFailed } from '../../../shared/domain/errors.ts';
import { type Caller, type IdentityProof, PROOF_HEADER } from '../../../shared/domain/identity.ts';
import type { Clock, Fetch } from '../../../shared/domain/runtime.ts';
import { functionArn } from '../../../shared/events/ids.ts';
import { commandDigest } from '../../../shared/events/requests/proof.ts';
import { onThisMachine } from '../../system.ts';
import { verifyingSts } from './verifying-sts.ts';

const REGION = 'eu-west-1';
const KEY = 'AKIAEXAMPLEANN000000';
const ARN = 'arn:aws:sts::111122223333:assumed-role/ops/ann@example.com';
const TOKEN = 'FwoGZXIvYXdzEXAMPLE+/token==';
const GRANT = functionArn('grant', { region: REGION, account: '111122223333', partition: 'aws' });
const COMMAND: Command = {
  do: 'approve',
  id: '01h455vb4pex5vsknk084sn02q',
  by: { name: 'ann@example.com', arn: ARN, through: 'command-line' },
  reason: 'grüße, "ticket" A-1',
};

const clock = new VirtualClock();

/** When people sign, to the second, as a signature states it. */
const SIGNED_AT = clock.now();

/** What people sign with: their own environment, and the time at which the embedded account began. */
const signing = { ...onThisMachine, clock: { now: () => SIGNED_AT } };

let local: LocalAccount;
let endpoint: string;
beforeEach(async () => {
  const holder = { type: 'AssumedRole', arn: ARN, name: 'ann@example.com' } as const;
  local = await startLocalAccount({ clock, region: REGION, principals: { [KEY]: holder } });
  endpoint = local.endpoint;
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', KEY);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', TOKEN);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

/** A proof made by the SDK; whose key it is was asked of the embedded account. */
async function proofFor(command: object = COMMAND, functionName = 'grant', region = REGION): Promise<IdentityProof> {
  const { person, prove } = signedIn(personalSettings({ region, environment: {} }), signing);
  await person();
  vi.stubEnv('AWS_ENDPOINT_URL', '');
  return await prove(command, functionName).finally(() => vi.stubEnv('AWS_ENDPOINT_URL', endpoint));
}

/** STS with the key's secret. */
function sts() {
  return verifyingSts({ [KEY]: { secret: 'secret', arn: ARN, token: TOKEN } });
}

interface Checking {
  readonly command?: object;
  readonly functionArn?: string;
  readonly now?: number;
  readonly region?: string;
}

/** The clock of a function that asks STS at another time than the account's own. */
function timeAt(now: number): Clock {
  return {
    now: () => now,
    sleep: async (ms) => await clock.sleep(ms),
    timeout: (ms) => clock.timeout(ms),
  };
}

async function checked(
  proof: unknown,
  { fetch }: { readonly fetch: Fetch } = sts(),
  { command = COMMAND, functionArn: arn = GRANT, now = SIGNED_AT, region = REGION }: Checking = {},
): Promise<Caller> {
  vi.stubEnv('AWS_ENDPOINT_URL', '');
  const caller = stsCallers({ ...signing, fetch, clock: timeAt(now) }).verify(
    proof,
    await commandDigest(command, arn),
    region,
  );
  return await caller.finally(() => vi.stubEnv('AWS_ENDPOINT_URL', endpoint));
}

/** Whether nothing was proven, and why. */
function reason(caller: Caller): string {
  return caller.kind === 'false' ? caller.because : `not refused: ${caller.kind}`;
}

describe('a proof of who asks', () => {
  it('signed by the SDK is what STS takes, at the address of the region and nowhere else', async () => {
    const { fetch, asked } = sts();
    expect(await checked(await proofFor(), { fetch })).toEqual({ kind: 'proven', arn: ARN });
    expect(asked.map(({ origin, pathname }) => [origin, pathname])).toEqual([
      ['https://sts.eu-west-1.amazonaws.com', '/'],
    ]);
    expect([...(asked[0]?.searchParams.keys() ?? [])].toSorted()).toEqual([
      'Action',
      'Version',
      'X-Amz-Algorithm',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-Expires',
      'X-Amz-Security-Token',
      'X-Amz-Signature',
      'X-Amz-SignedHeaders',
    ]);
    expect(asked[0]?.searchParams.get('X-Amz-SignedHeaders')).toBe(`host;${PROOF_HEADER}`);
  });

  it('of a user, who has no token, is taken, too', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', '');
    const user = 'arn:aws:iam::111122223333:user/ann';
    const proof = await proofFor();
    expect(proof).not.toHaveProperty('token');
    expect(await checked(proof, verifyingSts({ [KEY]: { secret: 'secret', arn: user } }))).toEqual({
      kind: 'proven',
      arn: user,
    });
  });

  it('is good for the function by whatever name it was called', async () => {
    for (const name of ['grant:live', '111122223333:function:grant', GRANT, `${GRANT}:7`])
      expect(await checked(await proofFor(COMMAND, name))).toMatchObject({ kind: 'proven' });
  });

  it.each([
    ['another command', { command: { ...COMMAND, do: 'decline' } }],
    ['another reason', { command: { ...COMMAND, reason: 'ticket A-2' } }],
    ['another person', { command: { ...COMMAND, by: { name: 'ben', through: 'command-line' } } }],
    ['another function', { functionArn: GRANT.replace('grant', 'grant-2') }],
    ['a function of another account', { functionArn: GRANT.replace('111122223333', '444455556666') }],
  ])('does not prove %s', async (_what, other) => {
    expect(reason(await checked(await proofFor(), sts(), other))).toContain('STS rejects');
  });

  it('does not prove anything in another region, and STS is not asked', async () => {
    const { fetch, asked } = sts();
    const caller = await checked(await proofFor(), { fetch }, { region: 'us-east-1' });
    expect(reason(caller)).toContain('it is signed for eu-west-1, and this function is in us-east-1');
    expect(asked).toEqual([]);
  });

  it('is refused when it is late, or from the future, before STS is asked', async () => {
    const { fetch, asked } = sts();
    const proof = await proofFor();
    const at = async (seconds: number) => reason(await checked(proof, { fetch }, { now: SIGNED_AT + seconds * 1000 }));
    // The SDK corrects its time by the Date header of the last answer, which has whole seconds.
    expect(await at(65)).toMatch(/signed 6[56] s ago and was valid for 60 s/);
    expect(await at(-65)).toMatch(/6[45] s in the future: is the clock right\?/);
    expect(asked).toEqual([]);
    expect(await at(50)).toBe('not refused: proven');
    expect(await at(-50)).toBe('not refused: proven');
  });

  it('is refused where any character of any part was changed, added or taken away', async () => {
    const proof = await proofFor();
    const parts = ['credential', 'date', 'signature', 'token'] as const;
    const edit = fc.constantFrom('put', 'cut', 'insert');
    const forged = fc.asyncProperty(
      fc.constantFrom(...parts),
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 1 }),
      edit,
      async (part, place, sign, how) => {
        const text = proof[part] ?? '';
        const at = place % text.length;
        const changed = text.slice(0, at) + (how === 'cut' ? '' : sign) + text.slice(how === 'insert' ? at : at + 1);
        fc.pre(changed !== text);
        expect((await checked({ ...proof, [part]: changed })).kind).toBe('false');
      },
    );
    await fc.assert(forged, { numRuns: 300 });
    for (const expires of [0, -1, 59, 61, 900, 1.5, Number.NaN, '60', null])
      expect((await checked({ ...proof, expires })).kind).toBe('false');
    const { token: _token, ...without } = proof;
    expect((await checked(without)).kind).toBe('false');
  });

  it('is refused where the command was changed anywhere', async () => {
    const proof = await proofFor();
    const other = fc.asyncProperty(fc.object({ maxDepth: 2 }), async (more) => {
      fc.pre(Object.keys(more).length > 0);
      const command = JSON.parse(JSON.stringify({ ...COMMAND, ...more }));
      fc.pre((await commandDigest(command, GRANT)) !== (await commandDigest(COMMAND, GRANT)));
      expect((await checked(proof, sts(), { command })).kind).toBe('false');
    });
    await fc.assert(other, { numRuns: 100 });
  });

  it('never has anything asked but STS of the region, whatever is in its place', async () => {
    const proof = await proofFor();
    const odd = fc.oneof(
      fc.anything(),
      fc.webUrl(),
      fc.constantFrom(
        '@192.0.2.1/',
        'AKIA/20260101/eu-west-1.example.com#/sts/aws4_request',
        'AKIA&Action=AssumeRole',
        'x&Action=AssumeRole',
        '\r\nhost: example.com',
      ),
    );
    const fields = ['credential', 'date', 'expires', 'signature', 'token', 'url', 'host', 'Action'];
    const partly = fc.dictionary(fc.constantFrom(...fields), odd).map((some) => ({ ...proof, ...some }));
    const property = fc.asyncProperty(fc.oneof(odd, partly), async (given) => {
      const { fetch, asked } = sts();
      await checked(given, { fetch });
      for (const url of asked) {
        expect(url.href.startsWith('https://sts.eu-west-1.amazonaws.com/?')).toBe(true);
        expect(url.searchParams.getAll('Action')).toEqual(['GetCallerIdentity']);
        expect(new Set(url.searchParams.keys()).size).toBe([...url.searchParams].length);
      }
    });
    await fc.assert(property, { numRuns: 500 });
  });

  it('repeats neither a signature nor a token in a refusal', async () => {
    const proof = await proofFor();
    const texts = await Promise.all(
      [
        { ...proof, signature: `${proof.signature}0` },
        { ...proof, token: `${TOKEN} ` },
        { ...proof, expires: 61 },
      ].map(async (one) => reason(await checked(one))),
    );
    for (const text of texts) expect(text).not.toMatch(new RegExp(`${proof.signature}|FwoGZXIvYXdz`));
  });
});

describe('STS that does not say who it is', () => {
  const answering = (status: number, body: unknown) => ({
    fetch: async () => await Promise.resolve(new Response(JSON.stringify(body), { status })),
  });
  const failing = (thrown: Error) => ({
    fetch: async (): Promise<Response> => {
      await Promise.resolve();
      throw thrown;
    },
  });
  const fault = async (one: { readonly fetch: Fetch }): Promise<unknown> => {
    const proof = await proofFor();
    return await checked(proof, one).then(
      ({ kind }) => kind,
      (error: unknown) => error,
    );
  };

  it.each([
    ['is down', answering(503, {}), true, 'http_503'],
    ['has too many requests', answering(400, { Error: { Code: 'Throttling' } }), true, 'http_400'],
    ['has far too many', answering(429, {}), true, 'http_429'],
    ['cannot be reached', failing(new TypeError('fetch failed')), true, 'NetworkError: STS cannot be reached'],
    ['does not answer', failing(new DOMException('late', 'TimeoutError')), true, 'TimeoutError: STS did not answer'],
    ['leads elsewhere', answering(302, {}), false, 'http_302'],
    ['answers something else', answering(200, { Arn: ARN }), false, 'http_200'],
    [
      'names no principal',
      answering(200, { GetCallerIdentityResponse: { GetCallerIdentityResult: { Arn: 'arn:aws:iam::*:user/x' } } }),
      false,
      'http_200',
    ],
  ])('because it %s is a fault, and proves nothing', async (_what, one, retryable, text) => {
    const error = await fault(one);
    expect(error).toBeInstanceOf(CallFailed);
    expect(error).toMatchObject({ call: 'GetCallerIdentity', retryable });
    expect(String(error)).toContain(text);
    expect(String(error)).toContain('nothing was done. Try again');
  });

  it('is not followed elsewhere, and not waited for longer than 5 s', async () => {
    const inits: RequestInit[] = [];
    const proof = await proofFor();
    const { fetch } = sts();
    await checked(proof, {
      fetch: async (url, init) => {
        inits.push(init);
        return await fetch(url, init);
      },
    });
    expect(inits).toMatchObject([{ redirect: 'manual', signal: expect.any(AbortSignal) }]);
    expect(inits[0]?.method ?? 'GET').toBe('GET');
  });
});

describe('the place of STS', () => {
  it.each([
    ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['eu-central-1', 'sts.eu-central-1.amazonaws.com'],
    ['eusc-de-east-1', 'sts.eusc-de-east-1.amazonaws.eu'],
    ['us-isob-east-1', 'sts.us-isob-east-1.sc2s.sgov.gov'],
  ])('of %s is %s', (region, host) => {
    expect(stsPlace(region, {})).toEqual({ protocol: 'https:', host });
  });

  it.each(['https://sts.example.com', 'http://192.0.2.1:4566', 'http://127.0.0.1.example.com', 'no address'])(
    'is not taken from the environment where that says %s',
    (address) => {
      const environment = { AWS_ENDPOINT_URL: address, AWS_ENDPOINT_URL_STS: address };
      expect(stsPlace(REGION, environment)).toEqual({ protocol: 'https:', host: 'sts.eu-west-1.amazonaws.com' });
    },
  );
});

describe('the embedded account’s STS', () => {
  const asked = async (change: (proof: IdentityProof) => IdentityProof, header = PROOF_HEADER): Promise<Caller> => {
    const settings = personalSettings({ region: REGION, environment: {} });
    const proof = change(await signedIn(settings, signing).prove(COMMAND, 'grant'));
    const now = Date.parse(proof.date.replace(/^(.{4})(..)(.{5})(..)(..)Z$/, '$1-$2-$3:$4:$5Z'));
    const through: Fetch = async (url, init) => {
      const { [PROOF_HEADER]: digest = '', ...headers } = Object.fromEntries(new Headers(init.headers));
      return await fetch(url, { ...init, headers: { ...headers, [header]: digest } });
    };
    return await stsCallers({ ...signing, fetch: through, clock: timeAt(now) }).verify(
      proof,
      await commandDigest(COMMAND, GRANT),
      REGION,
    );
  };

  it('answers who signed', async () => {
    expect(await asked((proof) => proof)).toEqual({ kind: 'proven', arn: ARN });
    expect(local.calls.at(-1)).toMatchObject({ service: 'sts', operation: 'GetCallerIdentity', accessKeyId: KEY });
  });

  it('refuses what lacks a signed header', async () => {
    expect(reason(await asked((proof) => proof, 'x-other'))).toContain('SignatureDoesNotMatch');
  });

  it('refuses what is older than 15 minutes', async () => {
    const old = new Date(SIGNED_AT - 901_000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const aged = (proof: IdentityProof) => ({
      ...proof,
      date: old,
      credential: proof.credential.replace(/\/\d{8}\//, `/${old.slice(0, 8)}/`),
    });
    expect(reason(await asked(aged))).toContain('SignatureDoesNotMatch');
  });
});
