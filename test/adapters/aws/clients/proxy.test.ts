import { describe, expect, it } from 'vitest';
import { proxyAgents, proxyVariables } from '../../../../shared/adapters/aws/clients/proxy.ts';

/** What a function throws. */
function fault(run: () => unknown): string {
  try {
    run();
    return 'nothing was thrown';
  } catch (error) {
    return String(error);
  }
}

const PROXY = 'http://proxy.example.com:3128';

describe('proxies in the environment, as the AWS CLI reads them', () => {
  it.each<[string, Record<string, string>, object]>([
    ['upper case', { HTTPS_PROXY: PROXY }, { https_proxy: `${PROXY}/` }],
    [
      'lower case before upper case',
      { https_proxy: PROXY, HTTPS_PROXY: 'http://other:1' },
      { https_proxy: `${PROXY}/` },
    ],
    ['lower case that is empty switches off', { http_proxy: '', HTTP_PROXY: PROXY }, {}],
    [
      'one for each protocol',
      { HTTP_PROXY: PROXY, HTTPS_PROXY: 'https://tls.example.com' },
      { http_proxy: `${PROXY}/`, https_proxy: 'https://tls.example.com/' },
    ],
    ['no scheme', { HTTPS_PROXY: 'proxy.example.com:3128' }, { https_proxy: `${PROXY}/` }],
    ['two slashes', { HTTPS_PROXY: '//proxy.example.com:3128' }, { https_proxy: `${PROXY}/` }],
    ['blanks around', { HTTPS_PROXY: ` ${PROXY} ` }, { https_proxy: `${PROXY}/` }],
    [
      'hosts and all below them go without',
      { NO_PROXY: 'amazonaws.com, .internal,10.0.0.1' },
      { no_proxy: 'amazonaws.com,.amazonaws.com,internal,.internal,10.0.0.1,.10.0.0.1' },
    ],
    ['every host goes without', { no_proxy: '*' }, { no_proxy: '*' }],
    ['ALL_PROXY is none of the AWS CLI', { ALL_PROXY: PROXY }, {}],
  ])('%s', (_name, environment, expected) => {
    expect(proxyVariables(environment)).toEqual(expected);
  });

  it.each(['socks5://proxy:1080', 'http://', 'http://proxy:port', 'ftp://proxy', 'http://ann:%zz@proxy:1'])(
    'refuses %s',
    (url) => {
      expect(() => proxyVariables({ HTTPS_PROXY: url })).toThrow('HTTPS_PROXY: ');
    },
  );

  it.each(['socks5://ann:s3cret@proxy:1', 'ann:s3cret/%zz@proxy:port', 'ann:s3cret@proxy:port'])(
    'does not show the password of %s',
    (url) => {
      const message = fault(() => proxyVariables({ HTTPS_PROXY: url }));
      expect(message).toContain('…@proxy');
      expect(message).not.toContain('s3cret');
    },
  );

  it('leaves the agents to the SDK where nothing is set', () => {
    expect([proxyAgents({}), proxyAgents({ NO_PROXY: '*' })]).toEqual([undefined, undefined]);
  });
});
