import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_NAMES } from '../../../shared/domain/action.ts';
import { readInteraction, slackUrlOf } from '../../../shared/events/requests/action-event.ts';
import { formOf, ID, payload } from './slack-action-requests.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const READING = { now: NOW, slackApi: undefined };

function read(value: unknown) {
  return readInteraction(formOf(value), READING);
}

function because(body: string): string {
  const result = readInteraction(body, READING);
  return result.kind === 'refused' ? result.because : `read: ${JSON.stringify(result)}`;
}

function action(more: object) {
  return payload({ actions: [{ action_id: 'restore', value: ID, ...more }] });
}

describe('a Slack interaction', () => {
  it('has the action, the remediation, the person and the response URL', () => {
    expect(read(payload())).toEqual({
      kind: 'presses',
      presses: [
        {
          action: 'restore',
          remediationId: ID,
          by: { through: 'slack', team: 'T0123', user: 'U0123ANN', name: 'ann' },
          responseUrl: 'https://hooks.slack.com/actions/T0123/1232321423432/D09sSasdasdAS9091209',
          at: NOW - 160,
        },
      ],
    });
  });

  it.each(ACTION_NAMES)('may request %s', (one) => {
    expect(read(action({ action_id: one }))).toMatchObject({ kind: 'presses', presses: [{ action: one }] });
  });

  it('has the current time if Slack states none', () => {
    expect(read(action({ action_ts: 'soon' }))).toMatchObject({ presses: [{ at: NOW }] });
  });

  it('has the user’s own workspace if the payload names none, and the user’s id if it has no name', () => {
    const result = read(payload({ team: null, user: { id: 'W0123', team_id: 'T0456' } }));
    expect(result).toMatchObject({ presses: [{ by: { team: 'T0456', user: 'W0123', name: 'W0123' } }] });
  });

  it.each<[string, string, string]>([
    ['no form', 'hello', 'a form with one field `payload`'],
    ['a payload twice', `${formOf(payload())}&${formOf(payload())}`, 'a form with one field `payload`'],
    ['no JSON', formOf('{'), 'payload: expected JSON'],
    ['a list', formOf([]), 'payload: expected an object'],
    ['null', formOf('null'), 'payload: expected an object'],
    ['another type', formOf(payload({ type: 'view_submission' })), 'payload.type: expected block_actions'],
    ['no type', formOf({}), 'payload.type: expected block_actions'],
    ['no user', formOf(payload({ user: undefined })), 'payload.user.id'],
    ['a user that is none', formOf(payload({ user: { id: 'B0123' } })), 'payload.user.id'],
    ['no workspace', formOf(payload({ team: undefined, user: { id: 'U1' } })), 'payload.team.id'],
    ['no response_url', formOf(payload({ response_url: undefined })), 'payload.response_url'],
    ['no actions', formOf(payload({ actions: [] })), 'payload.actions: expected 1 to 25'],
    [
      'too many actions',
      formOf(payload({ actions: Array.from({ length: 26 }, () => ({})) })),
      'payload.actions: expected 1 to 25',
    ],
    [
      'another action',
      formOf(action({ action_id: 'destroy' })),
      'payload.actions[0].action_id: expected one of restore',
    ],
    ['an inherited action', formOf(action({ action_id: 'constructor' })), 'payload.actions[0].action_id'],
    ['no id', formOf(action({ value: undefined })), 'payload.actions[0].value: expected the id of a remediation'],
    ['an id that is none', formOf(action({ value: `${ID} ` })), 'payload.actions[0].value'],
    ['a line after the id', formOf(action({ value: `${ID}\n` })), 'payload.actions[0].value'],
    ['an id in capitals', formOf(action({ value: ID.toUpperCase() })), 'payload.actions[0].value'],
  ])('with %s is refused with the path', (_what, body, place) => {
    expect(because(body)).toContain(place);
  });

  it('is read or refused, and never causes an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map(formOf),
          fc.jsonValue().map((actions) => formOf(payload({ actions }))),
        ),
        (body) => {
          expect(['presses', 'refused']).toContain(readInteraction(body, READING).kind);
        },
      ),
    );
  });
});

describe('a response URL', () => {
  it.each([
    'https://hooks.slack.com/actions/T1/2/3',
    'https://hooks.slack-gov.com/actions/T1/2/3',
    'https://app.slack.com/x',
  ])('of Slack is accepted: %s', (url) => {
    expect(slackUrlOf(url, undefined)).toBe(url);
  });

  it.each([
    'http://hooks.slack.com/actions/1',
    'https://slack.com/x',
    'https://hooks.slack.com:8443/x',
    'https://hooks.slack.com@192.0.2.1/x',
    'https://ann:secret@hooks.slack.com/x',
    'https://hooks.slack.com.example.com/x',
    'https://hooks.slack.community/x',
    'https://evilslack.com/x',
    'https://hooks-slack.com/x',
    'https://192.0.2.1/hooks.slack.com',
    'https://example.com/?hooks.slack.com',
    'https://example.com\\.slack.com/x',
    'http://127.0.0.1:3000/x',
    'https://169.254.169.254/latest',
    'javascript:hooks.slack.com',
    `https://hooks.slack.com/${'a'.repeat(1000)}`,
    '',
    7,
  ])('of another host is refused: %s', (url) => {
    expect(slackUrlOf(url, undefined)).toBeUndefined();
    expect(slackUrlOf(url, 'https://slack-gov.com/api')).toBeUndefined();
  });

  it('on loopback is accepted only with the origin of the Slack API', () => {
    const api = 'http://127.0.0.1:3000/api';
    expect(slackUrlOf('http://127.0.0.1:3000/actions/1', api)).toBe('http://127.0.0.1:3000/actions/1');
    expect(slackUrlOf('http://127.0.0.1:3001/actions/1', api)).toBeUndefined();
    expect(slackUrlOf('http://localhost:3000/actions/1', api)).toBeUndefined();
    expect(slackUrlOf('http://example.com/x', 'http://example.com/api')).toBeUndefined();
  });
});
