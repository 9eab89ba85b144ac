import { describe, expect, it } from 'vitest';
import { type ListCommand, list } from '../../../shared/actions/list.ts';
import type { Command, CommandResult } from '../../../shared/domain/command.ts';
import { CallFailed } from '../../../shared/domain/errors.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { endExemption, exempt, renew } from '../../../shared/workflows/exemptions.ts';
import { runDueWork } from '../../../shared/workflows/schedule/run-due-work.ts';
import { change, GUARD, group, rule } from '../../remediation/cell.ts';
import { underEveryFault } from '../../remediation/faulty.ts';
import { BOB, CAROL, expected, GROUP, through, world } from './world.ts';

const DAY = 86_400_000;
const SSH = rule('tcp', 22, '0.0.0.0/0');
const CONTENT = 'ingress tcp 22 22 0.0.0.0/0';
const WEEK = { days: 7, owner: 'web-team' };
const PLACE = { account: '111122223333', region: 'eu-west-1' };

function account() {
  return world([group([SSH], { ownerId: '111122223333' })]);
}

function asking(scope: Extract<Command, { do: 'exempt' }>['scope'], more: object = {}) {
  return {
    do: 'exempt',
    region: 'eu-west-1',
    scope,
    terms: { days: 30, owner: 'web-team', ticket: 'T-9' },
    by: BOB,
    reason: 'the vendor needs it',
    ...more,
  } as const;
}

async function exempted() {
  const made = account();
  const { exemption } = expected(await exempt(asking({ ruleId: SSH.id ?? '' }), made.grantCell), 'exempted');
  return { ...made, id: exemption.id, exemption };
}

type Listed = Extract<CommandResult, { kind: 'exemptions' }>;

/** Separate ports, so many. */
function ranges(count: number) {
  return Array.from({ length: count }, (_, index) => ({ from: 2 * index, to: 2 * index }));
}

/** Nothing; blanks; zero-width and bidirectional characters; fillers; a combining mark; the Braille blank. */
const INVISIBLE = [
  '',
  ' \t\n\u00a0',
  '\u200b\u200d\ufeff\u2060',
  '\u202e\u2066\u061c',
  '\u3164\u115f',
  '\u0301',
  '\u2800',
];

