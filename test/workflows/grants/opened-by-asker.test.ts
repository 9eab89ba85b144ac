import { describe, expect, it } from 'vitest';
import { dispatchCommand } from '../../../shared/actions/dispatch.ts';
import type { Command } from '../../../shared/domain/command.ts';
import type { Person } from '../../../shared/domain/identity.ts';
import type { People } from '../../../shared/domain/policy.ts';
import { notificationMessage } from '../../../shared/notifications/compose/notification.ts';
import { PLACE } from '../../notifications/compose/samples.ts';
import { change, GUARD, group, rule } from '../../remediation/cell.ts';
import { expected, GROUP, world } from './world.ts';

const SESSIONS = 'arn:aws:sts::111122223333:assumed-role';

/** Ann opens the rule, in a session of single sign-on. */
const OPENER = {
  type: 'AssumedRole',
  arn: `${SESSIONS}/AWSReservedSSO_Dev_0123456789abcdef/ann@example.com`,
  name: 'ann@example.com',
  tool: 'console',
} as const;

function atTheCommandLine(arn: string): Person {
  return { name: 'x', arn, verified: true, through: 'command-line' };
}
function inSlack(slackUser: string): Person {
  return {
    name: `x (${slackUser})`,
    slackUser,
    verified: true,
    through: 'button',
  };
}

const ANN = {
  'in the same session': atTheCommandLine(OPENER.arn),
  'in a session of another role': atTheCommandLine(`${SESSIONS}/AWSReservedSSO_Admin_0123456789abcdef/Ann@example.com`),
  'in Slack': inSlack('U0ANN'),
};

const BEN = {
  'in another session': atTheCommandLine(`${SESSIONS}/AWSReservedSSO_Dev_0123456789abcdef/ben@example.com`),
  'in Slack': inSlack('U0BEN'),
};

const NOBODY_KNOWN = {
  'in Slack, without a name in AWS': inSlack('U0EVE'),
  'without a proof': { name: 'ben@example.com', arn: `${SESSIONS}/x/ben@example.com`, through: 'command-line' },
} as const satisfies Readonly<Record<string, Person>>;

const AWS_NAMES = { U0ANN: 'ann@example.com', U0BEN: 'ben@example.com' };
const STRICT: Partial<People> = { awsNames: AWS_NAMES, notOwnChanges: true };

const SSH = rule('tcp', 22, '0.0.0.0/0');
const TERMS = { days: 1, owner: 'web' };

/** The rule was closed; or it waits for a person, and still stands. */
async function opened(people: Partial<People>, state: 'closed' | 'pending', actor: object = OPENER) {
  const policy = { ...GUARD, people: { may: [], ...people } };
  const account = world([group([SSH], { ownerId: '111122223333' })], {
    policy,
    ceiling: state === 'pending' ? 'approve' : 'enforce',
  });
  await account.run(change([SSH], { actor: { ...OPENER, ...actor } }));
  return { ...account, id: await account.idOf() };
}

type Account = Awaited<ReturnType<typeof opened>>;

/** What leaves the rule open or opens it again, and what state it is in before. */
const REQUESTS: readonly (readonly [string, 'closed' | 'pending', (by: Person, account: Account) => Command])[] = [
  [
    'restore with an exemption',
    'closed',
    (by, { id }) => ({ do: 'restore', id, dryRun: false, exempt: TERMS, by, reason: 'r' }),
  ],
  [
    '“Exempt for 24 h” of what was closed',
    'closed',
    (by, { id }) => ({ do: 'leave-open', id, terms: TERMS, by, reason: 'r' }),
  ],
  [
    '“Exempt for 24 h” of what waits',
    'pending',
    (by, { id }) => ({ do: 'leave-open', id, terms: TERMS, by, reason: 'r' }),
  ],
  [
    'exempt add of the rule',
    'pending',
    (by) => ({ do: 'exempt', region: 'eu-west-1', scope: { ruleId: SSH.id ?? '' }, terms: TERMS, by, reason: 'r' }),
  ],
  [
    'exempt add of the group',
    'pending',
    (by) => ({ do: 'exempt', region: 'eu-west-1', scope: { groupId: GROUP }, terms: TERMS, by, reason: 'r' }),
  ],
  ['decline', 'pending', (by, { id }) => ({ do: 'decline', id, by, reason: 'r' })],
];

