import { isLoopback } from '../../domain/requests/loopback.ts';

/** Hosts of Slack and of GovSlack, its region for governments. */
const SLACK = /^(?:[\da-z-]+\.)+slack(?:-gov)?\.com$/;

const isSlacks = ({ protocol, hostname, port }: URL): boolean =>
  protocol === 'https:' && port === '' && SLACK.test(hostname);

/** On the machine itself there is no Slack but a test's: what it answers with must be of the same origin. */
const isOfTheTest = (url: URL, slackApi: string | undefined): boolean => {
  const api = slackApi === undefined ? null : URL.parse(slackApi);
  return api !== null && isLoopback(api.hostname) && url.origin === api.origin;
};

/**
 * A URL of Slack's that answers may be posted to; undefined for every other text.
 *
 * @param slackApi where Slack's Web API is called, if not at its own place.
 */
export const slackUrlOf = (text: unknown, slackApi: string | undefined): string | undefined => {
  const url = typeof text === 'string' && text.length <= 1000 ? URL.parse(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return isSlacks(url) || isOfTheTest(url, slackApi) ? url.href : undefined;
};
