import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlertEvent,
  alertProblems,
  applyEvent,
  changeProblems,
  type PagerAlert,
} from '../../../infra/local/fakes/pagerduty.ts';
import { MESSAGE_KINDS, type Message } from '../../../shared/domain/message.ts';
import { type PagerDutyEvent, pagerDutyEvents } from '../../../shared/notifications/channels/pagerduty.ts';
import { outcomeMessage } from '../../../shared/notifications/compose/message.ts';
import { hostileMessages, largeOutcome } from '../compose/hostile.ts';
import { messages, PLACE } from '../compose/samples.ts';
import { anyMessage } from './slack/any-message.ts';

const KEY = 'k'.repeat(32);

function problemsOf({ to, body }: PagerDutyEvent): readonly string[] {
  const event = { ...body, routing_key: KEY };
  const size = Buffer.byteLength(JSON.stringify(event));
  return [...(to === 'alert' ? alertProblems(event) : changeProblems(event)), ...(size > 524_288 ? ['size'] : [])];
}

function named(event: PagerDutyEvent): unknown {
  return event.to === 'change' ? 'change' : event.body['event_action'];
}

function payloadOf(message: Message) {
  return Object(pagerDutyEvents(message)[0]?.body['payload']);
}

describe('a message to PagerDuty', () => {
  it.each(Object.entries(messages()))('is as approved when it is about %s', async (kind, message) => {
    const events = pagerDutyEvents(message);
    expect(events.flatMap(problemsOf)).toEqual([]);
    await expect(`${JSON.stringify(events, null, 2)}\n`).toMatchFileSnapshot(`../golden/pagerduty/${kind}.json`);
  });

  it('pages for messages that call people, and for no others', () => {
    const paging = Object.values(messages()).filter((message) =>
      pagerDutyEvents(message).some((event) => named(event) === 'trigger'),
    );
    expect(paging).toEqual(Object.values(messages()).filter(({ urgency }) => urgency === 'call'));
    expect(paging.map(({ kind }) => kind)).toEqual([
      ...Object.entries(MESSAGE_KINDS).flatMap(([kind, { urgency }]) => (urgency === 'call' ? [kind] : [])),
      // The sample has failures in it.
      'storm',
    ]);
    expect(pagerDutyEvents({ ...messages().storm, urgency: 'inform' })).toEqual([]);
  });

  it('separates the incidents of a group: a success does not end another failure', () => {
    const { failed, closed } = messages();
    const keyOf = (message: typeof failed) => pagerDutyEvents(message)[0]?.body['dedup_key'];
    expect(keyOf({ ...closed, remediationId: '01kdyak52ranotherplan01234' })).not.toBe(keyOf(failed));
    expect(keyOf(closed)).toBe(keyOf({ ...failed, remediationId: closed.remediationId ?? '' }));
  });

  it('ends the budget’s incident of all groups with one message', () => {
    const { held, 'sweep-held': swept, 'budget-resumed': resumed } = messages();
    const keys = [held, swept, resumed].map((message) => pagerDutyEvents(message)[0]?.body['dedup_key']);
    expect(new Set(keys)).toEqual(new Set(['111122223333/budget']));
  });

  it('resolves an incident by the same key, and reports a success as a change', () => {
    const { failed, closed, declined, acknowledged, open } = messages();
    expect(pagerDutyEvents(closed).map(named)).toEqual(['resolve', 'change']);
    expect(pagerDutyEvents(declined).map(named)).toEqual(['resolve']);
    expect(pagerDutyEvents(acknowledged).map(named)).toEqual(['acknowledge']);
    expect(pagerDutyEvents(open)).toEqual([]);
    const keys = [failed, acknowledged, closed].map((message) => pagerDutyEvents(message)[0]?.body['dedup_key']);
    expect(new Set(keys).size).toBe(1);
  });

  it('leaves no alert open after the end of an incident, even if events are repeated', () => {
    const { failed, acknowledged, closed } = messages();
    const alerts: PagerAlert[] = [];
    const sent = [closed, failed, failed, acknowledged, closed, closed].flatMap(pagerDutyEvents);
    for (const { to, body } of sent.filter((event) => event.to === 'alert')) {
      expect(to).toBe('alert');
      const event: AlertEvent = {
        routingKey: KEY,
        dedupKey: String(body['dedup_key']),
        action: String(body['event_action']),
        payload: body['payload'],
      };
      applyEvent(alerts, event);
    }
    expect(alerts).toMatchObject([{ status: 'resolved', triggers: 2 }]);
  });

  it.each(Object.entries(hostileMessages()))('is accepted with %s', (_name, message) => {
    expect(pagerDutyEvents({ ...message, kind: 'failed' }).flatMap(problemsOf)).toEqual([]);
    expect(pagerDutyEvents({ ...message, kind: 'closed' }).flatMap(problemsOf)).toEqual([]);
  });

  it('is accepted with any text', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(pagerDutyEvents(message).flatMap(problemsOf)).toEqual([]);
      }),
    );
  });

  it('truncates a long list with a count of the rest', () => {
    const message = { ...outcomeMessage(largeOutcome(1000), PLACE), kind: 'failed' } as const;
    const details = JSON.stringify(payloadOf(message).custom_details);
    expect(details).toMatch(/… and 9\d\d more; all of it is on record under /);
    expect(pagerDutyEvents(message).flatMap(problemsOf)).toEqual([]);
  });

  it.each([
    ['critical', 'critical'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'info'],
  ] as const)('calls %s what PagerDuty calls %s', (severity, theirs) => {
    expect(payloadOf({ ...messages().failed, severity }).severity).toBe(theirs);
  });

  it('joins texts that share a label', () => {
    const facts = [
      { label: 'Who', text: 'alice' },
      { label: 'Who', text: 'bob' },
    ];
    expect(payloadOf({ ...messages().failed, facts }).custom_details.Who).toBe('alice\nbob');
  });
});
