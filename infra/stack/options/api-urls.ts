import type { Kind, Reading } from './kinds.ts';

/** Slack's own hosts, for commercial workspaces and for GovSlack. */
const SLACK_HOSTS: ReadonlySet<string> = new Set(['slack.com', 'slack-gov.com']);

/** What PagerDuty appends to the host in the "Integration URL" of its Events API v2: for alerts, and for change events. */
const PAGERDUTY_PATH = /\/v2\/(?:change\/)?enqueue$/;

/** Hosts of PagerDuty's Events API, one for each service region. @see https://support.pagerduty.com/main/docs/service-regions */
const PAGERDUTY_HOSTS: ReadonlySet<string> = new Set(['events.pagerduty.com', 'events.eu.pagerduty.com']);

/** An https URL with a host, and nothing that a base address must not have. */
function httpsUrl(text: string, example: string): Reading<URL> {
  const url = /^https:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null) return { problem: `expected an https URL such as ${example}, found ${JSON.stringify(text)}` };
  const [extra] = [
    ...(url.username !== '' || url.password !== '' ? ['credentials'] : []),
    ...(url.search !== '' ? ['a query'] : []),
    ...(url.hash !== '' ? ['a fragment'] : []),
  ];
  return extra === undefined
    ? { value: url }
    : { problem: `expected an https URL such as ${example}, found ${extra} in it` };
}

/** The URL without the slashes at its end, because the functions append a path. */
function baseOf(url: URL, path = url.pathname): Reading<string> {
  return { value: `${url.origin}${path.replace(/\/+$/, '')}` };
}

/** The address of Slack's Web API: `/api` on Slack's own hosts, any path on a proxy of yours. */
export const slackApi: Kind<string> = (text) => {
  const example = 'https://slack.com/api';
  const read = httpsUrl(text, example);
  if ('problem' in read) return read;
  const { hostname, pathname } = read.value;
  if (/^hooks\.slack(-gov)?\.com$/.test(hostname)) {
    return { problem: `${hostname} takes webhooks: put the webhook into the secret of alertsSecretArn` };
  }
  return SLACK_HOSTS.has(hostname) && !/^\/api\/?$/.test(pathname)
    ? { problem: `expected https://${hostname}/api, found ${JSON.stringify(text)}` }
    : baseOf(read.value);
};

/** The address of PagerDuty's Events API v2: one of PagerDuty's hosts, or a proxy of yours. An "Integration URL" is cut to it. */
export const pagerDutyApi: Kind<string> = (text) => {
  const example = 'https://events.eu.pagerduty.com';
  const read = httpsUrl(text, example);
  if ('problem' in read) return read;
  const { hostname, pathname } = read.value;
  const path = pathname.replace(/\/+$/, '').replace(PAGERDUTY_PATH, '');
  if (!hostname.endsWith('pagerduty.com')) return baseOf(read.value, path);
  if (!PAGERDUTY_HOSTS.has(hostname)) {
    return { problem: `${hostname} has no Events API: expected ${[...PAGERDUTY_HOSTS].join(' or ')}` };
  }
  // Other integrations have their key in the path, which would then be readable in the function's settings.
  return path === ''
    ? baseOf(read.value, path)
    : {
        problem: `expected https://${hostname} of an Events API v2 integration, without the path ${path}; the integration key belongs into the secret of alertsSecretArn`,
      };
};
