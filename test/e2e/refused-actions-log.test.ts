import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { METRICS } from '../../shared/domain/metrics.ts';
import { ID } from '../events/requests/slack-action-requests.ts';
import { openShop } from './shop.ts';
import { slackButtons } from './slack-buttons.ts';

let shop: Awaited<ReturnType<typeof openShop>>;
const written: string[] = [];

beforeAll(async () => {
  shop = await openShop({ alerts: {}, telemetry: (line) => void written.push(line) });
});
afterEach(() => {
  written.length = 0;
});
afterAll(async () => {
  await shop.close();
});

const { formFor, signed, post, slack } = slackButtons(() => shop);

function linesWith(text: string): readonly string[] {
  return written.filter((line) => line.includes(text));
}

const LATE_MS = 6 * 60_000;

it.each([
  ['forged', (body: string) => signed(body, { secret: 'another' }), 'the signature is not of this body'],
  ['late', (body: string) => signed(body, { at: shop.clock.now() - LATE_MS }), 's from ours: late, or played again'],
  ['without a signature', () => ({}), 'it has no signature of Slack'],
  ['malformed', () => signed('hello'), 'expected a form with one field `payload`'],
] as const)(
  'a call that is %s is logged with the reason and its address, and counted',
  async (what, headersOf, reason) => {
    const body = what === 'malformed' ? 'hello' : formFor(ID);
    expect((await post(body, headersOf(body))).text).toBe('');
    const [line = '{}'] = linesWith('press refused');
    expect(JSON.parse(line)).toMatchObject({
      level: 'WARN',
      because: expect.stringContaining(reason),
      from: '127.0.0.1',
    });
    expect(linesWith(METRICS.actionsRefused)).toHaveLength(1);
  },
);

it('an action without permission is logged and counted, without the secret and the address for the answer', async () => {
  const body = formFor(ID);
  expect((await post(body, signed(body))).status).toBe(200);
  await shop.delivery.drain();
  expect(linesWith('the policy does not let U0ANN')).toHaveLength(1);
  expect(linesWith(METRICS.actionsRefused)).toHaveLength(1);
  const { url } = slack();
  expect(
    written.filter((line) => line.includes(new URL(url).host) || line.includes('embedded-signing-secret')),
  ).toEqual([]);
});

it('an invented action from a caller of the function is logged and counted', async () => {
  await shop.invoke('onAction', {
    do: 'work-on',
    id: `${ID} restore 1 U0ANN`,
  });
  expect(linesWith('"kind":"unknown"')).toHaveLength(1);
  expect(linesWith(METRICS.actionsRefused)).toHaveLength(1);
});
