import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../shared/policy/schema/defaults.ts';
import { compile, problems } from './sections.ts';

function routes(...lines: readonly string[]) {
  return ['alerts:', '  routes:', ...lines.map((line) => `    - ${line}`)];
}

describe('the section alerts', () => {
  it('has defaults: 10 messages a minute, the default channel, and four owner tags', () => {
    expect(compile().alerts).toEqual({ perMinute: 10, ownerTags: ['owner', 'Owner', 'team', 'Team'], routes: [] });
    expect(compile('alerts: {}').alerts).toEqual(DEFAULTS.alerts);
  });

  it('is compiled with every setting', () => {
    expect(
      compile(
        'alerts:',
        '  perMinute: 30',
        '  ownerTags: [squad]',
        '  docsUrl: https://docs.example.com/controls?version=1',
        '  routes:',
        '    - to: [slack: C0123456789, webhook: default, pagerduty: on-call]',
        '      accounts: ["111122223333", "4444*"]',
        '      owners: [shop-*]',
        '      tag: {environment: prod}',
        '      severities: [critical, high]',
        '      kinds: [failed, restored, fight]',
        '      last: true',
        '    - {to: [slack: G0123456789], urgency: call}',
      ).alerts,
    ).toEqual({
      perMinute: 30,
      ownerTags: ['squad'],
      docsUrl: 'https://docs.example.com/controls?version=1',
      routes: [
        {
          to: [
            { kind: 'slack', name: 'C0123456789' },
            { kind: 'webhook', name: 'default' },
            { kind: 'pagerduty', name: 'on-call' },
          ],
          accounts: ['111122223333', '4444*'],
          owners: ['shop-*'],
          tags: { environment: 'prod' },
          severities: ['critical', 'high'],
          kinds: ['failed', 'restored', 'fight'],
          last: true,
        },
        { to: [{ kind: 'slack', name: 'G0123456789' }], urgencies: ['call'], last: false },
      ],
    });
  });

  it.each([
    ['perMinute: 0', '.perMinute: expected a whole number from 1 to 100, not 0'],
    ['perMinute: 101', '.perMinute: expected a whole number from 1 to 100, not 101'],
    [
      'docsUrl: http://docs.example.com',
      '.docsUrl: expected an https address without a # part, such as https://docs.example.com/portcullis/controls, not "http://docs.example.com"',
    ],
    [
      'docsUrl: https://ann:secret@docs.example.com',
      '.docsUrl: expected an https address without a # part, such as https://docs.example.com/portcullis/controls, not "https://ann:secret@docs.example.com"',
    ],
    ['ownerTags: [owner, ""]', '.ownerTags.1: expected a tag key, not ""'],
    ['ownerTags: [owner, team, owner]', '.ownerTags.2: owner is listed twice'],
    ['perminute: 5', '.perminute is not a setting (did you mean perMinute?)'],
  ])('refuses a contradiction: %s', (line, problem) => {
    expect(problems('alerts:', `  ${line}`)).toEqual([`3: alerts${problem}`]);
  });
});

