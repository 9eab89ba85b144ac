import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doorName } from '../../shared/catalogue.ts';
import { messages } from '../notifications/compose/samples.ts';
import { tcp } from './shop.ts';
import { openSlackCell, PEOPLE } from './slack-cell.ts';

type Chat = Awaited<ReturnType<typeof openSlackCell>>;

let chat: Chat;

beforeAll(async () => {
  chat = await openSlackCell();
});
afterAll(async () => await chat.close());

/** A message about a group, with another time. */
const SAMPLE = messages().closed;

function world(port: number) {
  return tcp(port, '0.0.0.0/0');
}

async function open(name: string, port: number): Promise<void> {
  await chat.authorize(name, world(port));
  await chat.delivery.drain();
}

async function stands(name: string, port: number): Promise<boolean> {
  return (await chat.rules(name)).some(({ FromPort, CidrIpv4 }) => FromPort === port && CidrIpv4 === '0.0.0.0/0');
}

describe('an opening, seen in Slack', () => {
  it('is one message with what was closed, by whom and where, and the possible actions', async () => {
    await open('app', 3389);
    const [message, ...more] = chat.said();
    expect(more).toEqual([]);
    expect(message?.text).toMatch(/^Closed tcp\/3389 \(RDP\) from the world on sg-[0-9a-f]+ app/);
    const text = JSON.stringify(message?.blocks);
    for (const part of ['portcullis restore', '"action_id":"restore"', '"action_id":"exempt"', '0.0.0.0/0']) {
      expect(text).toContain(part);
    }
  });

  it('is a change event in PagerDuty, which pages nobody', () => {
    expect(chat.alerts.pagerDuty.changes).toHaveLength(1);
    expect(chat.alerts.pagerDuty.alerts).toEqual([]);
  });

  it('is not undone by a person without permission, and only that person is told', async () => {
    expect(await chat.press('restore', PEOPLE.mayNot)).toBe(200);
    expect(await stands('app', 3389)).toBe(false);
    expect(chat.whispered()).toEqual([expect.stringMatching(/not|nobody/i)]);
    expect(chat.said()).toHaveLength(1);
  });

  it('is not restored as it was, because a control would close it again, and the person is told the alternatives', async () => {
    expect(await chat.press('restore')).toBe(200);
    expect(await stands('app', 3389)).toBe(false);
    expect(chat.whispered().at(-1)).toMatch(/exempt/i);
  });

  it('is exempted for a day by a button, and the first message shows it', async () => {
    expect(await chat.press('exempt')).toBe(200);
    expect(await stands('app', 3389)).toBe(true);
    const [first, ...replies] = chat.said();
    expect(first?.edits).toBeGreaterThan(0);
    expect(first?.text).toMatch(/Restored|Exempted/);
    expect(replies.length).toBeGreaterThan(0);
    for (const { threadTs } of replies) expect(threadTs).toBe(first?.ts);
  });

  it('answers a second press with the result of the first, and does nothing', async () => {
    const before = chat.said().length;
    const id = await chat.remediationOf(chat.groupId('app'), 'done');
    const status = await chat.post({ body: chat.formFor(id, { action: 'exempt', user: PEOPLE.may }) });
    await chat.delivery.drain();
    expect(status).toBe(200);
    expect(chat.whispered().at(-1)).toMatch(/ann/);
    expect(chat.said()).toHaveLength(before);
  });
});

describe('a call without Slack’s signature', () => {
  const TEN_MINUTES_MS = 600_000;
  const body = (action = 'restore') => chat.formFor('01kdyak52rsampleplan012345', { action, user: PEOPLE.may });

  it.each([
    ['a forged signature', () => ({ body: body(), secret: 'a guess' }), 401],
    ['a call from ten minutes ago', () => ({ body: body(), at: chat.clock.now() - TEN_MINUTES_MS }), 401],
    ['a call of the future', () => ({ body: body(), at: chat.clock.now() + TEN_MINUTES_MS }), 401],
    ['a form without a payload', () => ({ body: 'text=hello' }), 400],
    ['a payload that is no JSON', () => ({ body: 'payload=%7B' }), 400],
    ['an action that nobody knows', () => ({ body: body('delete') }), 400],
  ])('is refused: %s', async (_, posting, status) => {
    const calls = chat.local.calls.filter(({ service }) => service === 'ec2').length;
    expect(await chat.post(posting())).toBe(status);
    await chat.delivery.drain();
    expect(chat.local.calls.filter(({ service }) => service === 'ec2')).toHaveLength(calls);
  });
});

describe('a message that failed in on-alert', () => {
  const region = () => chat.local.account.region('eu-west-1');
  const sent = () => chat.local.messages.length;
  const requests = doorName('onAlert', 'requests');
  const invoke = async (name: string, event: object) =>
    await chat.clock.run(chat.local.functions.invoke(name, 'eu-west-1', event));
  const ask = async (event: object) => await invoke(requests, event);

  const giveUp = async (body: object): Promise<void> => {
    const sqs = new SQSClient(chat.settings());
    const { undelivered } = chat.alerts.queues;
    const QueueUrl = `${chat.local.endpoint}/${chat.local.account.id}/${undelivered}`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
    sqs.destroy();
  };

  const message = (more: object) => ({
    ...SAMPLE,
    id: `again-${sent()}-${JSON.stringify(more)}`,
    at: chat.clock.now(),
    ...more,
  });

  it('is delivered by a redrive of its queue', async () => {
    const before = chat.said().length;
    await giveUp(message({ headline: 'Said again' }));
    expect(await ask({ do: 'redeliver' })).toEqual({ value: { kind: 'redelivered', delivered: 1, kept: 0 } });
    expect(chat.said().length).toBe(before + 1);
    expect(region().queues.get(chat.alerts.queues.undelivered)?.messages.size).toBe(0);
  });

  it('stays in the queue if its time, account or thread is wrong', async () => {
    const before = chat.said().length;
    await giveUp(message({ at: chat.clock.now() + 600_000 }));
    await giveUp(message({ account: '999999999999' }));
    await giveUp(message({ thread: '999999999999' }));
    expect(await ask({ do: 'redeliver' })).toEqual({ value: { kind: 'redelivered', delivered: 0, kept: 3 } });
    expect(chat.said().length).toBe(before);
  });

  it('is not part of the request, which carries no message', async () => {
    for (const event of [{ do: 'redeliver', message: message({}) }, { Records: [] }])
      expect(await ask(event)).toHaveProperty('error');
    expect(await invoke('Portcullis-on-alert', { Records: [] })).toHaveProperty('error');
  });
});

describe('a failed removal', () => {
  it('pages in Slack and PagerDuty until a replayed event closes the rule', async () => {
    chat.local.faults.push({ service: 'ec2', operation: 'RevokeSecurityGroupIngress', kind: 'unauthorized', times: 1 });
    await open('web', 22);
    const failed = chat.said().find(({ text }) => text.includes('NOT CLOSED'));
    expect(failed).toBeDefined();
    expect(chat.alerts.pagerDuty.alerts).toMatchObject([{ status: 'triggered' }]);
    const event = chat.local.events.findLast(({ detail }) => detail.eventName === 'AuthorizeSecurityGroupIngress');
    chat.local.functions.invokeLater(doorName('onChange', 'events'), 'eu-west-1', event);
    await chat.delivery.drain();
    expect(await stands('web', 22)).toBe(false);
    expect(chat.alerts.pagerDuty.alerts).toMatchObject([{ status: 'resolved' }]);
  });
});
