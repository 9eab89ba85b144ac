import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../shared/domain/command.ts';
import { EventUnreadable } from '../../../shared/domain/errors.ts';
import { readCommand } from '../../../shared/events/requests/command.ts';
import {
  isReevaluationRequest,
  readReevaluationRequest,
  sweepChange,
  wrapReevaluationRequest,
} from '../../../shared/events/requests/internal-request.ts';

const by = { name: 'ann', arn: 'arn:aws:iam::111122223333:user/ann', through: 'command-line' } as const;
const request = { by, reason: 'ticket A-1' };
const terms = { days: 30, owner: 'team-web', ticket: 'A-1' };
const ID = '01h455vb4pex5vsknk084sn02q';

const COMMANDS: readonly Command[] = [
  { do: 'restore', id: ID, dryRun: true, ...request },
  { do: 'restore', id: ID, dryRun: false, exempt: terms, ...request },
  { do: 'approve', id: ID, ...request },
  { do: 'acknowledge', id: ID, ...request },
  { do: 'leave-open', id: ID, terms: { days: 1, owner: 'ann' }, ...request },
  { do: 'decline', id: ID, by: { name: 'ben', through: 'button' }, reason: '' },
  { do: 'exempt', region: 'eu-west-1', scope: { groupId: 'sg-1', ruleId: 'sgr-1' }, terms, ...request },
  {
    do: 'exempt',
    region: 'eu-west-1',
    scope: { allGroups: true, control: 'world-open-admin', ports: { tcp: [{ from: 22, to: 22 }], udp: [] } },
    terms: { days: 1, owner: 'x' },
    ...request,
  },
  { do: 'renew', id: ID, days: 90, ...request },
  { do: 'end-exemption', id: ID, ...request },
  { do: 'resume-budget', ...request },
  { do: 'roll-back', id: ID, ...request },
  { do: 'list', what: 'pending', most: 20 },
  { do: 'list', what: 'exemptions', most: 20, after: ID },
  { do: 'follow', groupId: 'sg-1', planId: 'abc123' },
  { do: 'canary', region: 'eu-west-1' },
];

/** The command, or the message of the error. */
function outcomeOf(value: unknown): string {
  try {
    return typeof readCommand(value).do === 'string' ? 'a command' : 'nothing';
  } catch (error) {
    return error instanceof EventUnreadable ? 'refused' : String(error);
  }
}

describe('a command', () => {
  it.each(COMMANDS.map((command) => [command.do, command] as const))('is read as it was sent: %s', (_do, command) => {
    expect(readCommand(JSON.parse(JSON.stringify(command)))).toEqual(command);
  });

  it.each<[unknown, string]>([
    ['restore', 'command: expected an object'],
    [{}, 'command.do: expected one of approve'],
    [{ do: 'destroy' }, 'command.do: expected one of'],
    [{ do: 'constructor' }, 'command.do: expected one of'],
    [{ do: 'restore', id: ID, ...request }, 'command.dryRun: expected true or false'],
    [{ do: 'restore', id: ID, dryRun: 'no', ...request }, 'command.dryRun: expected true or false'],
    [{ do: 'restore', id: ID, dryRun: true, dryrun: true, ...request }, 'command.dryrun: expected no such field'],
    [{ do: 'approve', id: 7, ...request }, 'command.id: expected a text'],
    [{ do: 'approve', id: ID, reason: 'x' }, 'command.by: expected an object'],
    [{ do: 'approve', id: ID, by }, 'command.reason: expected a text'],
    [
      { do: 'approve', id: ID, by: { name: 'x', through: 'portcullis' }, reason: '' },
      'command.by.through: expected one of',
    ],
    [{ do: 'approve', id: ID, by, reason: 'x'.repeat(2001) }, 'command.reason: expected a text of at most 2000'],
    [{ do: 'renew', id: ID, days: 1.5, ...request }, 'command.days: expected a whole number'],
    [
      { do: 'exempt', region: 'r', scope: { groupId: 'web' }, terms, ...request },
      'command.scope.groupId: expected a group id',
    ],
    [
      { do: 'exempt', region: 'r', scope: { control: 'world-open-admin' }, terms, ...request },
      'command.scope: expected `groupId`, `ruleId` or `allGroups`',
    ],
    [
      { do: 'exempt', region: 'r', scope: { allGroups: false, control: 'world-open-admin' }, terms, ...request },
      'command.scope.allGroups: expected true',
    ],
    [
      {
        do: 'exempt',
        region: 'r',
        scope: { groupId: 'sg-1', ports: { tcp: [{ from: 9, to: 8 }], udp: [] } },
        terms,
        ...request,
      },
      'command.scope.ports.tcp[0]: expected a range of ports',
    ],
    [
      {
        do: 'exempt',
        region: 'r',
        scope: { groupId: 'sg-1', ports: { tcp: [{ from: 1, to: 70_000 }], udp: [] } },
        terms,
        ...request,
      },
      'command.scope.ports.tcp[0]: expected a range of ports',
    ],
    [
      { do: 'exempt', region: 'r', scope: { groupId: 'sg-1', ports: { tcp: [] } }, terms, ...request },
      'command.scope.ports.udp: expected a list',
    ],
    [{ do: 'list', what: 'all', most: 1 }, 'command.what: expected one of remediations'],
    [{ do: 'follow', groupId: 'sg-1', planId: '../x' }, "command.planId: expected a plan's id"],
  ])('is refused with the wrong field: %j', (value, says) => {
    expect(() => readCommand(value)).toThrow(EventUnreadable);
    expect(() => readCommand(value)).toThrow(`event: ${says}`);
  });

  it('with an id of any length is read, so that the result can say that the id is unknown', () => {
    const command = readCommand({ do: 'approve', id: 'x'.repeat(1_000_000), ...request });
    expect(command).toMatchObject({ id: 'x'.repeat(2000) });
  });

  it('is read or refused with EventUnreadable', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.constantFrom(...COMMANDS).chain((command) =>
        fc.record({ key: fc.constantFrom(...Object.keys(command)), value: fc.anything() }).map(({ key, value }) => ({
          ...command,
          [key]: value,
        })),
      ),
    );
    fc.assert(
      fc.property(anything, (value) => {
        expect(['a command', 'refused']).toContain(outcomeOf(value));
      }),
    );
  });
});