describe('an exemption', () => {
  it('of a rule is one of its present content in its group, with who, why, who answers for it, and until when', async () => {
    const { exemption, clock, news } = await exempted();
    expect(exemption).toMatchObject({
      scope: { groupId: GROUP, content: CONTENT },
      by: BOB,
      reason: 'the vendor needs it',
      owner: 'web-team',
      ticket: 'T-9',
      at: clock.at,
      until: clock.at + 30 * DAY,
      place: PLACE,
    });
    expect(news).toMatchObject([{ what: 'exempted', exemption }]);
  });

  it('keeps the rule from being closed, until its content changes', async () => {
    const { run, left, ec2 } = await exempted();
    await run(change([SSH]));
    expect(left()).toEqual([SSH]);
    ec2.put(group([{ ...SSH, fromPort: 3389, toPort: 3389 }]));
    await run(change([SSH], { id: 'event-2' }), { owner: 'invocation-2' });
    expect(left()).toEqual([]);
  });

  it('may be of a group, of ports, of a control', async () => {
    const { grantCell } = account();
    const ports = { tcp: [{ from: 22, to: 22 }], udp: [] };
    const everywhere = asking({ allGroups: true, ports, control: 'world-open-admin' }, { terms: WEEK });
    const wide = expected(await exempt(everywhere, grantCell), 'exempted');
    expect(wide.exemption.scope).toEqual({ ports, control: 'world-open-admin' });
    expect(wide.exemption.place).toBeUndefined();
    const whole = expected(await exempt(asking({ groupId: GROUP }), grantCell), 'exempted');
    expect(whole.exemption).toMatchObject({ scope: { groupId: GROUP }, place: PLACE });
  });

  it('has its ports joined and sorted', async () => {
    const { grantCell } = account();
    const tcp = Array.from({ length: 65_536 }, (_, port) => ({ from: port, to: port })).toReversed();
    const one = expected(await exempt(asking({ groupId: GROUP, ports: { tcp, udp: [] } }), grantCell), 'exempted');
    expect(one.exemption.scope.ports).toEqual({ tcp: [{ from: 0, to: 65_535 }], udp: [] });
  });

  it('has an id that sorts by time', async () => {
    const { grantCell, clock, id } = await exempted();
    clock.at += 1;
    const later = expected(await exempt(asking({ groupId: GROUP }), grantCell), 'exempted');
    expect(later.exemption.id > id).toBe(true);
  });

  it.each([
    ['no scope', asking({}), /at least one of/],
    ['every group and nothing else', asking({ allGroups: true }, { terms: WEEK }), /at least one of/],
    ['a control alone', asking({ control: 'world-open-admin' }, { terms: WEEK }), /every group.*say --all-groups/],
    ['ports alone', asking({ ports: { tcp: [{ from: 1, to: 65_535 }], udp: [] } }, { terms: WEEK }), /--all-groups/],
    ['a group and every group', asking({ groupId: GROUP, allGroups: true }, { terms: WEEK }), /say one of them/],
    [
      'every group for 8 days',
      asking({ allGroups: true, control: 'world-open-admin' }, { terms: { ...WEEK, days: 8 } }),
      /every group runs for 1 to 7 whole days, not 8/,
    ],
    ['the canary', asking({ groupId: GROUP, control: 'canary' }), /the canary is never exempt/],
    [
      '101 ranges',
      asking({ groupId: GROUP, ports: { tcp: ranges(100), udp: ranges(1) } }),
      /101 separate ranges of ports: .*100 at most/,
    ],
    ['no ports', asking({ ports: { tcp: [], udp: [] } }), /no port is named/],
    ['an unknown control', asking({ control: 'world-open-admn' }), /"world-open-admn" is not a control/],
    ['no day', asking({ groupId: GROUP }, { terms: { days: 0, owner: 'me' } }), /1 to 90 whole days, not 0/],
    ['half a day', asking({ groupId: GROUP }, { terms: { days: 1.5, owner: 'me' } }), /not 1\.5/],
    ['91 days', asking({ groupId: GROUP }, { terms: { days: 91, owner: 'me' } }), /not 91/],
    ...INVISIBLE.flatMap((text): [string, ReturnType<typeof asking>, RegExp][] => [
      ['no visible owner', asking({ groupId: GROUP }, { terms: { days: 9, owner: text } }), /an owner/],
      ['no visible reason', asking({ groupId: GROUP }, { reason: text }), /a reason/],
    ]),
    ['a rule that is gone', asking({ ruleId: 'sgr-0fffffffffffffff0' }), /no sgr-0fffffffffffffff0 in eu-west-1/],
    ['a rule of another group', asking({ ruleId: SSH.id ?? '', groupId: 'sg-0' }), /is a rule of sg-00000000000000001/],
  ])('is refused for %s', async (_, command, message) => {
    const { grantCell, exemptions, heard } = account();
    expect(expected(await exempt(command, grantCell), 'refused').because.join('\n')).toMatch(message);
    expect([await exemptions.all(), heard()]).toEqual([[], []]);
  });

  it('is recorded once and told of once, whichever call breaks', async () => {
    await underEveryFault({
      make: account,
      run: async ({ grantCell }, wrap) => await exempt(asking({ ruleId: SSH.id ?? '' }), through(grantCell, wrap)),
      between: ({ clock }) => void (clock.at += 5000),
      check: async ({ exemptions, heard }) => {
        expect(await exemptions.all()).toMatchObject([{ scope: { content: CONTENT } }]);
        expect(heard()).toHaveLength(1);
      },
    });
  });

  it('asked for again another day is another one', async () => {
    const { grantCell, exemptions, clock } = await exempted();
    clock.at += DAY;
    await exempt(asking({ ruleId: SSH.id ?? '' }), grantCell);
    expect(await exemptions.all()).toHaveLength(2);
  });
});

function renewing(id: string, days: number, more: object = {}) {
  return { do: 'renew', id, days, by: CAROL, reason: 'still needed', ...more } as const;
}

