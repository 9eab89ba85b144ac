import { describe, expect, it } from 'vitest';
import { recordActionRequests } from '../../functions/on-action/front.ts';
import { handleActionRequest } from '../../shared/actions/action-request.ts';
import type { Action } from '../../shared/domain/action.ts';
import { actionRequestId } from '../../shared/domain/action.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import { CallFailed, ChannelRefused, Unfinished } from '../../shared/domain/errors.ts';
import { ruleOf } from '../contract/ledger/samples.ts';
import { ID, PEOPLE, press, pressWorld, START } from './action-world.ts';

const MINUTE = 60_000;

const by = { name: 'ann (UANN)', slackUser: 'UANN', through: 'button' } as const;

async function refusing(): Promise<CommandResult> {
  return await Promise.resolve({ kind: 'refused', because: ['it is gone'] });
}

describe('a permitted action request', () => {
  it.each<[Action, Command]>([
    ['restore', { do: 'restore', dryRun: false, id: ID, by, reason: 'button in Slack: restore' }],
    ['exempt', { do: 'leave-open', terms: { days: 1, owner: by.name }, id: ID, by, reason: 'button in Slack: exempt' }],
    ['approve', { do: 'approve', id: ID, by, reason: 'button in Slack: approve' }],
    ['decline', { do: 'decline', id: ID, by, reason: 'button in Slack: decline' }],
    ['acknowledge', { do: 'acknowledge', id: ID, by, reason: 'button in Slack: acknowledge' }],
  ])('to %s asks the function that grants, and tells who pressed', async (action, command) => {
    const { worked, asked, told, presses } = pressWorld();
    expect(await worked(press({ action }))).toMatchObject({ kind: 'carried-out' });
    expect(asked).toEqual([command]);
    expect(told).toEqual([{ url: press().responseUrl, line: 'Acknowledged: people are told of it.' }]);
    expect([...presses.all.values()]).toMatchObject([{ result: 'Acknowledged: people are told of it.' }]);
  });

  it('does nothing the second time, and gets the result of the first', async () => {
    const people = { may: PEOPLE.may.map((one) => ({ ...one, slackUsers: ['UANN', 'UBEN'] })) };
    const { worked, asked, told, clock } = pressWorld({ people });
    await worked(press());
    clock.at += MINUTE;
    expect(await worked(press({ at: clock.at }, 'UBEN'))).toMatchObject({ kind: 'second' });
    expect(asked).toHaveLength(1);
    expect(told[1]?.line).toBe('ann pressed restore on 2026-05-01T12:00Z: Acknowledged: people are told of it.');
  });

  it('gets a truncated reply about very many rules', async () => {
    const refused = Array.from({ length: 1000 }, (_, n) => ({
      rule: ruleOf(`sgr-${n}`, 'x'.repeat(255)),
      reason: 'no room \ud83d',
    }));
    const followUp = { by, at: START, reason: 'x', kind: 'restore', granted: [], refused } as const;
    const restored = { kind: 'restored', dryRun: false, followUp, standing: [], remarks: [] } as const;
    const { worked, told, presses } = pressWorld({ obey: async () => await Promise.resolve(restored) });
    await worked(press());
    const [record] = presses.all.values();
    expect(told[0]?.line).toHaveLength(3000);
    expect(record?.result).toBe(told[0]?.line);
    expect(told[0]?.line.isWellFormed()).toBe(true);
  });

  it('gets a reply that another one is under way', async () => {
    const { worked, told, presses, asked } = pressWorld();
    await presses.claim(press({}, 'UBEN'));
    await worked(press());
    expect([asked, told[0]?.line]).toEqual([[], 'ben pressed restore on 2026-05-01T12:00Z: it is under way.']);
  });

  it('may be repeated after a refusal, which has the reason', async () => {
    const { worked, asked, told, clock } = pressWorld({ obey: refusing });
    expect(await worked(press())).toMatchObject({ kind: 'refused', line: 'Nothing was changed: it is gone.' });
    clock.at += MINUTE;
    expect(await worked(press({ at: clock.at }))).toMatchObject({ kind: 'refused' });
    expect([asked.length, told.length]).toEqual([2, 2]);
  });

  it('gets a hint at the exemption button if the restore would violate again, and no command', async () => {
    const because = ['it would violate again: tcp 22', 'grant an exemption with it (--exempt-days N --owner WHO)'];
    const { worked, told } = pressWorld({
      obey: async () => await Promise.resolve({ kind: 'refused', because, needs: 'exemption' }),
    });
    await worked(press());
    expect(told[0]?.line).toBe(
      'Nothing was changed: it would violate again: tcp 22. “Exempt for 24 h” lets it stand for a day.',
    );
  });

  it('is retried if the function that grants fails, and the person gets a reply meanwhile', async () => {
    const failing = { left: 1 };
    const obey = async (): Promise<CommandResult> => {
      failing.left -= 1;
      if (failing.left >= 0) throw new CallFailed('Invoke', 'TooManyRequestsException', true, new Error('slow down'));
      return await Promise.resolve({ kind: 'answered', verdict: 'declined', first: true, by, at: START });
    };
    const { worked, told } = pressWorld({ obey });
    await expect(worked(press({ action: 'decline' }))).rejects.toThrow('slow down');
    expect(await worked(press({ action: 'decline' }))).toMatchObject({ kind: 'carried-out' });
    expect(told.map(({ line }) => line)).toEqual([
      'It has not worked yet: Invoke: TooManyRequestsException: slow down. It is tried again, twice at most.',
      'Declined: it stays as it is.',
    ]);
  });

  it('rejects with both errors if the reply about the first fails', async () => {
    const obey = async (): Promise<CommandResult> => await Promise.reject(new CallFailed('Invoke', 'X', false, 'no'));
    const { worked, refusals } = pressWorld({ obey });
    refusals.push(new ChannelRefused('slack response', 'timeout', true));
    const fault = await worked(press()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Unfinished);
    expect(fault).toMatchObject({ retryable: true, message: expect.stringMatching(/Invoke.*timeout/) });
  });

  it('with a lost reply is replied to by the retry, and not carried out twice', async () => {
    const { worked, refusals, asked, told } = pressWorld();
    refusals.push(new ChannelRefused('slack response', 'http_500', true));
    await expect(worked(press())).rejects.toThrow(ChannelRefused);
    expect(await worked(press())).toMatchObject({ kind: 'told' });
    expect([asked.length, told.length]).toEqual([1, 1]);
  });

  it('is done even if the channel accepts no reply any more', async () => {
    const { worked, refusals, presses } = pressWorld();
    refusals.push(new ChannelRefused('slack response', 'expired_url', false));
    expect(await worked(press())).toMatchObject({ kind: 'carried-out', unanswered: { code: 'expired_url' } });
    expect(presses.all.get(actionRequestId(press()))?.result).toBeDefined();
  });
});