describe('a request to reevaluate groups', () => {
  it.each([
    { do: 'release', groupId: 'sg-1', planId: 'abc' },
    { do: 'take-back', groupId: 'sg-1', planId: 'abc' },
    { do: 'look', groupIds: ['sg-1', 'sg-2'], region: 'eu-west-1' },
    { do: 'look', groupIds: [], region: 'eu-west-1', eventId: 'b1b2' },
  ] as const)('is read as it was wrapped: $do', (one) => {
    expect(readReevaluationRequest(JSON.parse(JSON.stringify(wrapReevaluationRequest(one))))).toEqual(one);
  });

  it('is not read from an event, whatever its record contains', () => {
    const inner = wrapReevaluationRequest({ do: 'release', groupId: 'sg-1', planId: 'abc' });
    const refusal = 'event: portcullis: expected a request (EventBridge delivers events through the alias for events)';
    const event = { 'detail-type': 'AWS API Call via CloudTrail', detail: inner };
    expect(() => readReevaluationRequest(event)).toThrow(refusal);
    expect(() => readReevaluationRequest({ eventName: 'RunInstances', requestParameters: inner })).toThrow(refusal);
    expect(() => readReevaluationRequest(undefined)).toThrow(refusal);
    expect([isReevaluationRequest(inner), isReevaluationRequest(event), isReevaluationRequest(null)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is refused if it also looks like an event', () => {
    const both = { ...wrapReevaluationRequest({ do: 'release', groupId: 'sg-1', planId: 'abc' }), detail: {} };
    expect(() => readReevaluationRequest(both)).toThrow('event: portcullis: expected nothing beside it');
  });

  it.each<[unknown, string]>([
    [null, 'portcullis: expected an object'],
    [{ do: 'open' }, 'portcullis.do: expected one of release, take-back, look'],
    [{ do: 'release', groupId: 'web', planId: 'abc' }, 'portcullis.groupId: expected a group id'],
    [{ do: 'release', groupId: 'sg-1', planId: 'abc', force: true }, 'portcullis.force: expected no such field'],
    [{ do: 'look', groupIds: 'sg-1', region: 'r' }, 'portcullis.groupIds: expected a list'],
    [{ do: 'look', groupIds: ['sg-1', 7], region: 'r' }, 'portcullis.groupIds[1]: expected a group id'],
    [{ do: 'look', groupIds: [], region: 'r', account: 'a' }, 'portcullis.account: expected no such field'],
  ])('is refused with the wrong field: %j', (value, says) => {
    expect(() => readReevaluationRequest({ portcullis: value })).toThrow(`event: ${says}`);
  });

  it('is a sweep of existing rules', () => {
    const look = { do: 'look', groupIds: ['sg-1'], region: 'eu-west-1' } as const;
    expect(sweepChange(look, { id: 'request-1', at: 5, account: '111122223333' })).toEqual({
      id: 'request-1',
      call: 'Sweep',
      trigger: 'sweep',
      scope: { by: 'group-id', ids: ['sg-1'] },
      added: { kind: 'unknown' },
      at: 5,
      account: '111122223333',
      region: 'eu-west-1',
    });
  });
});