describe('renewing an exemption', () => {
  it('counts from the renewal, and says who renewed it and why', async () => {
    const { id, grantCell, clock } = await exempted();
    clock.at += 20 * DAY;
    const { exemption } = expected(await renew(renewing(id, 90), grantCell), 'renewed');
    expect(exemption).toMatchObject({
      until: clock.at + 90 * DAY,
      by: BOB,
      renewed: [{ by: CAROL, reason: 'still needed' }],
    });
    expect(await grantCell.ports.exemptions.find(id)).toEqual(exemption);
  });

  it('may shorten it, and forgets that people were warned', async () => {
    const { id, grantCell, exemption, clock } = await exempted();
    await grantCell.ports.exemptions.put({ ...exemption, warnedAt: 1 });
    const renewed = expected(await renew(renewing(id, 1), grantCell), 'renewed').exemption;
    expect([renewed.until, renewed.warnedAt]).toEqual([clock.at + DAY, undefined]);
  });

  it('of every group is refused for more than 7 days', async () => {
    const { grantCell } = account();
    const everywhere = asking({ allGroups: true, control: 'world-open-admin' }, { terms: WEEK });
    const { exemption } = expected(await exempt(everywhere, grantCell), 'exempted');
    const refused = expected(await renew(renewing(exemption.id, 8), grantCell), 'refused');
    expect(refused.because).toEqual(['an exemption of every group runs for 1 to 7 whole days, not 8']);
    expected(await renew(renewing(exemption.id, 7), grantCell), 'renewed');
  });

  it.each([[91], [0], [-1]])('for %s days is refused', async (days) => {
    const { id, grantCell } = await exempted();
    expect(await renew(renewing(id, days), grantCell)).toMatchObject({ kind: 'refused' });
  });

  it('is refused once it is over, ended, unknown or written in the policy file', async () => {
    const { id, grantCell, exemption, clock } = await exempted();
    const written = { ...grantCell, policy: { ...GUARD, exemptions: [{ ...exemption, id: 'portcullis.yaml:9' }] } };
    const because = async (command: ReturnType<typeof renewing>, cell = grantCell) =>
      expected(await renew(command, cell), 'refused').because.join();
    expect(await because(renewing('nothing', 9))).toMatch(/there is no exemption "nothing"/);
    expect(await because(renewing('portcullis.yaml:9', 9), written)).toMatch(/stands in the policy file/);
    clock.at += 31 * DAY;
    expect(await because(renewing(id, 9))).toMatch(/ran out on/);
    await grantCell.ports.exemptions.put({ ...exemption, ended: { by: BOB, reason: 'done', at: clock.at } });
    expect(await because(renewing(id, 9))).toMatch(/was ended by bob@example\.com \(done\)/);
  });

  it('is recorded once and told of once, whichever call breaks', async () => {
    await underEveryFault({
      make: exempted,
      run: async ({ grantCell, id }, wrap) => await renew(renewing(id, 60), through(grantCell, wrap)),
      between: ({ clock }) => void (clock.at += 5000),
      check: async ({ exemptions, id, heard }) => {
        expect((await exemptions.find(id))?.renewed).toHaveLength(1);
        expect(heard().filter((one) => one.startsWith('renewed'))).toHaveLength(1);
      },
    });
  });
});

function ending(id: string, by = CAROL) {
  return { do: 'end-exemption', id, by, reason: 'the vendor is done' } as const;
}

describe('ending an exemption', () => {
  it('ends it at once and has its group looked at again', async () => {
    const { id, grantCell, exemptions, looked, news } = await exempted();
    const { exemption } = expected(await endExemption(ending(id), grantCell), 'ended');
    expect(exemption.ended).toMatchObject({ by: CAROL, reason: 'the vendor is done' });
    expect(await exemptions.active([GROUP])).toEqual([]);
    expect(looked).toEqual([`${GROUP} eu-west-1`]);
    expect(news.at(-1)).toMatchObject({ what: 'exemption-ended', exemption });
  });

  it('is done by the first who asks; the second is told', async () => {
    const { id, grantCell, heard } = await exempted();
    await endExemption(ending(id), grantCell);
    const { exemption } = expected(await endExemption(ending(id, BOB), grantCell), 'ended');
    expect(exemption.ended?.by).toEqual(CAROL);
    expect(heard().filter((one) => one.startsWith('ended'))).toHaveLength(1);
  });

  it('finds the group by what is recorded about it where the exemption does not say where it is', async () => {
    const { id, grantCell, exemption, run, looked } = await exempted();
    const { place: _, ...elsewhere } = exemption;
    await grantCell.ports.exemptions.put({ ...elsewhere, scope: { ...exemption.scope, control: 'world-open-cache' } });
    await run(change([SSH]));
    await endExemption(ending(id), grantCell);
    expect(looked).toEqual([`${GROUP} eu-west-1`]);
  });

  it('is refused without a reason, and where there is none', async () => {
    const { id, grantCell } = await exempted();
    expect(await endExemption({ ...ending(id), reason: '' }, grantCell)).toMatchObject({ kind: 'refused' });
    expect(await endExemption(ending('nothing'), grantCell)).toMatchObject({ kind: 'refused' });
  });

  it('is recorded, told of and looked after, whichever call breaks', async () => {
    await underEveryFault({
      make: exempted,
      run: async ({ grantCell, id }, wrap) => await endExemption(ending(id), through(grantCell, wrap)),
      between: ({ clock }) => void (clock.at += 5000),
      check: async ({ exemptions, id, heard, looked }) => {
        expect((await exemptions.find(id))?.ended).toMatchObject({ by: CAROL });
        expect(heard().filter((one) => one.startsWith('ended'))).toHaveLength(1);
        expect(new Set(looked)).toEqual(new Set([`${GROUP} eu-west-1`]));
      },
    });
  });
});

