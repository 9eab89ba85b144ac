import { describe, expect, it } from 'vitest';
import type { ChannelSecrets, Route } from '../../../shared/domain/delivery.ts';
import { channelName } from '../../../shared/notifications/dispatch/channel-worker.ts';
import { channelsFor } from '../../../shared/notifications/dispatch/route.ts';
import { adaptersOf, fakeChannels } from './fake-channels.ts';
import { messageOf } from './samples.ts';
import { KEYS } from './world.ts';

const ADAPTERS = adaptersOf(fakeChannels(() => {}).apis);

function to(id: string, more: Partial<Route> = {}): Route {
  return { to: [{ kind: 'slack', name: id }], last: false, ...more };
}

function names(routes: readonly Route[], message = messageOf('m-1'), keys: ChannelSecrets = KEYS) {
  return channelsFor(message, routes, keys, ADAPTERS).map(channelName);
}

describe('the channels of a message', () => {
  it('are those of every matching route, each once', () => {
    const both: Route = {
      to: [
        { kind: 'slack', name: 'C1' },
        { kind: 'webhook', name: 'ops' },
      ],
      last: false,
    };
    expect(names([to('C1'), both, to('C2', { accounts: ['4*'] }), to('C3')])).toEqual([
      'slack:C1',
      'webhook:ops',
      'slack:C3',
    ]);
  });

  it('end with the first matching route that has last', () => {
    const routes = [to('C1', { owners: ['none'], last: true }), to('C2'), to('C3', { last: true }), to('C4')];
    expect(names(routes)).toEqual(['slack:C2', 'slack:C3']);
  });

  it.each([
    ['account', { accounts: ['444455556666', '1111*'] }, true],
    ['account', { accounts: ['4*'] }, false],
    ['owner', { owners: ['plat*'] }, true],
    ['owner', { owners: ['shop'] }, false],
    ['tag', { tags: { stage: 'prod*' } }, true],
    ['tag', { tags: { stage: 'prod*', team: '*' } }, false],
    ['inherited property as a tag', { tags: { constructor: '*' } }, false],
    ['severity', { severities: ['high', 'critical'] }, true],
    ['severity', { severities: ['critical'] }, false],
    ['urgency', { urgencies: ['inform'] }, true],
    ['urgency', { urgencies: ['call'] }, false],
    ['kind', { kinds: ['closed'] }, true],
    ['kind', { kinds: ['failed'] }, false],
    ['every part', { accounts: ['*'], owners: ['*'], severities: ['low'] }, false],
  ] as const)('are told by %s: %j fits: %s', (_part, parts, fits) => {
    expect(names([to('C1', parts)])).toEqual(fits ? ['slack:C1'] : ['slack:C0123456789', 'pagerduty:default']);
  });

  it('exclude routes by owner or tag if the message has none', () => {
    const { owner: _owner, group: _group, ...bare } = messageOf('m-1');
    expect(names([to('C1', { owners: ['*'] }), to('C2', { tags: { stage: '*' } }), to('C3')], bare)).toEqual([
      'slack:C3',
    ]);
  });

  describe('about many groups that calls people', () => {
    const { owner: _owner, group: _group, ...bare } = messageOf('m-1');
    const calling = { ...bare, kind: 'storm', urgency: 'call' } as const;
    const routes = [
      to('C1', { owners: ['shop'], last: true }),
      to('C2', { tags: { stage: 'prod*' }, urgencies: ['call'] }),
      to('C3', { severities: ['low'] }),
      to('C4', { last: true }),
      to('C5', { owners: ['*'] }),
    ];

    it('are those of every group’s route, so that a burst hides no call', () => {
      expect(names(routes, calling)).toEqual(['slack:C1', 'slack:C2', 'slack:C4']);
    });

    it('are the same for the message that ends it, and for no other message without a group', () => {
      const all = [to('C1', { owners: ['shop'] }), to('C2')];
      expect(names(all, { ...bare, kind: 'budget-resumed', urgency: 'inform' })).toEqual(['slack:C1', 'slack:C2']);
      expect(names(all, { ...bare, kind: 'storm', urgency: 'inform' })).toEqual(['slack:C2']);
      expect(names(all, { ...bare, kind: 'digest', urgency: 'inform' })).toEqual(['slack:C2']);
    });
  });

  it('are the default ones if no route matches: Slack, or the webhook without a Slack channel, and PagerDuty', () => {
    expect(names([])).toEqual(['slack:C0123456789', 'pagerduty:default']);
    const { slackChannel: _channel, ...others } = KEYS;
    expect(names([], undefined, others)).toEqual(['webhook:default', 'pagerduty:default']);
    expect(names([], undefined, { entries: { webhook: { default: 'https://hooks.example.com' } } })).toEqual([
      'webhook:default',
    ]);
    expect(names([], undefined, { entries: { pagerduty: { default: 'key' } } })).toEqual(['pagerduty:default']);
  });

  it('are an error if there are none, with the fields of the secret to set', () => {
    expect(() => names([], undefined, { entries: { webhook: { ops: 'https://hooks.example.com' } } })).toThrow(
      'alerts: no route takes m-1, and the secret names no default channel: set one of slackChannel, webhooks.default, pagerDuty.default',
    );
  });
});
