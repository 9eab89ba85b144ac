import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CANARY, doorName, functionName } from '../../shared/catalogue.ts';
import { wrapReevaluationRequest } from '../../shared/events/requests/internal-request.ts';
import { REGION } from './requests.ts';
import { openShop, tcp } from './shop.ts';

const OTHER = '999999999999';

let shop: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => await shop.close());

/** Invokes a function as a role with lambda:InvokeFunction would; returns the error. */
async function errorOf(name: string, event: object): Promise<string> {
  const result = await shop.local.functions.invoke(name, REGION, event);
  return 'error' in result ? String(result.error) : 'accepted';
}

function forged(more: object = {}, envelope: object = {}) {
  return {
    version: '0',
    id: 'x',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: '111122223333',
    region: REGION,
    time: '2026-01-02T03:04:05Z',
    resources: [],
    ...envelope,
    detail: {
      eventVersion: '1.08',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RevokeSecurityGroupIngress',
      awsRegion: REGION,
      eventID: 'forged-1',
      eventTime: '2026-01-02T03:04:05Z',
      recipientAccountId: '111122223333',
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/eve', userName: 'eve' },
      requestParameters: { groupId: shop.groupId('app'), ipPermissions: {} },
      responseElements: { _return: true },
      ...more,
    },
  };
}

async function callsDuring(run: () => Promise<unknown>): Promise<number> {
  const before = shop.local.calls.length;
  await run();
  return shop.local.calls.length - before;
}

describe('a forged event', () => {
  it.each([
    ['by the bare name', functionName('onChange'), /InputInvalid: Portcullis-on-change was invoked by its bare name/],
    [
      'through the door for requests',
      doorName('onChange', 'requests'),
      /EventUnreadable: event: portcullis: expected a request/,
    ],
  ])('is refused %s, without a call to AWS', async (_, name, says) => {
    let error = '';
    expect(await callsDuring(async () => (error = await errorOf(name, forged())))).toBe(0);
    expect(error).toMatch(says);
  });

  it('cannot be wrapped in a request', async () => {
    const { portcullis }: { portcullis?: object } = wrapReevaluationRequest({
      do: 'look',
      groupIds: [],
      region: REGION,
    });
    const both = { portcullis: { ...portcullis, detail: forged().detail } };
    expect(await errorOf(doorName('onChange', 'requests'), both)).toMatch(/portcullis.detail: expected no such field/);
  });

  it.each([
    [
      'record',
      { recipientAccountId: OTHER },
      {},
      /detail.recipientAccountId: expected 111122223333, the account of this/,
    ],
    ['envelope', {}, { account: OTHER }, /account: expected 111122223333, the account of the record inside/],
  ])('of another account is refused even by the alias for events (%s)', async (_, more, envelope, says) => {
    expect(await errorOf(doorName('onChange', 'events'), forged(more, envelope))).toMatch(says);
  });
});

describe('a request', () => {
  it('cannot name an account', async () => {
    const look = { do: 'look', groupIds: [shop.groupId('app')], region: REGION, account: OTHER };
    expect(await errorOf(doorName('onChange', 'requests'), { portcullis: look })).toMatch(
      /account: expected no such field/,
    );
  });

  it('is refused by the alias for events', async () => {
    const request = wrapReevaluationRequest({ do: 'look', groupIds: [shop.groupId('app')], region: REGION });
    expect(await errorOf(doorName('onChange', 'events'), request)).toMatch(/EventUnreadable: event: eventName/);
  });

  it('to replay an event uses CloudTrail’s event; without one, it only evaluates the groups', async () => {
    await shop.authorize('app', tcp(8443, '10.0.0.0/8'));
    await shop.delivery.drain();
    const made = shop.local.events.at(-1)?.detail.eventID ?? 'none';
    const ask = async (eventId: string, groupIds: readonly string[]) =>
      await errorOf(
        doorName('onChange', 'requests'),
        wrapReevaluationRequest({ do: 'look', groupIds, region: REGION, eventId }),
      );
    expect(await ask(made, [])).toBe('accepted');
    expect(await ask('forged', [shop.groupId('app')])).toBe('accepted');
    expect(await ask('forged', [])).toMatch(/FactUnread: unread: event forged: CloudTrail does not have it/);
  });

  it('can start a sweep of on-schedule, and nothing else', async () => {
    const name = doorName('onSchedule', 'requests');
    expect(await errorOf(name, CANARY.request)).toMatch(/expected one of sweep/);
    expect(await errorOf(name, {})).toMatch(/event: do: expected a request to sweep/);
    expect(await errorOf(name, { do: 'sweep', digest: false })).toBe('accepted');
  });

  it.each([functionName('onGrant'), functionName('onSchedule')])('is refused by %s without an alias', async (name) => {
    expect(await errorOf(name, { do: 'list', what: 'held', most: 1 })).toMatch(
      new RegExp(`${name} was invoked by its bare name: invoke one of its aliases \\(${name}:`),
    );
  });
});
