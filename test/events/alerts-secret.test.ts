import { describe, expect, it } from 'vitest';
import { readAlertsSecret } from '../../shared/events/alerts-secret.ts';

const WHOLE = {
  slackBotToken: 'xoxb-secret',
  slackSigningSecret: 'secret',
  slackChannel: 'C0123456789',
  webhooks: { default: 'https://hooks.example.com/secret' },
  pagerDuty: { default: 'secret' },
};

describe('the secret', () => {
  it('is read with all of its parts, and with none', () => {
    expect(readAlertsSecret(JSON.stringify(WHOLE))).toEqual({
      slackBotToken: 'xoxb-secret',
      slackSigningSecret: 'secret',
      slackChannel: 'C0123456789',
      entries: { webhook: WHOLE.webhooks, pagerduty: WHOLE.pagerDuty },
    });
    expect(readAlertsSecret('{}')).toEqual({ entries: { webhook: {}, pagerduty: {} } });
    expect(readAlertsSecret('{"slackBotToken":""}')).toEqual({ entries: { webhook: {}, pagerduty: {} } });
  });

  it.each([
    [undefined, 'its value: expected a JSON object'],
    ['', 'its value'],
    ['xoxb-secret', 'its value'],
    ['["secret"]', 'its value'],
    ['{"secret":1}', 'its fields: expected none but slackBotToken'],
    ['{"slackBotToken":1}', 'slackBotToken: expected a text'],
    ['{"slackBotToken":"secret\\n"}', 'slackBotToken: expected a text without surrounding white space'],
    ['{"slackSigningSecret":["secret"]}', 'slackSigningSecret'],
    ['{"slackChannel":"#secret"}', 'slackChannel: expected the id of a channel'],
    ['{"webhooks":"https://secret"}', 'webhooks: expected an object'],
    ['{"webhooks":{"secret":1}}', 'webhooks, an entry: expected a text'],
    ['{"pagerDuty":["secret"]}', 'pagerDuty: expected an object'],
    ['{"pagerDuty":{"secret":""}}', 'pagerDuty, an entry'],
  ])('is refused by its field, never with its value: %j', (text, message) => {
    expect(() => readAlertsSecret(text)).toThrow(`alerts secret: ${message}`);
    expect(() => readAlertsSecret(text)).not.toThrow(/secret.*secret/);
  });
});