describe.each(REQUESTS)('%s', (_, state, command) => {
  it.each(Object.entries(ANN))('by the person who opened the rule, %s, calls people and says so', async (_how, by) => {
    const account = await opened({ awsNames: AWS_NAMES }, state);
    expect((await dispatchCommand(command(by, account), account.grantCell)).kind).not.toBe('refused');
    const news = account.news.at(-1);
    expect(news && notificationMessage(news, PLACE)).toMatchObject({
      headline: expect.stringContaining('by the person who opened it'),
      urgency: 'call',
      severity: 'high',
    });
  });

  it.each(Object.entries({ ...BEN, ...NOBODY_KNOWN }))('by somebody else, %s, informs as ever', async (_how, by) => {
    const account = await opened({ awsNames: AWS_NAMES }, state);
    expect((await dispatchCommand(command(by, account), account.grantCell)).kind).not.toBe('refused');
    const news = account.news.at(-1);
    const message = news && notificationMessage(news, PLACE);
    expect(message?.headline).not.toContain('by the person who opened it');
    expect(message?.urgency).toBe('inform');
  });

  it.each(Object.entries(ANN))('with notOwnChanges is refused to the person who opened it, %s', async (_how, by) => {
    const account = await opened(STRICT, state);
    const before = [account.left(), account.heard(), await account.exemptions.all()];
    const { because } = expected(await dispatchCommand(command(by, account), account.grantCell), 'refused');
    expect(because.join()).toMatch(/opened it.*people\.notOwnChanges/);
    expect([account.left(), account.heard(), await account.exemptions.all()]).toEqual(before);
  });

  it.each(Object.entries(NOBODY_KNOWN))('with notOwnChanges is refused where nobody can tell: %s', async (_how, by) => {
    const account = await opened(STRICT, state);
    const { because } = expected(await dispatchCommand(command(by, account), account.grantCell), 'refused');
    expect(because.join()).toMatch(/nobody can tell.*people\.notOwnChanges/);
  });

  it.each(Object.entries(BEN))('with notOwnChanges is done for somebody else, %s', async (_how, by) => {
    const account = await opened(STRICT, state);
    expect((await dispatchCommand(command(by, account), account.grantCell)).kind).not.toBe('refused');
  });
});

describe('renewing', () => {
  const renewal = (id: string, by: Person): Command => ({ do: 'renew', id, days: 30, by, reason: 'r' });

  const renewed = async (people: Partial<People>) => {
    const account = await opened(people, 'pending');
    const scope = { ruleId: SSH.id ?? '' };
    const add = { do: 'exempt', region: 'eu-west-1', scope, terms: TERMS, by: BEN['in Slack'], reason: 'r' } as const;
    const { exemption } = expected(await dispatchCommand(add, account.grantCell), 'exempted');
    return await dispatchCommand(renewal(exemption.id, ANN['in Slack']), account.grantCell);
  };

  it('an exemption of a rule that one opened is an own change, too', async () => {
    const { exemption } = expected(await renewed({ awsNames: AWS_NAMES }), 'renewed');
    expect(exemption.renewed).toMatchObject([{ ownChange: true }]);
    expect(expected(await renewed(STRICT), 'refused').because.join()).toContain('opened it');
  });
});

describe('a rule that was there before', () => {
  it('is nobody’s own change, whoever was noticed at a call', async () => {
    const account = world([group([SSH])], {
      policy: {
        ...GUARD,
        people: { may: [], ...STRICT },
        controls: {
          ...GUARD.controls,
          'world-open-admin': { ...GUARD.controls['world-open-admin'], existing: 'approve' } as never,
        },
      },
    });
    await account.run(change([], { actor: OPENER, added: { kind: 'unknown' } }));
    const decline: Command = { do: 'decline', id: await account.idOf(), by: ANN['in the same session'], reason: 'r' };
    expect(await dispatchCommand(decline, account.grantCell)).toMatchObject({ kind: 'answered', first: true });
  });
});

describe('an event that names nobody', () => {
  it('leaves it open who made the change: with notOwnChanges nobody may', async () => {
    const account = await opened(STRICT, 'pending', { arn: undefined, name: undefined });
    const decline: Command = { do: 'decline', id: account.id, by: BEN['in another session'], reason: 'r' };
    expect(expected(await dispatchCommand(decline, account.grantCell), 'refused').because.join()).toContain(
      'no event tells',
    );
  });
});