describe('what becomes of a rule when its exemption ends', () => {
  const AS_SHIPPED = { fresh: 'enforce', existing: 'alert' };
  const ofAdmin = (modes: object): Policy => ({
    ...GUARD,
    controls: { ...GUARD.controls, 'world-open-admin': { ...GUARD.controls['world-open-admin'], ...modes } as never },
  });

  it('is said with the exemption, its renewal and its end, by the modes of the policy, and told to people', async () => {
    const { grantCell, news } = account();
    const given = expected(await exempt(asking({ ruleId: SSH.id ?? '' }), grantCell), 'exempted');
    const renewed = expected(await renew(renewing(given.exemption.id, 9), grantCell), 'renewed');
    const ended = expected(await endExemption(ending(given.exemption.id), grantCell), 'ended');
    const all = [given, renewed, ended].map(({ afterwards }) => afterwards);
    expect(all).toEqual([AS_SHIPPED, AS_SHIPPED, AS_SHIPPED]);
    expect(news).toMatchObject([
      { what: 'exempted', afterwards: AS_SHIPPED },
      { what: 'exempted', afterwards: AS_SHIPPED },
      { what: 'exemption-ended', afterwards: AS_SHIPPED },
    ]);
  });

  it('goes by the policy, and by the other exemptions that hold', async () => {
    const { grantCell } = account();
    const strict = { ...grantCell, policy: ofAdmin({ fresh: 'approve', existing: 'enforce' }) };
    const one = expected(await exempt(asking({ groupId: GROUP }), strict), 'exempted');
    expect(one.afterwards).toEqual({ fresh: 'approve', existing: 'enforce' });
    const two = expected(await exempt(asking({ ruleId: SSH.id ?? '' }), strict), 'exempted');
    expect(two.afterwards).toEqual({ fresh: 'off', existing: 'off' });
  });

  it('is not said of ports that no rule opens yet, because a rule may be added while the exemption runs', async () => {
    const { grantCell } = account();
    const unopened = { tcp: [{ from: 5432, to: 5432 }], udp: [] };
    const given = expected(await exempt(asking({ groupId: GROUP, ports: unopened }), grantCell), 'exempted');
    expect(given).not.toHaveProperty('afterwards');
    const ended = expected(await endExemption(ending(given.exemption.id), grantCell), 'ended');
    expect(ended).not.toHaveProperty('afterwards');
  });

  it('is not said of every group, nor where the group cannot be read; the exemption is given all the same', async () => {
    const { grantCell, exemptions } = account();
    const everywhere = asking({ allGroups: true, control: 'world-open-admin' }, { terms: WEEK });
    expect(expected(await exempt(everywhere, grantCell), 'exempted')).not.toHaveProperty('afterwards');
    const { groups, ...region } = grantCell.ports.region('eu-west-1');
    let looks = 0;
    const look: typeof groups.fetchSnapshot = async (...args) => {
      looks += 1;
      if (looks > 1) throw new CallFailed('DescribeSecurityGroups', 'RequestLimitExceeded', true, 'later');
      return await groups.fetchSnapshot(...args);
    };
    const ports = { ...grantCell.ports, region: () => ({ ...region, groups: { fetchSnapshot: look } }) };
    const one = expected(await exempt(asking({ groupId: GROUP }), { ...grantCell, ports }), 'exempted');
    expect(one).not.toHaveProperty('afterwards');
    expect(await exemptions.all()).toHaveLength(2);
  });

  it('happens: 25 hours later its group is looked at again, and the rule is closed where existing rules are', async () => {
    const policy = ofAdmin({ existing: 'enforce' });
    const { grantCell, run, left, looked, clock } = world([group([SSH], { ownerId: '111122223333' })], { policy });
    const day = asking({ ruleId: SSH.id ?? '' }, { terms: { days: 1, owner: 'web' } });
    expected(await exempt(day, grantCell), 'exempted');
    const sweep = { trigger: 'sweep', added: { kind: 'unknown' } } as const;
    await run(change([], { ...sweep, id: 'sweep-1' }));
    expect([left(), looked]).toEqual([[SSH], []]);
    clock.at += DAY + 3_600_000;
    await runDueWork(grantCell);
    expect(looked).toEqual([`${GROUP} eu-west-1`]);
    await run(change([], { ...sweep, id: 'sweep-2', at: clock.at }), { owner: 'invocation-2' });
    expect(left()).toEqual([]);
  });
});