describe('an action request that is not permitted', () => {
  it.each([
    ['of somebody whom the policy does not name', press({}, 'UDAN'), 'the policy does not let UDAN of T1 restore'],
    ['of Ann in another workspace', press({ by: { ...press().by, team: 'T2' } }), 'UANN of T2'],
    [
      'of a group’s member in another workspace',
      press({ action: 'approve', by: { ...press({}, 'UBEN').by, team: 'T2' } }),
      'UBEN of T2',
    ],
    ['of somebody in another group', press({ action: 'approve' }, 'UCAT'), 'UCAT is in no user group'],
    ['of a group’s member who may something else', press({ action: 'exempt' }, 'UBEN'), 'the policy does not let UBEN'],
    [
      'through Amazon Q, which names nobody',
      press({ by: { through: 'amazon-q', name: 'Amazon Q' } }),
      'cannot restore',
    ],
  ])('%s does nothing; who pressed is told, and it is on the record', async (_whose, one, reason) => {
    const { worked, asked, told, presses } = pressWorld();
    expect(await worked(one)).toMatchObject({ kind: 'not-allowed', line: expect.stringContaining(reason) });
    expect(asked).toEqual([]);
    expect(told).toMatchObject([{ line: expect.stringContaining(reason) }]);
    expect([...presses.all.values()]).toMatchObject([{ request: one, result: expect.stringContaining(reason) }]);
  });

  it('does not block a permitted one', async () => {
    const { worked } = pressWorld();
    await worked(press({}, 'UDAN'));
    expect(await worked(press({ at: START + 1 }))).toMatchObject({ kind: 'carried-out' });
  });

  it('is every request if the policy names nobody', async () => {
    const { worked, looked } = pressWorld({ people: { may: [] } });
    expect(await worked(press())).toMatchObject({ kind: 'not-allowed' });
    const chat = press({ action: 'decline', by: { through: 'amazon-q', name: 'Amazon Q' } });
    expect(await worked(chat)).toMatchObject({
      kind: 'not-allowed',
      line: expect.stringContaining('lets nobody decline'),
    });
    expect(looked).toEqual([]);
  });

  it('names the groups that Slack does not list, if no other group permits it', async () => {
    const { worked, members } = pressWorld();
    members['SONCALL'] = new ChannelRefused('slack', 'missing_scope', false);
    expect(await worked(press({ action: 'approve' }, 'UBEN'))).toMatchObject({
      kind: 'not-allowed',
      line: expect.stringMatching(/UBEN is in no user group.*does not say who is in SONCALL \(missing_scope\)/),
    });
  });

  it('is retried if Slack refuses temporarily, with a reply each time', async () => {
    const { worked, members, told } = pressWorld();
    members['SONCALL'] = new ChannelRefused('slack', 'ratelimited', true);
    const first = press({ action: 'approve' }, 'UBEN');
    await expect(worked(first)).rejects.toThrow('ratelimited');
    expect(told).toMatchObject([{ line: expect.stringMatching(/^It has not worked yet: slack: ratelimited/) }]);
    members['SONCALL'] = ['UBEN'];
    expect(await worked(first)).toMatchObject({ kind: 'carried-out' });
  });
});

