import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../shared/events/requests/queued-message.ts';
import { messageJson } from '../../../shared/notifications/channels/sns.ts';
import { messages } from '../../notifications/compose/samples.ts';
import { messageOf } from '../../notifications/dispatch/samples.ts';

function read(value: unknown) {
  return readMessage(JSON.stringify(value));
}

const WHOLE = messageOf('m-1', {
  accountAlias: 'shop',
  remediationId: '01ABC',
  group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1', tags: { team: '', constructor: 'x' } },
  listings: [{ title: 'Rules', lines: ['a', ''], omitted: 3 }],
});

describe('a message', () => {
  it.each(Object.entries(messages()))('of kind %s is read as it was written', (_kind, message) => {
    expect(readMessage(messageJson(message, 1000))).toEqual(message);
  });

  it('is read with all optional parts, and with none', () => {
    expect(read(WHOLE)).toEqual(WHOLE);
    const { owner: _owner, group: _group, ...bare } = messageOf('m-1');
    expect(read(bare)).toEqual(bare);
  });

  it('is read without unknown fields', () => {
    expect(read({ ...WHOLE, later: 1, group: { ...WHOLE.group, later: 1 } })).toEqual(WHOLE);
  });

  it.each([
    ['message', 'JSON', 'not json xoxb-secret'],
    ['message', 'an object', '[]'],
    ['message', 'an object', 'null'],
  ])('is refused at %s, which should be %s', (at, expected, text) => {
    expect(() => readMessage(text)).toThrow(`event: ${at}: expected ${expected}`);
    expect(() => readMessage(text)).not.toThrow('xoxb');
  });

  it.each([
    ['message.id', { id: '' }],
    ['message.id', { id: 'x'.repeat(513) }],
    ['message.thread', { thread: 1 }],
    ['message.kind', { kind: 'constructor' }],
    ['message.urgency', { urgency: 'wake' }],
    ['message.severity', { severity: 'worst' }],
    ['message.at', { at: '2026-05-01' }],
    ['message.at', { at: 1.5 }],
    ['message.headline', { headline: undefined }],
    ['message.account', { account: null }],
    ['message.region', { region: {} }],
    ['message.owner', { owner: 1 }],
    ['message.group', { group: 'sg-1' }],
    ['message.group.id', { group: { name: 'web', tags: {} } }],
    ['message.group.tags', { group: { id: 'sg-1', name: 'web' } }],
    ['message.group.tags, a tag', { group: { id: 'sg-1', name: 'web', tags: { a: 1 } } }],
    ['message.controls', { controls: 'x' }],
    ['message.controls[0]', { controls: [1] }],
    ['message.facts[0].text', { facts: [{ label: 'Who' }] }],
    ['message.facts[1]', { facts: [{ label: 'Who', text: 'a' }, 'b'] }],
    ['message.reasons[0].freshness', { reasons: [{ ...WHOLE.reasons[0], freshness: 'new' }] }],
    ['message.reasons[0].severity', { reasons: [{ ...WHOLE.reasons[0], severity: 'new' }] }],
    ['message.reasons[0].url', { reasons: [{ ...WHOLE.reasons[0], url: 1 }] }],
    ['message.listings[0].lines[1]', { listings: [{ title: 'Rules', lines: ['a', 1] }] }],
    ['message.listings[0].omitted', { listings: [{ title: 'Rules', lines: [], omitted: 'many' }] }],
    ['message.remarks', { remarks: { length: 1 } }],
    ['message.ways[0].command', { ways: [{ label: 'Undo' }] }],
    ['message.actions[0]', { actions: ['delete'] }],
    ['message.links[0].url', { links: [{ label: 'Group' }] }],
    ['message.remediationId', { remediationId: 1 }],
  ])('is refused with another %s: %j', (at, parts) => {
    expect(() => read({ ...WHOLE, ...parts })).toThrow(`event: ${at}: expected`);
  });
});
