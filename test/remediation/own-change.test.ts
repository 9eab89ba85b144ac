import { describe, expect, it } from 'vitest';
import { functionName } from '../../shared/catalogue.ts';
import type { Actor, Change } from '../../shared/domain/change.ts';
import type { ManagedOptions } from '../../shared/domain/control-options.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import * as ownChange from '../../shared/remediation/own-change.ts';
import { recordGrant } from '../../shared/workflows/common/grant.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';
const ACCOUNT = '111122223333';
const ROLE = 'Portcullis-OnChangeRole9115257A-a1B2c3D4e5F6';
const MINUTE = 60_000;

function session(role: string, name: string, account = ACCOUNT): Actor {
  return {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
    role: `arn:aws:iam::${account}:role/${role}`,
    name,
    tool: 'lambda',
  };
}

/** Principals whose names, or parts of them, are those of Portcullis. */
const NAMED_LIKE_US: readonly (readonly [string, Actor])[] = [
  ["Portcullis's own role and session, stolen", session(ROLE, functionName('onChange'))],
  ['the role of the function that grants', session('Portcullis-OnGrantRole0A1B2C3D', functionName('onGrant'))],
  ['a person whose session has the name of the function', session('admin', functionName('onChange'))],
  ['another tool whose role has a name that begins alike', session('Portcullis-helper', 'i-0123456789abcdef0')],
  ['a role of the same name in another account', session(ROLE, functionName('onChange'), '444455556666')],
  [
    'a user called portcullis',
    { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/portcullis`, name: 'portcullis', tool: 'cli' },
  ],
];

const ANN: Actor = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/ann`, name: 'ann', tool: 'console' };

/** Principals whose names have nothing in common with Portcullis, and no principal at all. */
const OTHERS: readonly (readonly [string, Actor | undefined])[] = [
  ['a role of any name', session('cell-7f3a', 'x')],
  ['a person', ANN],
  ['nobody that the event names', undefined],
];

function by(actor: Actor | undefined): Partial<Change> {
  return actor === undefined ? {} : { actor };
}

function opening(rules: readonly Rule[], more: Partial<Change> = {}): Change {
  return change(rules, { id: `open ${rules[0]?.id}`, ...more });
}

function closing(rules: readonly Rule[], more: Partial<Change> = {}): Change {
  return change(rules, {
    id: `close ${rules[0]?.id}`,
    call: 'RevokeSecurityGroupIngress',
    trigger: 'rules-removed',
    ...more,
  });
}

const DEPLOYERS: ManagedOptions = {
  fresh: 'alert',
  existing: 'off',
  remedy: 'revoke',
  roles: ['arn:aws:iam::*:role/deploy-*'],
};

/** A policy under which people are told of every change by a role that is not named `deploy-…`. */
const managed: Policy = { ...GUARD, controls: { ...GUARD.controls, 'unmanaged-change': DEPLOYERS } };

function controlsOf(told: ReturnType<typeof cell>['told']) {
  return told.flatMap(({ plan }) => plan.decision.findings.map(({ control }) => control));
}

/** A cell that has closed these rules. Its messages and its journal are empty again. */
async function closed(...rules: readonly Rule[]) {
  const account = cell([group(rules)]);
  await account.run(opening(rules));
  expect(account.left()).toEqual([]);
  account.told.length = 0;
  account.journal.length = 0;
  return account;
}

/** A cell with these rules on record as given back. */
async function granted(...rules: readonly Rule[]) {
  const account = await closed(rule('tcp', 22, WORLD));
  const [entry] = await account.ledger.entries(GROUP);
  const asked = {
    by: { name: 'portcullis', through: 'portcullis' },
    reason: 'narrowed',
    at: account.clock.at,
  } as const;
  await account.ledger.recordGrant(entry!, { kind: 'narrow', granted: rules, refused: [], ...asked });
  await recordGrant(GROUP, rules, account);
  account.ec2.put(group(rules));
  return account;
}

/** What the cell remembers of the groups of a change. */
async function remembered({ scope }: Change, { ledger, records }: Pick<RemediationPorts, 'ledger' | 'records'>) {
  const ids = scope.by === 'group-id' ? scope.ids : [];
  const entries = await Promise.all(ids.map(async (id) => (await ledger.stateOf([id])).entries));
  return { entries: entries.flat(), records: await records.get(ids) };
}

async function isOwnRemoval(event: Change, ports: Pick<RemediationPorts, 'ledger' | 'records'>): Promise<boolean> {
  return ownChange.isOwnRemoval(event, await remembered(event, ports));
}

async function isOwnGrant(event: Change, ports: Pick<RemediationPorts, 'ledger' | 'records'>): Promise<boolean> {
  return ownChange.isOwnGrant(event, await remembered(event, ports));
}

function decided({ journal }: Pick<ReturnType<typeof cell>, 'journal'>) {
  return journal.filter(({ what }) => what === 'decided');
}

describe('a removal that the ledger does not have', () => {
  const inner = rule('tcp', 8080, '10.0.0.0/8');
  const ssh = rule('tcp', 22, WORLD);

  it.each(NAMED_LIKE_US)('is not ours when it was made by %s, and people are told', async (_, actor) => {
    const { run, told, ports } = await closed(ssh);
    const event = closing([inner], by(actor));
    expect(await isOwnRemoval(event, ports)).toBe(false);
    await run(event, { policy: managed });
    expect(controlsOf(told)).toEqual(['unmanaged-change']);
  });

  it.each(NAMED_LIKE_US)('counts as a closing by somebody when it was made by %s', async (_, actor) => {
    const { run, told, ec2 } = cell([group([])]);
    await run(opening([ssh], by(actor)));
    ec2.put(group([]));
    const event = closing([ssh], by(actor));
    await run({ ...event, at: event.at + MINUTE });
    expect(controlsOf(told)).toEqual(['flapping']);
  });
});

describe('a grant that the ledger does not have', () => {
  const inner = rule('tcp', 8080, '10.0.0.0/8');
  const other = rule('tcp', 9090, '10.0.0.0/8');

  it.each(NAMED_LIKE_US)('is not ours when it was made by %s, and people are told', async (_, actor) => {
    const { run, told, ports, ec2 } = await granted(inner);
    ec2.put(group([inner, other]));
    const event = opening([other], by(actor));
    expect(await isOwnGrant(event, ports)).toBe(false);
    await run(event, { policy: managed });
    expect(controlsOf(told)).toEqual(['unmanaged-change']);
  });
});

describe('a removal that the ledger has', () => {
  it.each([...OTHERS, ...NAMED_LIKE_US])('is ours when it was made by %s', async (_, actor) => {
    const ssh = rule('tcp', 22, WORLD);
    const account = await closed(ssh);
    const event = closing([ssh], by(actor));
    expect(await isOwnRemoval(event, account.ports)).toBe(true);
    await account.run(event, { policy: managed });
    expect([account.told, decided(account)]).toEqual([[], []]);
  });

  it('is ours while the plan is still being carried out', async () => {
    const ssh = rule('tcp', 22, WORLD);
    const { run, ports } = cell([group([ssh])]);
    const heard: boolean[] = [];
    const revoke: typeof ports.groups.revoke = async (step) => {
      const revoked = await ports.groups.revoke(step);
      heard.push(await isOwnRemoval(closing([ssh]), ports));
      return revoked;
    };
    await run(opening([ssh]), { ports: { groups: { ...ports.groups, revoke } } });
    expect(heard).toEqual([true]);
  });
});

describe('a grant that the ledger has', () => {
  it.each([...OTHERS, ...NAMED_LIKE_US])('is ours when it was made by %s', async (_, actor) => {
    const inner = rule('tcp', 8080, '10.0.0.0/8');
    const { run, told, ports } = await granted(inner);
    const event = opening([inner], by(actor));
    expect(await isOwnGrant(event, ports)).toBe(true);
    await run(event, { policy: managed });
    expect(told).toEqual([]);
  });
});

describe('a call for several rules', () => {
  const [first, second] = [rule('tcp', 22, WORLD), rule('tcp', 3389, WORLD)];
  const foreign = rule('tcp', 8080, '10.0.0.0/8');

  it('is our removal when the ledger has all of its rules, from one plan or from several', async () => {
    const { ports, run, ec2 } = await closed(first, second);
    expect(await isOwnRemoval(closing([second, first]), ports)).toBe(true);
    const third = rule('tcp', 5432, WORLD);
    ec2.put(group([third]));
    await run(opening([third]), { owner: 'invocation-2' });
    expect(await isOwnRemoval(closing([third, first]), ports)).toBe(true);
  });

  it.each([
    ['first', [foreign, first, second]],
    ['in the middle', [first, foreign, second]],
    ['last', [first, second, foreign]],
  ])('is not our removal when one rule is foreign, %s, and people are told', async (_, rules) => {
    const { run, told, ports } = await closed(first, second);
    expect(await isOwnRemoval(closing(rules), ports)).toBe(false);
    await run(closing(rules, { actor: ANN }), { policy: managed });
    expect(controlsOf(told)).toContain('unmanaged-change');
  });

  it.each([
    ['first', [foreign, first, second]],
    ['last', [first, second, foreign]],
  ])('is not our grant when one rule is foreign, %s, and people are told', async (_, rules) => {
    const inner = rules.map((one) => (one === foreign ? one : { ...one, source: foreign.source }));
    const { run, told, ports, ec2 } = await granted(...inner.filter((one) => one !== foreign));
    ec2.put(group(inner));
    expect(await isOwnGrant(opening(inner), ports)).toBe(false);
    await run(opening(inner, { actor: ANN }), { policy: managed });
    expect(controlsOf(told)).toEqual(['unmanaged-change']);
  });
});

describe('what looks like one of our changes and is not', () => {
  const ssh = rule('tcp', 22, WORLD);

  it('is the event of the opening, delivered again after it was closed', async () => {
    const { ports } = await closed(ssh);
    expect(await isOwnRemoval(opening([ssh]), ports)).toBe(false);
    expect(await isOwnGrant(opening([ssh]), ports)).toBe(false);
  });

  it('is the removal by somebody else of a rule that we gave back', async () => {
    const inner = rule('tcp', 8080, '10.0.0.0/8');
    const { ports } = await granted(inner);
    expect(await isOwnRemoval(closing([inner]), ports)).toBe(false);
    expect(await isOwnGrant(closing([inner]), ports)).toBe(false);
  });

  it('is the removal by a person of a rule whose plan is pending or has failed', async () => {
    const waits = cell([group([ssh])], { ceiling: 'approve' });
    expect(await waits.run(opening([ssh]))).toMatchObject([{ status: 'pending' }]);
    expect(await isOwnRemoval(closing([ssh]), waits.ports)).toBe(false);
    const fails = cell([group([ssh])]);
    const revoke = async () => await Promise.reject(new CallFailed('Revoke', 'UnauthorizedOperation', false, 'no'));
    const outcomes = await fails.run(opening([ssh]), { ports: { groups: { ...fails.ports.groups, revoke } } });
    expect(outcomes).toMatchObject([{ status: 'failed' }]);
    expect(await isOwnRemoval(closing([ssh]), fails.ports)).toBe(false);
  });

  it('is the removal by a person of a rule in alert mode whose invocation died before the plan was settled', async () => {
    const { run, ports, ledger } = cell([group([ssh])], { ceiling: 'alert' });
    const publish = async () => await Promise.reject(new Error('died'));
    await expect(run(opening([ssh]), { ports: { notifier: { ...ports.notifier, publish } } })).rejects.toThrow('died');
    expect((await ledger.stateOf([GROUP])).entries).toHaveLength(1);
    expect(await isOwnRemoval(closing([ssh]), ports)).toBe(false);
  });

  it('is the removal of the same rule id in another group', async () => {
    const { ports } = await closed(ssh);
    const scope = { by: 'group-id', ids: ['sg-00000000000000002'] } as const;
    expect(await isOwnRemoval(closing([ssh], { scope }), ports)).toBe(false);
  });

  it('is a removal whose event has no rule ids at another time, or has no group id', async () => {
    const { ports } = await closed(ssh);
    const withoutIds = { kind: 'rules', ids: [], contents: [ssh] } as const;
    const later = change([]).at + 60 * MINUTE;
    expect(await isOwnRemoval(closing([ssh], { added: withoutIds, at: later }), ports)).toBe(false);
    expect(await isOwnRemoval(closing([ssh], { added: { kind: 'unknown' } }), ports)).toBe(false);
    expect(await isOwnRemoval(closing([ssh], { scope: { by: 'group-name', names: ['web'] } }), ports)).toBe(false);
  });
});