describe('an action request', () => {
  it('of a group’s member is permitted by the group', async () => {
    const { worked, looked } = pressWorld();
    expect(await worked(press({ action: 'approve' }, 'UBEN'))).toMatchObject({ kind: 'carried-out' });
    expect(looked).toEqual(['SEMPTY', 'SONCALL']);
  });

  it.each([
    ['deleted', new ChannelRefused('slack', 'no_such_subteam', false)],
    ['not told for now', new ChannelRefused('slack', 'ratelimited', true)],
  ])('of a group’s member is allowed by that group though another group is %s', async (_, refusal) => {
    const { worked, members } = pressWorld();
    members['SEMPTY'] = refusal;
    expect(await worked(press({ action: 'approve' }, 'UBEN'))).toMatchObject({ kind: 'carried-out' });
  });

  it('of a person in the policy is permitted without a call to Slack', async () => {
    const { worked, looked } = pressWorld();
    await worked(press({ action: 'approve' }));
    expect(looked).toEqual([]);
  });

  it('through Amazon Q may acknowledge and decline if the policy lets somebody do so', async () => {
    const { worked, asked } = pressWorld();
    const inChat = { through: 'amazon-q', name: 'Amazon Q' } as const;
    const { responseUrl: _none, ...chat } = press({ action: 'decline', by: inChat });
    expect(await worked(chat)).toMatchObject({ kind: 'carried-out' });
    expect(asked).toMatchObject([{ do: 'decline', by: { name: 'Amazon Q', through: 'button' } }]);
  });

  it('that is not recorded is unknown and has no effect', async () => {
    const { cell, asked, told } = pressWorld();
    expect(await handleActionRequest(actionRequestId(press()), cell)).toEqual({ kind: 'unknown' });
    expect([asked, told]).toEqual([[], []]);
  });

  it('older than an hour does nothing, and may be repeated', async () => {
    const { worked, asked, clock } = pressWorld();
    clock.at = START + 60 * MINUTE + 1;
    expect(await worked(press())).toMatchObject({ kind: 'late' });
    expect(asked).toEqual([]);
    expect(await worked(press({ at: clock.at }))).toMatchObject({ kind: 'carried-out' });
  });

  it('is recorded before it is handed on, and fails if either fails', async () => {
    const { presses } = pressWorld();
    const later: string[] = [];
    await recordActionRequests([press(), press({ action: 'exempt' })], {
      actions: presses,
      worker: {
        later: async (id) => {
          expect(await presses.find(id)).toBeDefined();
          later.push(id);
        },
      },
    });
    expect(later).toEqual([actionRequestId(press()), actionRequestId(press({ action: 'exempt' }))]);
    const broken = async () => await Promise.reject(new CallFailed('PutItem', 'X', true, 'no'));
    await expect(
      recordActionRequests([press()], {
        actions: { record: broken },
        worker: { later: async (id) => void later.push(id) },
      }),
    ).rejects.toThrow('PutItem');
    expect(later).toHaveLength(2);
  });
});
