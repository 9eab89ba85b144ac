import { describe, expect, it } from 'vitest';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import { ALICE, fakeCell, fault, ID } from '../fake-cell.ts';

const AT = Date.parse('2026-01-02T03:04:05Z');

const EXEMPTION: Exemption = {
  id: ID,
  scope: { groupId: 'sg-0aaaaaaaaaaaaaaa1', content: 'ingress tcp 22 22 0.0.0.0/0' },
  by: ALICE,
  reason: 'vendor access',
  at: AT,
  owner: 'web@example.com',
  ticket: 'OPS-1',
  until: AT + 30 * 86_400_000,
  place: { account: '111122223333', region: 'eu-west-1' },
};

const cell = fakeCell();
const TERMS = ['--days', '30', '--owner', 'web@example.com', '--reason', 'vendor access'];
async function add(...argv: readonly string[]) {
  return await cell.run('exempt', 'add', ...argv, ...TERMS);
}

describe('portcullis exempt add', () => {
  it('prints the scope, the controls, the end and the owner', async () => {
    const afterwards = { fresh: 'enforce', existing: 'alert' } as const;
    cell.answers({ kind: 'exempted', exemption: EXEMPTION, afterwards });
    const { code, out } = await add('--rule', 'sgr-0aaaaaaaaaaaaaaa1', '--ticket', 'OPS-1');
    expect([code, out.split('\n')]).toEqual([
      0,
      [
        `Exempt: ${ID}`,
        '  ingress tcp 22 from 0.0.0.0/0 in sg-0aaaaaaaaaaaaaaa1, from every control',
        '  account 111122223333, eu-west-1',
        '  until 2026-02-01T03:04Z; owner web@example.com, ticket OPS-1',
        '  given by alice@example.com on 2026-01-02T03:04Z: vendor access',
        'When the exemption ends, a rule that was added while it ran is closed; a rule that was there before is reported and stays open.',
        '',
      ],
    ]);
    expect(cell.asked).toEqual([
      {
        do: 'exempt',
        region: 'eu-west-1',
        scope: { ruleId: 'sgr-0aaaaaaaaaaaaaaa1' },
        terms: { days: 30, owner: 'web@example.com', ticket: 'OPS-1' },
        by: ALICE,
        reason: 'vendor access',
      },
    ]);
  });

  it.each([
    [['--group', 'sg-0aaaaaaaaaaaaaaa1'], { groupId: 'sg-0aaaaaaaaaaaaaaa1' }],
    [
      ['--ports', '22, 5900-5906,udp/11211', '--group', 'sg-1'],
      {
        groupId: 'sg-1',
        ports: {
          tcp: [
            { from: 22, to: 22 },
            { from: 5900, to: 5906 },
          ],
          udp: [{ from: 11211, to: 11211 }],
        },
      },
    ],
    [
      ['--group', 'sg-1', '--rule', 'sgr-1', '--control', 'world-open-admin', '--group-region', 'us-east-1'],
      { groupId: 'sg-1', ruleId: 'sgr-1', control: 'world-open-admin' },
    ],
  ])('is about what %j names', async (argv, scope) => {
    cell.answers({ kind: 'exempted', exemption: EXEMPTION });
    await add(...argv);
    const region = argv.includes('--group-region') ? 'us-east-1' : 'eu-west-1';
    expect(cell.asked).toMatchObject([{ do: 'exempt', scope, region }]);
    expect(Object.keys(cell.asked[0] && 'scope' in cell.asked[0] ? cell.asked[0].scope : {})).toEqual(
      Object.keys(scope),
    );
  });

  it('covers every group with --all-groups, for a week at most', async () => {
    cell.answers({ kind: 'exempted', exemption: EXEMPTION });
    const wide = ['--all-groups', '--control', 'world-open-admin', '--days', '7', '--owner', 'x', '--reason', 'y'];
    await cell.run('exempt', 'add', ...wide);
    const scope = { control: 'world-open-admin', allGroups: true };
    expect(cell.asked).toMatchObject([{ do: 'exempt', scope, terms: { days: 7 } }]);
  });

  it.each([
    ['the scope is missing: give at least one of --group, --rule, --ports and --control', []],
    ['without --group or --rule the exemption covers every group of the account', ['--control', 'world-open-admin']],
    ['without --group or --rule the exemption covers every group of the account', ['--ports', '1-65535']],
    ['--all-groups cannot be combined with --group or --rule', ['--all-groups', '--group', 'sg-1']],
    ['the scope is missing: give at least one of', ['--all-groups']],
    ['--days "30": expected a whole number from 1 to 7', ['--all-groups', '--control', 'world-open-admin']],
    ['--group "web": expected the id of a group, sg-…', ['--group', 'web']],
    ['--rule "sg-1": expected the id of a rule, sgr-…', ['--rule', 'sg-1']],
    ['--ports "22,": expected ports such as', ['--ports', '22,']],
    ['--ports "70000": expected ports such as', ['--ports', '70000']],
    ['--ports "9-8": expected ports such as', ['--ports', '9-8']],
    [
      '--control "world-open-admn": expected the id of a control (did you mean world-open-admin?)',
      ['--control', 'world-open-admn'],
    ],
    ['exempt add does not take --most', ['--group', 'sg-1', '--most', '3']],
    ['exempt add: "sg-1" is one argument too many', ['sg-1']],
  ])('asks nothing where it is used wrongly: %s', async (message, argv) => {
    expect(await cell.tries('exempt', 'add', ...argv, ...TERMS)).toEqual(fault(message));
  });

  it.each([
    ['--days is needed: how long it runs, 1 to 90 days', ['--owner', 'x', '--reason', 'y']],
    ['--days "91": expected a whole number from 1 to 90', ['--days', '91', '--owner', 'x', '--reason', 'y']],
    ['--owner is needed', ['--days', '9', '--reason', 'y']],
    ['--owner is needed', ['--days', '9', '--reason', 'y', '--owner', '\u200b\u202e']],
    ['--reason is needed', ['--days', '9', '--owner', 'x']],
  ])('needs its terms: %s', async (message, argv) => {
    expect(await cell.tries('exempt', 'add', '--group', 'sg-1', ...argv)).toEqual(fault(message));
  });
});

