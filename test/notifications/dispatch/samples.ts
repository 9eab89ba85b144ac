import { MESSAGE_KINDS, type Message } from '../../../shared/domain/message.ts';

/** When every test begins. */
export const START = Date.parse('2026-05-01T12:00:00Z');

export const CHANNEL = 'C0123456789';
export const SLACK = `slack:${CHANNEL}`;

/** A message that a rule was closed; `more` says otherwise. */
export function messageOf(id: string, more: Partial<Message> = {}): Message {
  const kind = more.kind ?? 'closed';
  return {
    id,
    thread: '111122223333/eu-west-1/sg-00000000000000001',
    kind,
    urgency: MESSAGE_KINDS[kind].urgency,
    severity: 'high',
    at: START,
    headline: `Closed SSH in web (${id})`,
    account: '111122223333',
    region: 'eu-west-1',
    group: { id: 'sg-00000000000000001', name: 'web', tags: { stage: 'production' } },
    owner: 'platform',
    controls: ['world-open-admin'],
    facts: [{ label: 'Who', text: 'ada' }],
    reasons: [
      {
        control: 'world-open-admin',
        severity: 'high',
        freshness: 'fresh',
        text: 'SSH is open',
        url: 'https://docs.example.com',
      },
    ],
    listings: [{ title: 'Removed', lines: ['tcp 22 from 0.0.0.0/0'] }],
    remarks: ['Closed to new connections.'],
    ways: [{ label: 'Undo', command: 'portcullis restore 01' }],
    actions: ['restore'],
    links: [{ label: 'Group', url: 'https://console.aws.amazon.com' }],
    ...more,
  };
}
