import { partition } from '@aws-sdk/core/client';
import { FUNCTIONS, type FunctionId } from '../../../shared/catalogue.ts';
import { didYouMean } from '../../../shared/policy/schema/issues.ts';

/** The value of an option, or the problem with its text. */
export type ParseResult<Value> = { readonly value: Value } | { readonly problem: string };

/** Parses the text of `-c NAME=TEXT`. */
export type OptionParser<Value> = (text: string) => ParseResult<Value>;

function expected(what: string, text: string): { readonly problem: string } {
  return {
    problem: `expected ${what}, found ${JSON.stringify(text)}`,
  };
}

/** `true` or `false`. */
export const boolean: OptionParser<boolean> = (text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : expected('true or false', text);

/** One of several words, each of which stands for a value. */
export function choice<Value>(words: Readonly<Record<string, Value>>): OptionParser<Value> {
  return (text) => {
    const found = Object.entries(words).find(([word]) => word === text);
    return found === undefined ? expected(Object.keys(words).join(' or '), text) : { value: found[1] };
  };
}

/**
 * A text that matches a pattern.
 *
 * @param what describes the pattern in the error message.
 * @param most longest text that is accepted, in characters.
 */
export function matching(what: string, pattern: RegExp, most: number): OptionParser<string> {
  return (text) => {
    if (!pattern.test(text)) return expected(what, text);
    return text.length > most
      ? { problem: `expected at most ${most} characters, found ${text.length}: ${JSON.stringify(text)}` }
      : { value: text };
  };
}

/**
 * Whether the AWS SDK knows the region. Its table also lists pseudo-regions of global endpoints, such as
 * `aws-global`.
 */
function isKnownRegion(name: string): boolean {
  return 'description' in partition(name) && !name.endsWith('-global');
}

/** The name of a region that the AWS SDK of this release knows. */
export const region: OptionParser<string> = (text) =>
  isKnownRegion(text) ? { value: text } : { problem: `${JSON.stringify(text)} is not a region that the AWS SDK knows` };

/** Regions separated by commas. Blanks around a name and repetitions are ignored. */
export const regionList: OptionParser<readonly string[]> = (text) => {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !isKnownRegion(name)).map((name) => JSON.stringify(name));
  return unknown.length === 0
    ? { value: [...new Set(names)] }
    : { problem: `expected regions that the AWS SDK knows, found ${unknown.join(', ')}` };
};

/**
 * The ARN of a resource of one service, with a region and the partition of the region.
 *
 * @param resource matches the part of the ARN after the account.
 */
export function arn(service: string, resource: RegExp, example: string): OptionParser<string> {
  return (text) => {
    const [prefix, name = '', owner, home = '', account = '', ...rest] = text.split(':');
    const isRight = prefix === 'arn' && owner === service && /^\d{12}$/.test(account) && resource.test(rest.join(':'));
    if (!isRight) return expected(`an ARN such as ${example}`, text);
    if (!isKnownRegion(home))
      return { problem: `${JSON.stringify(home)} in ${text} is not a region that the AWS SDK knows` };
    const { name: right } = partition(home);
    return name === right ? { value: text } : { problem: `${home} is in the partition ${right}, found ${text}` };
  };
}

/** Hosts of Slack's Web API, for commercial workspaces and for GovSlack. */
const SLACK_HOSTS: ReadonlySet<string> = new Set(['slack.com', 'slack-gov.com']);

/** The path of the "Integration URL" of PagerDuty's Events API v2, for alerts and for change events. */
const PAGERDUTY_PATH = /\/v2\/(?:change\/)?enqueue$/;

/**
 * Hosts of PagerDuty's Events API, one for each service region.
 *
 * @see https://support.pagerduty.com/main/docs/service-regions
 */
const PAGERDUTY_HOSTS: ReadonlySet<string> = new Set(['events.pagerduty.com', 'events.eu.pagerduty.com']);