describe('a route', () => {
  it.each([
    ['{to: []}', '.to: expected at least one channel, not a list'],
    ['{last: true}', '.to: missing, expected a list of channels'],
    ['{to: [C0123456789]}', '.to.0: expected a channel, such as slack: C0123456789, not "C0123456789"'],
    [
      "{to: [slack: '#alerts']}",
      '.to.0.slack: expected the id of a Slack channel, such as C0123456789 (at the end of the channel\'s details), not "#alerts"',
    ],
    ['{to: [slak: C0123456789]}', '.to.0.slak is not a setting (did you mean slack?)'],
    ['{to: [{}]}', '.to.0: expected one of slack, webhook and pagerduty'],
    ['{to: [{slack: C0123456789, webhook: default}]}', '.to.0: expected one of slack, webhook and pagerduty'],
    [
      "{to: [webhook: 'https://hooks.example.com/x']}",
      '.to.0.webhook: expected the name of an entry of the secret: letters, digits, dot, dash and underscore, not "https://hooks.example.com/x"',
    ],
    ['{to: [webhook: a, webhook: a]}', '.to.1: webhook a is listed twice'],
    [
      '{to: [webhook: a], accounts: [111122223333]}',
      '.accounts.0: expected an account id in quotes, such as "111122223333", with * for anything, not 111122223333',
    ],
    ['{to: [webhook: a], kinds: [faild]}', '.kinds.0: expected a kind of message, not "faild" (did you mean failed?)'],
    [
      '{to: [webhook: a], severities: [hi]}',
      '.severities.0: expected a severity (low, medium, high, critical), not "hi" (did you mean high?)',
    ],
    [
      '{to: [webhook: a], severities: []}',
      '.severities: expected at least one of the severities (for all, remove the key), not a list',
    ],
    ['{to: [webhook: a], urgency: page}', '.urgency: expected call or inform, not "page"'],
    ['{to: [webhook: a], tag: {}}', '.tag: expected at least one tag, not a map'],
    ['{to: [webhook: a], owner: x}', '.owner is not a setting (did you mean owners?)'],
    [
      '{to: [webhook: a], kinds: [closed, restored], urgency: call}',
      '.kinds: no message matches: closed, restored and urgency call exclude each other',
    ],
  ])('refuses a contradiction: %s', (route, problem) => {
    expect(problems(...routes(route))).toEqual([`4: alerts.routes.0${problem}`]);
  });

  it('with owners needs owner tags', () => {
    expect(problems('alerts: {ownerTags: [], routes: [{to: [webhook: a], owners: [x]}]}')).toEqual([
      '2: alerts.routes.0.owners: ownerTags is empty, so no group has an owner: add tag keys to ownerTags',
    ]);
  });

  it.each([
    ['{to: [webhook: a], last: true}', '{to: [webhook: b], kinds: [failed]}'],
    ['{to: [webhook: a], last: true, urgency: call}', '{to: [webhook: b], kinds: [failed, fight]}'],
    ['{to: [webhook: a], last: true, kinds: [failed, fight]}', '{to: [webhook: b], kinds: [failed]}'],
    ['{to: [webhook: a], last: true, owners: [shop-*, bank]}', '{to: [webhook: b], owners: [shop-*-eu, bank]}'],
    ['{to: [webhook: a], last: true, accounts: ["*"]}', '{to: [webhook: b]}'],
    ['{to: [webhook: a], last: true, accounts: ["1111*"]}', '{to: [webhook: b], accounts: ["111122223333"]}'],
    [
      '{to: [webhook: a], last: true, severities: [high, low]}',
      '{to: [webhook: b], severities: [low], tag: {env: prod}}',
    ],
    ['{to: [webhook: a], last: true, tag: {env: "*"}}', '{to: [webhook: b], tag: {env: prod, team: x}}'],
  ])('after %s is refused because no message reaches it: %s', (before, route) => {
    expect(problems(...routes(before, route))).toEqual([
      '5: alerts.routes.1: is never reached: alerts.routes.0 has last: true and matches all messages of this route',
    ]);
  });

  it.each([
    ['{to: [webhook: a]}', '{to: [webhook: b], kinds: [failed]}'],
    ['{to: [webhook: a], last: true, kinds: [failed]}', '{to: [webhook: b], urgency: call}'],
    ['{to: [webhook: a], last: true, urgency: inform}', '{to: [webhook: b], kinds: [storm]}'],
    ['{to: [webhook: a], last: true, owners: ["*"]}', '{to: [webhook: b]}'],
    ['{to: [webhook: a], last: true, owners: [shop-eu]}', '{to: [webhook: b], owners: [shop-*]}'],
    ['{to: [webhook: a], last: true, accounts: ["1*"]}', '{to: [webhook: b]}'],
    ['{to: [webhook: a], last: true, severities: [high]}', '{to: [webhook: b], kinds: [failed]}'],
    ['{to: [webhook: a], last: true, tag: {env: "*"}}', '{to: [webhook: b]}'],
    ['{to: [webhook: a], last: true, tag: {env: prod, team: x}}', '{to: [webhook: b], tag: {env: prod}}'],
    ['{to: [webhook: a], urgency: call}', '{to: [webhook: a], urgency: inform}'],
    ['{to: [webhook: a]}', '{to: [webhook: a, webhook: b], kinds: [failed]}'],
  ])('after %s is accepted because some messages reach it: %s', (before, route) => {
    expect(problems(...routes(before, route))).toEqual([]);
  });

  it('that sends the start of an incident to PagerDuty needs a route for its end', () => {
    const issue =
      'pagerduty a gets the start of an incident but never its end: remove urgency; only messages with the urgency call page anyone';
    expect(problems(...routes('{to: [webhook: a, pagerduty: a], urgency: call}'))).toEqual([
      `4: alerts.routes.0.to.1: ${issue}`,
    ]);
    expect(
      problems(...routes('{to: [pagerduty: a], kinds: [failed]}', '{to: [pagerduty: a], kinds: [restored]}')),
    ).toEqual([]);
    expect(problems(...routes('{to: [pagerduty: a], urgency: inform}'))).toEqual([]);
  });

  it('that adds no channel to an earlier route is refused', () => {
    expect(problems(...routes('{to: [webhook: a, webhook: b]}', '{to: [webhook: b], kinds: [failed]}'))).toEqual([
      '5: alerts.routes.1.to: webhook b already gets all of these messages from an earlier route',
    ]);
  });
});
