import { ACTION_NAMES, type Action } from '../../shared/domain/action.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { requestsTo } from './requests.ts';
import { openShopUnder, type ShopOptions } from './shop.ts';
import { type SigningOptions, slackButtons, TEAM } from './slack-buttons.ts';

/** A person who may do everything, and a person who may do nothing. */
export const PEOPLE = { may: 'U0ANN', mayNot: 'U0EVE' } as const;

function withPeople(policy: Policy): Policy {
  return {
    ...policy,
    people: {
      slackTeam: TEAM,
      may: [{ actions: ACTION_NAMES, slackUsers: [PEOPLE.may], slackGroups: [], principals: [] }],
    },
  };
}

/** A button of a message. */
interface Button {
  readonly action_id: string;
  readonly value?: string;
}

function buttonsIn(value: unknown): readonly Button[] {
  if (Array.isArray(value)) return value.flatMap(buttonsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'action_id' in value && 'value' in value ? [value as Button] : [];
  return [...own, ...Object.values(value).flatMap(buttonsIn)];
}

/** A call to the URL of the buttons. */
interface Posting extends SigningOptions {
  readonly body: string;
}

/** A cell that alerts in Slack, with people who may press buttons. */
export async function openSlackCell(options: ShopOptions = {}) {
  const cell = await openShopUnder(withPeople, { alerts: {}, ...options });
  const { alerts } = cell;
  if (alerts === undefined) throw new RangeError('there is no Slack');
  const { formFor, signed, post } = slackButtons(() => cell);

  /** Posts a form with Slack's signature; returns the status. */
  const postSigned = async ({ body, ...signing }: Posting): Promise<number> =>
    (await post(body, signed(body, signing))).status;

  /** Presses the newest button of this action, waits for its effects, and returns the status. */
  const press = async (action: Action, user: string = PEOPLE.may): Promise<number> => {
    const all = alerts.slack.messages.flatMap(({ blocks }) => buttonsIn(blocks));
    const button = all.findLast(({ action_id }) => action_id === action);
    if (button === undefined) throw new RangeError(`no message has a button ${action}`);
    const status = await postSigned({ body: formFor(button.value ?? '', { action, user }) });
    await cell.delivery.drain();
    return status;
  };

  return {
    ...cell,
    ...requestsTo(cell),
    alerts,
    formFor,
    press,
    post: postSigned,
    /** Messages in the channel. */
    said: () => alerts.slack.messages.filter(({ by }) => by === 'bot'),
    whispered: () => alerts.slack.messages.filter(({ by }) => by === 'response').map(({ text }) => text),
  };
}