/** An https URL without credentials, query and fragment. */
function httpsUrl(text: string, example: string): ParseResult<URL> {
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

/** The URL without slashes at its end, because the functions append a path. */
function baseOf(url: URL, path = url.pathname): ParseResult<string> {
  return { value: `${url.origin}${path.replace(/\/+$/, '')}` };
}

/** The address of Slack's Web API: `/api` on Slack's hosts, any path on a proxy. */
export const slackApi: OptionParser<string> = (text) => {
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

/**
 * The address of PagerDuty's Events API v2: one of PagerDuty's hosts, or a proxy. Shortens an "Integration
 * URL".
 */
export const pagerDutyApi: OptionParser<string> = (text) => {
  const example = 'https://events.eu.pagerduty.com';
  const read = httpsUrl(text, example);
  if ('problem' in read) return read;
  const { hostname, pathname } = read.value;
  const path = pathname.replace(/\/+$/, '').replace(PAGERDUTY_PATH, '');
  if (!hostname.endsWith('pagerduty.com')) return baseOf(read.value, path);
  if (!PAGERDUTY_HOSTS.has(hostname)) {
    return { problem: `${hostname} has no Events API: expected ${[...PAGERDUTY_HOSTS].join(' or ')}` };
  }
  // Other integrations have their key in the path, and the key would be readable in the function's settings.
  return path === ''
    ? baseOf(read.value, path)
    : {
        problem: `expected https://${hostname} of an Events API v2 integration, without the path ${path}; the integration key belongs in the secret of alertsSecretArn`,
      };
};

/** Concurrent executions that Lambda reserves for each function. */
export type ReservedConcurrency = Readonly<Partial<Record<FunctionId, number>>>;

/**
 * The alert queue invokes on-alert twice at a time. With fewer executions, Lambda would throttle it and
 * messages would be late.
 */
const MINIMUM: ReservedConcurrency = { onAlert: 2 };

function isFunctionId(id: string): id is FunctionId {
  return Object.hasOwn(FUNCTIONS, id);
}

const BY_NAME: ReadonlyMap<string, FunctionId> = new Map(
  Object.keys(FUNCTIONS)
    .filter(isFunctionId)
    .map((id) => [FUNCTIONS[id].name, id]),
);

/** The functions with reserved concurrency. */
export function reservedFunctions(reserved: ReservedConcurrency): readonly FunctionId[] {
  return Object.keys(reserved).filter(isFunctionId);
}

/** The problem with one entry `NAME:NUMBER`; undefined if the entry is valid. */
function problemOf(entry: string): string | undefined {
  const [, name = '', digits = ''] = /^([^:]*):(.*)$/.exec(entry) ?? [];
  const id = BY_NAME.get(name);
  if (id === undefined) {
    const known = [...BY_NAME.keys()];
    return `expected FUNCTION:NUMBER with one of ${known.join(', ')}, found ${JSON.stringify(entry)}${didYouMean(name, known)}`;
  }
  const least = MINIMUM[id] ?? 1;
  const isWhole = /^[1-9]\d{0,5}$/.test(digits);
  return isWhole && Number(digits) >= least
    ? undefined
    : `expected a whole number of at least ${least} for ${name}, found ${JSON.stringify(digits)}`;
}

/** Reserved concurrency by function, such as `on-change:20,on-grant:5`. Blanks are ignored. */
export const reservedConcurrency: OptionParser<ReservedConcurrency> = (text) => {
  const entries = text.split(',').map((entry) => entry.replaceAll(/\s/g, ''));
  const problems = entries.map(problemOf).filter((found) => found !== undefined);
  if (problems.length > 0) return { problem: problems.join('; ') };
  const pairs = entries.map((entry) => entry.split(':')).map(([name = '', digits]) => [name, Number(digits)] as const);
  const twice = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) !== index);
  return twice === undefined
    ? { value: Object.fromEntries(pairs.map(([name, number]) => [BY_NAME.get(name), number])) }
    : { problem: `${twice[0]} is listed twice` };
};
