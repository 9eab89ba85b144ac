import { describe, expect, it } from 'vitest';
import type { Recorder } from '../../../shared/domain/aws-config.ts';
import type { Notification } from '../../../shared/domain/notification.ts';
import { isRecorderCheck } from '../../../shared/events/requests/internal-request.ts';
import { emailText } from '../../../shared/notifications/channels/email.ts';
import { notificationMessage } from '../../../shared/notifications/compose/notification.ts';
import { checkRecorder, recorderFaults } from '../../../shared/workflows/compliance/recorder.ts';
import { PLACE } from '../../notifications/compose/samples.ts';

const GROUP = 'AWS::EC2::SecurityGroup';

function recorder(more: Partial<Recorder> = {}): Recorder {
  return {
    name: 'main',
    isRecording: true,
    types: { kind: 'all' },
    daily: { kind: 'only', types: [] },
    ...more,
  };
}

describe('a recorder', () => {
  it.each<[string, Partial<Recorder>]>([
    ['of everything', {}],
    ['of groups alone', { types: { kind: 'only', types: [GROUP] } }],
    ['of all but something else', { types: { kind: 'all-but', types: ['AWS::EC2::VPC'] } }],
    ['that takes a day for others', { daily: { kind: 'all-but', types: [GROUP] } }],
  ])('%s is as it should be', (_what, more) => {
    expect(recorderFaults([recorder(more)])).toEqual([]);
  });

  it.each<[string, Partial<Recorder>, RegExp]>([
    ['is stopped', { isRecording: false }, /main is stopped\. .*start-configuration-recorder/],
    ['is of other types', { types: { kind: 'only', types: ['AWS::EC2::VPC'] } }, /leaves out AWS::EC2::SecurityGroup/],
    ['excludes groups', { types: { kind: 'all-but', types: [GROUP] } }, /leaves out AWS::EC2::SecurityGroup/],
    ['takes a day for all', { daily: { kind: 'all-but', types: [] } }, /once a day/],
    ['takes a day for groups', { daily: { kind: 'only', types: [GROUP] } }, /once a day/],
    ['cannot deliver', { fault: 'AccessDenied: no' }, /delivery .* failed: AccessDenied: no/],
  ])('that %s is told of, with the way out', (_what, more, words) => {
    expect(recorderFaults([recorder(more)])).toEqual([expect.stringMatching(words)]);
  });

  it('that is not there is told of', () => {
    expect(recorderFaults([])).toEqual([expect.stringMatching(/There is no recorder\. Set AWS Config up/)]);
  });
});

async function look(recorders: readonly Recorder[], now: string) {
  const told: Notification[] = [];
  const ports = {
    recorders: { region: async () => 'eu-west-1', list: async () => recorders },
    notifier: { notify: async (news: Notification) => void told.push(news) },
    clock: { now: () => Date.parse(now) },
  };
  return { faults: await checkRecorder({ account: '111122223333', ports }), told };
}

describe('the daily look at the recorder', () => {
  it('says nothing where all is as it should be', async () => {
    expect(await look([recorder()], '2026-01-02T06:41:00Z')).toEqual({ faults: [], told: [] });
  });

  it('tells people what is wrong, under one name for a day', async () => {
    const { told } = await look([recorder({ isRecording: false })], '2026-01-02T06:41:00Z');
    const again = await look([recorder({ isRecording: false })], '2026-01-02T06:43:00Z');
    const tomorrow = await look([recorder({ isRecording: false })], '2026-01-03T06:41:00Z');
    const [message] = told.map((news) => notificationMessage(news, PLACE));
    expect(message).toMatchObject({ account: '111122223333', region: 'eu-west-1', severity: 'medium' });
    const mail = message && emailText(message);
    expect(mail).toMatch(/^AWS Config does not record security groups as it should: account 111122223333, eu-west-1\n/);
    expect(mail).toContain('The recorder main is stopped.');
    expect(mail).toContain('Events and the sweep close all the same.');
    expect(again.told.map(({ id }) => id)).toEqual(told.map(({ id }) => id));
    expect(tomorrow.told.map(({ id }) => id)).not.toEqual(told.map(({ id }) => id));
  });

  it.each([
    ['a call of AWS Config', { invokingEvent: '{}', resultToken: 'token' }, false],
    ['nothing', undefined, false],
    ['the check', { do: 'check-recorder' }, true],
  ])('is told from %s', (_what, event, expected) => {
    expect(isRecorderCheck(event)).toBe(expected);
  });

  it.each([[{ do: 'sweep' }], [{ do: 'check-recorder', region: 'eu-west-1' }]])('is not asked for by %j', (event) => {
    expect(() => isRecorderCheck(event)).toThrow(/event/);
  });
});