describe('portcullis exempt list', () => {
  it('lists them with their ids, renewals and revocations', async () => {
    const asked = { by: { name: 'bob', through: 'command-line' as const }, reason: 'still needed', at: AT };
    const written: Exemption = {
      id: 'exemptions.0',
      scope: {
        groupName: 'web-*',
        ports: { tcp: [{ from: 22, to: 23 }], udp: [{ from: 53, to: 53 }] },
        control: 'wide',
      },
      by: { name: 'net', through: 'policy' },
      reason: 'lab',
      at: AT,
      owner: 'net',
      until: AT,
    };
    const everywhere: Exemption = { ...written, id: 'exemptions.1', scope: { control: 'wide' } };
    const revoked = { ...EXEMPTION, renewed: [asked], ended: { ...asked, reason: 'over' } };
    cell.answers({ kind: 'exemptions', exemptions: [written, everywhere, revoked] });
    const { code, out } = await cell.run('exempt', 'list');
    expect(code).toBe(0);
    expect(out).toContain(
      'exemptions.0\n  rules for tcp 22-23, udp 53 in groups named web-*, from wide alone\n  until',
    );
    expect(out).toContain('exemptions.1\n  every rule in every group, from wide alone\n');
    expect(out).toContain('  renewed by bob on 2026-01-02T03:04Z: still needed\n');
    expect(out).toContain('  revoked by bob on 2026-01-02T03:04Z: over\n');
    expect(cell.asked).toEqual([{ do: 'list', what: 'exemptions', most: 100_000 }]);
  });

  it('reads every page, and lists an item on two pages once', async () => {
    const others = ['1', '2', '3'].map((digit) => ({ ...EXEMPTION, id: `${ID.slice(0, -1)}${digit}` }));
    const [first, second, third] = others;
    const pages = [
      { kind: 'exemptions' as const, exemptions: [first, second].flatMap((one) => one ?? []), next: second?.id ?? '' },
      { kind: 'exemptions' as const, exemptions: [second, third].flatMap((one) => one ?? []) },
    ];
    cell.answers(...pages);
    const { out } = await cell.run('exempt', 'list', '--format', 'json');
    const printed = others.map((one) => ({
      ...one,
      at: '2026-01-02T03:04:05.000Z',
      until: '2026-02-01T03:04:05.000Z',
    }));
    expect(JSON.parse(out)).toEqual({ kind: 'exemptions', exemptions: printed });
    expect(cell.asked).toMatchObject([{ what: 'exemptions' }, { what: 'exemptions', after: second?.id }]);
  });

  it('prints that there are none', async () => {
    cell.answers({ kind: 'exemptions', exemptions: [] });
    expect((await cell.run('exempt', 'list', '--most', '3')).out).toBe('There are none.\n');
    expect(cell.asked).toMatchObject([{ most: 3 }]);
  });
});

describe('portcullis exempt renew and revoke', () => {
  it('renews an exemption for a number of days', async () => {
    cell.answers({ kind: 'renewed', exemption: EXEMPTION });
    const { code, out } = await cell.run('exempt', 'renew', ID, '--days', '90', '--reason', 'still needed');
    expect([code, out.split('\n')[0]]).toEqual([0, `Renewed: ${ID}`]);
    expect(cell.asked).toEqual([{ do: 'renew', id: ID, days: 90, by: ALICE, reason: 'still needed' }]);
  });

  it('says that the next sweep judges every group', async () => {
    const scope = { control: 'world-open-admin' };
    cell.answers({ kind: 'ended', exemption: { ...EXEMPTION, scope } });
    const { out } = await cell.run('exempt', 'revoke', ID, '--reason', 'over');
    expect(out).toContain('\nEvery group is judged again at the next sweep.\n');
  });

  it('revokes an exemption', async () => {
    cell.answers({ kind: 'ended', exemption: EXEMPTION });
    const { code, out } = await cell.run('exempt', 'revoke', ID, '--reason', 'over');
    expect([code, out.split('\n')[0]]).toEqual([0, `Revoked: ${ID}`]);
    expect(cell.asked).toEqual([{ do: 'end-exemption', id: ID, by: ALICE, reason: 'over' }]);
  });

  it.each([
    ['exempt renew: the id of an exemption is needed: portcullis exempt list has them', ['renew', '--days', '9']],
    ['--days is needed', ['renew', ID, '--reason', 'x']],
    ['exempt revoke: the id of an exemption is needed', ['revoke', '--reason', 'x']],
    ['exempt revoke does not take --days', ['revoke', ID, '--reason', 'x', '--days', '3']],
    ['exempt list does not take --reason', ['list', '--reason', 'x']],
    ['exempt list does not take --all-groups', ['list', '--all-groups']],
    ['exempt: expected add, list, renew, revoke', []],
    ['exempt "remove": expected add, list, renew, revoke', ['remove', ID]],
    ['exempt "revok": expected add, list, renew, revoke (did you mean revoke?)', ['revok', ID]],
  ])('asks nothing where it is used wrongly: %s', async (message, argv) => {
    expect(await cell.tries('exempt', ...argv)).toEqual(fault(message));
  });
});
