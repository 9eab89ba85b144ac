import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSlack, startSlack } from '../../../../infra/local/fakes/slack/slack.ts';
import { ChannelRefused } from '../../../../shared/domain/errors.ts';
import { slackReplies } from '../../../../shared/notifications/channels/slack/api.ts';
import { slackUserGroups } from '../../../../shared/notifications/channels/slack/user-groups.ts';
import { inProcess } from '../../../infra/local/in-process.ts';

const CHANNEL = 'C0123456789';
const clock = { at: Date.parse('2026-05-01T12:00:00Z') };
const slept: number[] = [];

const { network, http } = inProcess();

let slack: LocalSlack;
beforeAll(async () => {
  const options = { botToken: 'xoxb-1', userGroups: { S0WEB: ['U1', 'U2'] } };
  slack = await startSlack(options, { network, clock: { now: () => clock.at } });
});
afterAll(async () => await slack.close());

function groups(botToken: string | undefined = 'xoxb-1') {
  return slackUserGroups(async () => await Promise.resolve({ ...http, api: slack.url, botToken }), {
    now: () => clock.at,
    sleep: async (ms) => {
      slept.push(ms);
      clock.at += ms;
      await Promise.resolve();
    },
  });
}

/** Presses that Slack answers before it refuses more: see infra/local/slack/workspace.ts. */
const BURST = 20;

const MINUTE = 60_000;

/** Uses up what Slack answers in a minute. */
async function exhaust(): Promise<void> {
  const strangers = Array.from({ length: BURST + 5 }, async () => await groups().hasMember('S0WEB', 'U9'));
  await Promise.allSettled(strangers);
}

describe('the members of a user group', () => {
  it('are permitted by a list of at most one minute', async () => {
    const asked = groups();
    const before = slack.requests;
    expect(await asked.hasMember('S0WEB', 'U1')).toBe(true);
    clock.at += MINUTE - 1;
    expect(await asked.hasMember('S0WEB', 'U2')).toBe(true);
    expect(slack.requests - before).toBe(1);
    clock.at += 1;
    await asked.hasMember('S0WEB', 'U1');
    expect(slack.requests - before).toBe(2);
  });

  it('exclude others by a list of at most five minutes', async () => {
    const asked = groups();
    const before = slack.requests;
    for (const waited of [0, 4 * MINUTE, MINUTE - 1]) {
      clock.at += waited;
      expect(await asked.hasMember('S0WEB', 'U9')).toBe(false);
    }
    expect(slack.requests - before).toBe(1);
    clock.at += 1;
    await asked.hasMember('S0WEB', 'U9');
    expect(slack.requests - before).toBe(2);
  });

  it('are loaded once for concurrent requests', async () => {
    const asked = groups();
    const before = slack.requests;
    await Promise.all(['U1', 'U9', 'U2'].map(async (user) => await asked.hasMember('S0WEB', user)));
    expect(slack.requests - before).toBe(1);
  });

  it('stay cached for 15 minutes while Slack refuses, without a call before its Retry-After', async () => {
    clock.at += 10 * MINUTE;
    const asked = groups();
    await asked.hasMember('S0WEB', 'U1');
    clock.at += MINUTE;
    await exhaust();
    const before = slack.requests;
    expect(await asked.hasMember('S0WEB', 'U1')).toBe(true);
    expect(await asked.hasMember('S0WEB', 'U1')).toBe(true);
    expect(slack.requests - before).toBe(1);
  });

  it('are not guessed if Slack has never listed them', async () => {
    const refusing = slackUserGroups(async () => await Promise.reject(new ChannelRefused('slack', 'timeout', true)), {
      now: () => clock.at,
      sleep: async () => await Promise.resolve(),
    });
    await expect(refusing.hasMember('S0WEB', 'U1')).rejects.toThrow('timeout');
  });

  it('are awaited if nothing is cached and Slack’s Retry-After is at most 10 s', async () => {
    clock.at += 10 * MINUTE;
    await exhaust();
    slept.length = 0;
    expect(await groups().hasMember('S0WEB', 'U1')).toBe(true);
    expect(slept).toHaveLength(1);
    expect(slept[0]).toBeLessThanOrEqual(3000);
  });

  it.each([
    ['S0GONE', 'xoxb-1', 'no_such_subteam'],
    ['S0WEB', 'xoxb-2', 'invalid_auth'],
  ])('of %s, asked with %s, are refused as Slack says: %s', async (group, token, code) => {
    const fault = await groups(token)
      .hasMember(group, 'U1')
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ChannelRefused);
    expect(fault).toMatchObject({ code, retryable: false });
  });
});

describe('a reply to a button press', () => {
  const answers = slackReplies(http);

  it('is accepted by Slack with any text, and nothing in it is interpreted', async () => {
    const hostile = `<!channel> & *bold* \u202E ${'😀'.repeat(3000)}`;
    await answers.reply(slack.responseUrl(CHANNEL), hostile);
    const { text, blocks, by } = slack.messages.at(-1) ?? { text: '', blocks: [], by: 'bot' };
    expect([by, text.slice(0, 27)]).toEqual(['response', '&lt;!channel&gt; &amp; *bol']);
    expect(blocks).toEqual([
      { type: 'section', text: { type: 'plain_text', text: expect.stringMatching(/^<!channel>/), emoji: false } },
    ]);
  });

  it('is visible only to the person who pressed, and leaves the message unchanged', async () => {
    const sent: string[] = [];
    const fetchLike = async (_url: URL, { body }: RequestInit) => {
      sent.push(typeof body === 'string' ? body : '');
      return await Promise.resolve(new Response('ok'));
    };
    await slackReplies({ ...http, fetch: fetchLike }).reply('https://hooks.slack.com/actions/1', 'done');
    expect(sent.map((text): unknown => JSON.parse(text))).toMatchObject([
      { response_type: 'ephemeral', replace_original: false, text: 'done' },
    ]);
  });

  it('is refused permanently if its URL is used up or expired', async () => {
    const [used, old] = [slack.responseUrl(CHANNEL), slack.responseUrl(CHANNEL)];
    for (let times = 0; times < 5; times += 1) await answers.reply(used, 'done');
    await expect(answers.reply(used, 'done')).rejects.toMatchObject({ retryable: false });
    clock.at += 1_800_001;
    await expect(answers.reply(old, 'done')).rejects.toMatchObject({ retryable: false });
  });
});
