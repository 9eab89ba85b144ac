import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../infra/local/start.ts';
import { cli, file, GUARD } from './command-line.ts';
import { startProxy, type TestProxy } from './proxy.ts';
import { selfSigned } from './self-signed.ts';

const HOSTS = ['*.eu-west-1.amazonaws.com', '*.amazonaws.com'];

let local: LocalAccount;
let proxy: TestProxy;

const certificate = selfSigned(HOSTS);
const CA = file('ca.pem', certificate.cert);

beforeAll(async () => {
  local = await startLocalAccount({ region: 'eu-west-1' });
  proxy = await startProxy(Number(new URL(local.endpoint).port), certificate);
});

afterAll(async () => {
  await proxy.close();
  await local.close();
});

beforeEach(() => {
  proxy.asked.splice(0);
  proxy.refuse = undefined;
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
});

afterEach(() => void vi.unstubAllEnvs());

async function scan(environment: Readonly<Record<string, string>>, ...more: readonly string[]) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return await cli(['scan', '--region', 'eu-west-1', '--policy', GUARD, ...more]);
}

describe('a proxy in the environment', () => {
  it('is used by every call to AWS, through a tunnel', async () => {
    const { code, out } = await scan({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: CA });
    expect([code, out.includes('There are no security groups.')]).toEqual([0, true]);
    expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT ec2.eu-west-1.amazonaws.com:443']));
  });

  it('receives user and password, and works without a scheme', async () => {
    const HTTPS_PROXY = proxy.url.replace('http://', 'ann:s%40crt@');
    const { code } = await scan({ HTTPS_PROXY, AWS_CA_BUNDLE: CA });
    expect([code, proxy.asked[0]]).toEqual([0, 'CONNECT ec2.eu-west-1.amazonaws.com:443 ann:s@crt']);
  });

  it('is also used by calls over HTTP', async () => {
    const { code } = await scan({ HTTP_PROXY: proxy.url, AWS_ENDPOINT_URL: 'http://ec2.example.test' });
    expect([code, proxy.asked[0]]).toEqual([0, 'http://ec2.example.test/']);
  });

  it.each([
    ['NO_PROXY names the host', { NO_PROXY: '127.0.0.1' }],
    ['NO_PROXY is an asterisk', { NO_PROXY: '*' }],
    ['the variable in lower case is empty', { http_proxy: '' }],
  ])('is not taken where %s', async (_where, more) => {
    const { code } = await scan({ HTTP_PROXY: proxy.url, AWS_ENDPOINT_URL: local.endpoint, ...more });
    expect([code, proxy.asked]).toEqual([0, []]);
  });

  it('is not used for subdomains of a host in NO_PROXY', async () => {
    const { code, err } = await scan({
      HTTP_PROXY: proxy.url,
      AWS_ENDPOINT_URL: 'http://ec2.example.invalid',
      NO_PROXY: 'localhost, example.invalid',
    });
    expect([code, proxy.asked]).toEqual([2, []]);
    expect(err).toContain('getaddrinfo');
  });

  it('is also used for signing in', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'portcullis-home-'));
    const [cache, start] = [path.join(home, '.aws', 'sso', 'cache'), 'https://example.awsapps.com/start'];
    mkdirSync(cache, { recursive: true });
    const token = { accessToken: 'x', expiresAt: '2049-01-01T00:00:00Z', startUrl: start, region: 'eu-west-1' };
    writeFileSync(path.join(cache, `${createHash('sha1').update(start).digest('hex')}.json`), JSON.stringify(token));
    const config = `[profile dev]\nsso_start_url = ${start}\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n`;
    writeFileSync(path.join(home, '.aws', 'config'), config);
    proxy.refuse = '502 Bad Gateway';
    const where = {
      HOME: home,
      AWS_CONFIG_FILE: path.join(home, '.aws', 'config'),
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
    };
    const { code, err } = await scan({ HTTPS_PROXY: proxy.url, ...where }, '--profile', 'dev');
    expect([code, new Set(proxy.asked)]).toEqual([2, new Set(['CONNECT portal.sso.eu-west-1.amazonaws.com:443'])]);
    expect(err).toContain('no AWS credentials (Failed to establish tunnel to portal.sso.eu-west-1.amazonaws.com:443');
  });
});

describe('the message if AWS is not reached', () => {
  it.each<[string, string, () => Record<string, string>, string | undefined]>([
    [
      'the proxy wants a login',
      'set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT',
      () => ({ HTTPS_PROXY: proxy.url }),
      '407 Proxy Authentication Required',
    ],
    [
      'the proxy does not connect',
      'the proxy does not connect to AWS (DescribeSecurityGroups: Failed to establish tunnel',
      () => ({ HTTPS_PROXY: proxy.url }),
      '403 Forbidden',
    ],
    [
      'the proxy is not there',
      'check HTTPS_PROXY (http://127.0.0.1:1/), or name the host in NO_PROXY',
      () => ({ HTTPS_PROXY: 'http://127.0.0.1:1' }),
      undefined,
    ],
    [
      'the certificate is not trusted',
      'set AWS_CA_BUNDLE to a file with its certificate',
      () => ({ HTTPS_PROXY: proxy.url }),
      undefined,
    ],
    [
      'there is no proxy',
      'check the network and the region; behind a proxy, set HTTPS_PROXY',
      () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
      undefined,
    ],
    [
      'the proxy is of another kind',
      'HTTPS_PROXY: "socks5://127.0.0.1:1" is not a valid proxy: expected http://HOST:PORT',
      () => ({ HTTPS_PROXY: 'socks5://127.0.0.1:1' }),
      undefined,
    ],
    [
      'the certificates are not there',
      'AWS_CA_BUNDLE: /nonexistent.pem cannot be read',
      () => ({ AWS_CA_BUNDLE: '/nonexistent.pem' }),
      undefined,
    ],
  ])('%s', async (_what, message, environment, refuse) => {
    proxy.refuse = refuse;
    const { code, out, err } = await scan(environment());
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^portcullis: [^\n]*\n$/);
    expect(err).toContain(message);
  });

  it('never shows the password of the proxy', async () => {
    const { err } = await scan({ HTTPS_PROXY: 'http://ann:s3cret@127.0.0.1:1' });
    expect(err).toContain('HTTPS_PROXY (http://…@127.0.0.1:1/)');
    expect(err).not.toContain('s3cret');
  });

  it('is the same for commands that call the cell', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    proxy.refuse = '403 Forbidden';
    const argv = ['remediations', '--region', 'eu-west-1'];
    expect((await cli(argv)).err).toContain('the proxy does not connect to AWS (Invoke: Failed to establish tunnel');
    expect(proxy.asked).toEqual(['CONNECT lambda.eu-west-1.amazonaws.com:443']);
  });
});