describe('a list', () => {
  it('of remediations has one line each, the newest first', async () => {
    const { run, grantCell, clock, idOf } = account();
    await run(change([SSH], { actor: { type: 'IAMUser', name: 'alice\u202e', tool: 'console' } }));
    clock.at += 1000;
    const rdp = rule('tcp', 3389, '0.0.0.0/0');
    grantCell.ports.region('');
    const { lines } = expected(await list({ do: 'list', what: 'remediations', most: 10 }, grantCell), 'remediations');
    expect(lines).toEqual([
      {
        id: await idOf(),
        at: expect.any(Number),
        status: 'done',
        groupId: GROUP,
        groupName: 'web',
        region: 'eu-west-1',
        controls: ['world-open-admin'],
        rules: [`${SSH.id} ingress tcp 22 from 0.0.0.0/0`],
        actor: 'alice',
        events: [],
      },
    ]);
    expect(rdp.id).not.toBe(SSH.id);
  });

  it('of what waits is cut to as many as were asked for, and says what was answered meanwhile', async () => {
    const rules = [SSH, rule('tcp', 3389, '0.0.0.0/0')];
    const { run, grantCell } = world([group(rules)], { ceiling: 'approve' });
    await run(change([SSH]));
    await run(change(rules.slice(1), { id: 'event-2' }), { owner: 'invocation-2' });
    const pending = { do: 'list', what: 'pending', most: 1 } as const;
    expect(expected(await list(pending, grantCell), 'remediations').lines).toMatchObject([{ status: 'pending' }]);
    expect(await list({ ...pending, what: 'held' }, grantCell)).toEqual({ kind: 'remediations', lines: [] });
  });

  it('is given in pages that fit into an answer of Lambda, each item once', async () => {
    const { grantCell, clock } = account();
    const old = { tcp: ranges(32_768), udp: ranges(32_768) };
    const base = { by: BOB, reason: 'as older versions took it', owner: 'me', until: clock.at + DAY };
    for (let index = 0; index < 12; index += 1) {
      const one = { ...base, id: `01h455vb4pex5vsknk084sn0${index + 10}`, at: clock.at - 12 + index };
      await grantCell.ports.exemptions.put({ ...one, scope: { groupId: GROUP, ports: old } });
    }
    const ids: string[] = [];
    let [after, pages]: [string | undefined, number] = [undefined, 0];
    do {
      const command: ListCommand = { do: 'list', what: 'exemptions', most: 500, ...(after !== undefined && { after }) };
      const page: Listed = expected(await list(command, grantCell), 'exemptions');
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(6_291_556);
      ids.push(...page.exemptions.map(({ id }) => id));
      [after, pages] = [page.next, pages + 1];
    } while (after !== undefined);
    expect([ids.length, new Set(ids).size]).toEqual([12, 12]);
    expect(pages).toBeGreaterThan(2);
  });

  it('of exemptions has those of the policy file, too, and no marker of the clock', async () => {
    const { grantCell, exemption } = await exempted();
    const written = { ...exemption, id: 'portcullis.yaml:9' };
    await grantCell.ports.exemptions.put({ ...written, at: written.until, id: 'marker' });
    const cell = { ...grantCell, policy: { ...GUARD, exemptions: [written] } };
    const { exemptions } = expected(await list({ do: 'list', what: 'exemptions', most: 10 }, cell), 'exemptions');
    expect(exemptions).toEqual([written, exemption]);
  });
});
