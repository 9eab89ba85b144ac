import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROLE_KEY } from '../../infra/local/cell/run-cell.ts';
import { commandClient } from '../../shared/adapters/aws/lambda.ts';
import { signedIn } from '../../shared/adapters/aws/sts.ts';
import { doorName } from '../../shared/catalogue.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { formOf } from '../events/requests/slack-action-requests.ts';
import { requestsTo } from './requests.ts';
import { type openShop, openShopUnder, tcp } from './shop.ts';
import { type ButtonPress, slackButtons, TEAM } from './slack-buttons.ts';

let shop: Awaited<ReturnType<typeof openShop>>;

beforeAll(async () => {
  const withPeople = (policy: Policy): Policy => {
    const nobody = { slackUsers: [], slackGroups: [], principals: [] };
    const may = [
      { ...nobody, actions: ['restore', 'exempt', 'acknowledge'] as const, slackGroups: ['S0ONCALL'] },
      { ...nobody, actions: ['decline'] as const, slackUsers: ['U0BEN'] },
      { ...nobody, actions: ['acknowledge'] as const, principals: ['arn:aws:iam::111122223333:role/Portcullis'] },
    ];
    return { ...policy, people: { slackTeam: TEAM, may } };
  };
  shop = await openShopUnder(withPeople, { alerts: { slack: { userGroups: { S0ONCALL: ['U0ANN'] } } } });
});
afterAll(async () => {
  await shop.close();
});
beforeEach(() => {
  shop.local.faults.length = 0;
});

const { formFor, signed, post, slack } = slackButtons(() => shop);

/** Opens a port of the group to the world and waits for the removal; returns the remediation's id. */
async function closed(port: number): Promise<string> {
  await shop.authorize('app', tcp(port, '0.0.0.0/0'));
  await shop.delivery.drain();
  const listed = await requestsTo(shop).ask({ do: 'list', what: 'remediations', most: 50 });
  const lines = listed.kind === 'remediations' ? listed.lines : [];
  return lines.find(({ rules }) => rules.some((rule) => rule.includes(String(port))))?.id ?? '';
}

/** The answers to button presses since then, in order. */
function answersSince(count: number): readonly string[] {
  return slack()
    .messages.filter(({ by }) => by === 'response')
    .slice(count)
    .map(({ text }) => text);
}

function answerCount(): number {
  return answersSince(0).length;
}

/**
 * Presses a button as Slack does, waits for the result, and returns the response and the answer to the
 * person.
 */
async function press(id: string, how: ButtonPress = {}) {
  const before = answerCount();
  const body = formFor(id, how);
  const { status, text } = await post(body, signed(body));
  await shop.delivery.drain();
  return { status, text, told: answersSince(before) };
}

async function openPorts() {
  return (await shop.rules('app')).flatMap(({ IsEgress, FromPort }) => (IsEgress ? [] : [FromPort]));
}

describe('a button in Slack', () => {
  it('exempts for a day: the rule is restored, the person is told, and a second press gets the first result', async () => {
    const id = await closed(3306);
    expect(await openPorts()).not.toContain(3306);
    const first = await press(id);
    expect(first).toEqual({ status: 200, text: '', told: [expect.stringMatching(/^Restored: .*3306.*exempt until/)] });
    expect(await openPorts()).toContain(3306);
    const second = await press(id);
    expect(second).toMatchObject({ status: 200, told: [expect.stringMatching(/^u0ann pressed exempt on .*Restored/)] });
  });

  it('that is replayed within five minutes is answered again and not carried out', async () => {
    const id = await closed(5601);
    const body = formFor(id);
    const headers = signed(body);
    const before = answerCount();
    for (let times = 0; times < 3; times += 1) {
      expect(await post(body, headers)).toEqual({ status: 200, text: '' });
      await shop.delivery.drain();
    }
    expect(new Set(answersSince(before)).size).toBe(1);
    expect((await openPorts()).filter((port) => port === 5601)).toHaveLength(1);
  });

  it('is refused if the rule would violate again, and the answer lists the alternatives', async () => {
    const { status, told } = await press(await closed(22), { action: 'restore' });
    expect([status, told]).toEqual([200, [expect.stringMatching(/violate again.*“Exempt for 24 h”/)]]);
    expect(
      (await shop.rules('app'))
        .filter(({ CidrIpv4 }) => CidrIpv4 === '0.0.0.0/0')
        .some(({ FromPort, IsEgress }) => !IsEgress && FromPort === 22),
    ).toBe(false);
  });

  it('acknowledges, and people are notified in the channel', async () => {
    const id = await closed(3389);
    const { told } = await press(id, { action: 'acknowledge' });
    expect(told).toEqual(['Acknowledged: people are told of it.']);
    const name = doorName('onGrant', 'requests');
    const send = commandClient(shop.settings(), name, signedIn(shop.settings(ROLE_KEY), shop.machine).prove);
    const again = await send({ do: 'acknowledge', id, by: { name: 'x', through: 'command-line' }, reason: 'x' });
    const pressed = { name: 'u0ann (U0ANN)', verified: true, through: 'button' };
    expect(again).toMatchObject({ kind: 'acknowledged', first: false, by: pressed });
  });

  it('is accepted only from on-action', async () => {
    const id = await closed(3390);
    const by = { name: 'u0ann (U0ANN)', through: 'button' } as const;
    const result = await requestsTo(shop).ask({ do: 'acknowledge', id, by, reason: 'x' });
    expect(result).toMatchObject({
      kind: 'refused',
      because: [expect.stringContaining('only the function that takes presses may say')],
    });
  });

  it('does nothing for a person whom the policy does not allow', async () => {
    const id = await closed(5900);
    for (const how of [{ user: 'U0BEN' }, { user: 'U0ANN', action: 'approve' }, { team: 'T0OTHER' }]) {
      const { status, told } = await press(id, how);
      expect([status, told]).toEqual([200, [expect.stringMatching(/^Nothing was done: /)]]);
    }
    expect(await openPorts()).not.toContain(5900);
  });

  it('is carried out once although on-grant fails at first', async () => {
    const id = await closed(6379);
    const operation = 'AuthorizeSecurityGroupIngress';
    shop.local.faults.push({ service: 'ec2', operation, accessKeyId: ROLE_KEY, kind: 'internal-error', times: 5 });
    const { told } = await press(id);
    expect(told).toEqual([
      expect.stringMatching(/^It has not worked yet: /),
      expect.stringMatching(/^Restored: .*6379/),
    ]);
    expect((await openPorts()).filter((port) => port === 6379)).toHaveLength(1);
  });
});

