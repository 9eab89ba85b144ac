import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Policy } from '../../shared/domain/policy.ts';
import { requestsTo } from './requests.ts';
import { type openShop, openShopUnder, tcp } from './shop.ts';
import { type ButtonPress, slackButtons, TEAM } from './slack-buttons.ts';

/**
 * Presses by a person without permission: twice Slack's limit per minute for `usergroups.users.list` (tier
 * 2).
 */
const STRANGE_PRESSES = 40;

let shop: Awaited<ReturnType<typeof openShop>>;
const written: string[] = [];

beforeAll(async () => {
  const withPeople = (policy: Policy): Policy => {
    const nobody = { slackUsers: [], slackGroups: [], principals: [] };
    const may = [{ ...nobody, actions: ['exempt'] as const, slackGroups: ['S0LEADS', 'S0ONCALL'] }];
    return { ...policy, people: { ...policy.people, slackTeam: TEAM, may } };
  };
  const userGroups = { S0LEADS: ['U0LEA'], S0ONCALL: ['U0ANN'] };
  shop = await openShopUnder(withPeople, {
    alerts: { slack: { userGroups } },
    telemetry: (line) => void written.push(line),
  });
});
afterAll(async () => {
  await shop.close();
});

const { formFor, signed, post, slack } = slackButtons(() => shop);

async function press(id: string, how: ButtonPress): Promise<void> {
  const body = formFor(id, how);
  expect(await post(body, signed(body))).toEqual({ status: 200, text: '' });
}

function answers(): readonly string[] {
  return slack()
    .messages.filter(({ by }) => by === 'response')
    .map(({ text }) => text);
}

it('forty actions by a person without permission do not prevent the on-call person from exempting a rule, and each is answered', async () => {
  await shop.authorize('app', tcp(3306, '0.0.0.0/0'));
  await shop.delivery.drain();
  const id = await requestsTo(shop).remediationOf(shop.groupId('app'), 'done');
  const before = slack().requests;
  for (let times = 0; times < STRANGE_PRESSES; times += 1) {
    await press(id, { user: 'U0EVE' });
    // Slack distinguishes presses by their time.
    await shop.clock.advance(200);
  }
  await press(id, { user: 'U0ANN' });
  await shop.delivery.drain();
  const counts = {
    slackCalls: slack().requests - before - answers().length,
    failedInvocations: written.filter((line) => line.includes('"failed"')).length,
    refused: answers().filter((text) => text.startsWith('Nothing was done: ')).length,
    restored: answers().filter((text) => text.startsWith('Restored: ')).length,
  };
  expect(counts).toMatchObject({ failedInvocations: 0, refused: STRANGE_PRESSES, restored: 1 });
  expect(counts.slackCalls).toBeLessThan(STRANGE_PRESSES / 2);
});