/** Calls that the action of a button would cause. */
function ownCalls(): number {
  return shop.local.calls.filter(({ service }) => ['dynamodb', 'lambda', 'ec2'].includes(service)).length;
}

describe('a button behind a load balancer', () => {
  it('exempts in the same way, and answers in the form of the target group', async () => {
    const id = await closed(5984);
    const body = formFor(id);
    const targetGroupArn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/buttons/6d0ecf831eec9f09';
    const multiValueHeaders = Object.fromEntries(
      Object.entries(signed(body)).map(([name, value]) => [name.toUpperCase(), [value]]),
    );
    const event = {
      requestContext: { elb: { targetGroupArn } },
      httpMethod: 'POST',
      path: '/slack',
      multiValueHeaders,
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
    };
    expect(await shop.invoke('onAction', { ...event, body: `x${body}` })).toMatchObject({ statusCode: 400 });
    expect(await shop.invoke('onAction', event)).toMatchObject({ statusCode: 200, multiValueHeaders: {} });
    await shop.delivery.drain();
    expect(await openPorts()).toContain(5984);
  });
});

describe('a call that is not an action', () => {
  const minutes = (count: number): number => shop.clock.now() + count * 60_000;

  it('is refused with a status only, and has no effect', async () => {
    const id = await closed(5432);
    const before = [answerCount(), ownCalls()];
    const body = formFor(id);
    const calls: readonly (readonly [number, string, Record<string, string>])[] = [
      [401, body, {}],
      [401, body, signed(body, { secret: 'another' })],
      [401, `${body}&x=1`, signed(body)],
      [401, body, signed(body, { at: minutes(-6) })],
      [401, body, signed(body, { at: minutes(6) })],
      [400, 'hello', signed('hello')],
      [400, formOf({ type: 'view_submission' }), signed(formOf({ type: 'view_submission' }))],
      [413, 'x'.repeat(300_000), signed('x'.repeat(300_000))],
    ];
    for (const [status, text, headers] of calls) expect(await post(text, headers)).toEqual({ status, text: '' });
    const forged = JSON.stringify({ do: 'work-on', id: `${id} exempt 1 U0ANN` });
    expect(await post(forged, { 'content-type': 'application/json' })).toEqual({ status: 401, text: '' });
    await shop.delivery.drain();
    expect([answerCount(), ownCalls()]).toEqual(before);
    expect(await openPorts()).not.toContain(5432);
  });
});

describe('an action of Amazon Q', () => {
  const chat = async (event: object) => ({ value: await shop.invoke('onAction', event) });

  it('can only decline and acknowledge, and cannot name a person', async () => {
    const id = await closed(9200);
    expect(await chat({ action: 'acknowledge', id })).toEqual({ value: 'Acknowledged: people are told of it.' });
    expect(await chat({ action: 'decline', id })).toMatchObject({
      value: expect.stringMatching(/^Nothing was changed: there is nothing to decline/),
    });
    expect(await chat({ action: 'exempt', id })).toMatchObject({ value: expect.stringContaining('expected one of') });
    expect(await chat({ do: 'work-on', id: `${id} exempt 1 U0ANN` })).toEqual({ value: 'unknown' });
    expect(await openPorts()).not.toContain(9200);
  });
});
