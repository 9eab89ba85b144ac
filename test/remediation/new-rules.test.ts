import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Group } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { presetModes } from '../../shared/policy/control-options.ts';
import { UNLIMITED } from '../workflows/sweep/world.ts';
import { GUARD, group, rule } from './cell.ts';
import { MINUTE, type Opening, SECOND, timeline } from './timeline.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';

const STRICT: Policy = {
  ...GUARD,
  preset: 'strict',
  controls: Object.fromEntries(
    CONTROLS.map((control) => [control.id, { ...control.defaults, ...presetModes(control, 'strict') }]),
  ),
};

const PRESETS = [
  ['guard', GUARD],
  ['strict', STRICT],
] as const;

function opening(port: number, at: number, deliveries: readonly number[], groupId = GROUP, cidr = WORLD): Opening {
  return {
    rule: { ...rule('tcp', port, cidr), groupId },
    at,
    deliveries,
  };
}

/** Ports that are open to nobody in the world. */
const TEN = [22, 23, 135, 139, 445, 3306, 3389, 5432, 6379, 9200] as const;

function once(openings: readonly Opening[]) {
  return Object.fromEntries(openings.map(({ rule: { id = '' } }) => [id, 1] as const));
}

describe.each(PRESETS)('in preset %s', (_, policy) => {
  const withBudget = { ...policy, budget: { ...policy.budget, removalsPerHour: 2 } };

  it.each([
    ['in their order', [0, 1]],
    ['in the other order', [1, 0]],
    ['at once', [0, 0]],
    ['twenty minutes apart', [0, 20 * MINUTE]],
    ['twenty minutes apart, the later first', [20 * MINUTE, 0]],
  ])(
    'two openings of one group whose events come %s are two closings and nothing else',
    async (_order, [a = 0, b = 0]) => {
      const world = timeline([group([])], { policy: withBudget });
      const all = [opening(22, 0, [2 * SECOND + a]), opening(3306, 10, [2 * SECOND + b])];
      for (const one of all) world.open(one);
      await world.runUntil(30 * MINUTE);
      expect(world.account()).toEqual({ removals: once(all), existing: [], charged: [] });
      expect(world.told.map(({ status, removed }) => [status, removed.length])).toEqual([
        ['done', 1],
        ['done', 1],
      ]);
      expect(world.left()).toEqual([]);
    },
  );

  it('ten openings at once are ten closings in as many remediations, each told as its opener’s, and no other message', async () => {
    const world = timeline([group([])], { policy: withBudget });
    const all = TEN.map((port, i) => opening(port, i, [3 * SECOND - i]));
    for (const one of all) world.open(one);
    await world.runUntil(30 * MINUTE);
    expect(world.account()).toEqual({ removals: once(all), existing: [], charged: [] });
    expect(world.told).toHaveLength(10);
    expect(new Set(world.told.map(({ plan }) => plan.id)).size).toBe(10);
    for (const { plan, removed } of world.told) expect(plan.change.actor?.name).toBe(`opener of ${removed[0]?.id}`);
    expect(world.news).toEqual([]);
    expect(await world.ledger.waiting('held')).toEqual([]);
  });

  it('an opening whose event is lost is closed by the re-check that the next event asks for, as new', async () => {
    const world = timeline([group([])], { policy: withBudget });
    const [lost, told] = [opening(22, 0, []), opening(3306, 10, [SECOND])];
    world.open(lost);
    world.open(told);
    await world.runUntil(4 * MINUTE);
    expect(world.left()).toEqual([lost.rule]);
    await world.runUntil(6 * MINUTE);
    expect(world.account()).toEqual({ removals: once([lost, told]), existing: [], charged: [] });
    expect(world.left()).toEqual([]);
  });

  it('an opening that a sweep or AWS Config sees first is closed as new, and its own event says nothing more', async () => {
    for (const first of ['sweep', 'config'] as const) {
      const world = timeline([group([])], { policy: withBudget });
      const one = opening(22, 0, [10 * MINUTE]);
      world.open(one);
      if (first === 'sweep') world.sweepAt(SECOND);
      else world.configAt(SECOND, GROUP);
      await world.runUntil(30 * MINUTE);
      expect(world.account()).toEqual({ removals: once([one]), existing: [], charged: [] });
      expect(world.told).toHaveLength(1);
    }
  });

  it('a rule of the record is existing, and stays so beside openings', async () => {
    const old = rule('tcp', 22, WORLD);
    const world = timeline([group([old])], { policy: { ...policy, ...UNLIMITED } });
    world.open(opening(3306, 0, [SECOND]));
    await world.runUntil(MINUTE);
    const { existing } = world.account();
    expect(existing.flatMap(({ plan }) => plan.decision.rules)).toEqual([old]);
  });

  it('a harmless rule enters the record with its event; one whose event is lost with the next sweep', async () => {
    const world = timeline([group([])], { policy: withBudget });
    const [told, lost] = [opening(443, 0, [SECOND]), opening(80, 0, [])];
    world.open(told);
    world.open(lost);
    await world.runUntil(2 * MINUTE);
    expect(await world.recordedContents(GROUP)).toEqual([canonicalKey(told.rule)]);
    world.sweepAt(3 * MINUTE);
    await world.runUntil(4 * MINUTE);
    expect(await world.recordedContents(GROUP)).toEqual([told, lost].map((one) => canonicalKey(one.rule)).toSorted());
    expect(world.told).toEqual([]);
  });
});

describe('openings in three groups under a strict budget', () => {
  it('ten calls on each are thirty removals that use none of it', async () => {
    const groups = [1, 2, 3].map((n) => group([], { id: `sg-0000000000000000${n}` }));
    const policy = { ...STRICT, budget: { ...STRICT.budget, removalsPerHour: 20 } };
    const world = timeline(groups, { policy });
    const all = groups.flatMap(({ id }) =>
      TEN.map((port, i) => opening(port, i * 20, [2 * SECOND + ((i * 7) % 10)], id)),
    );
    for (const one of all) world.open(one);
    await world.runUntil(30 * MINUTE);
    expect(world.account()).toEqual({ removals: once(all), existing: [], charged: [] });
    expect(world.told).toHaveLength(30);
    expect(await world.ledger.waiting('held')).toEqual([]);
  });
});

describe('calls on a default group', () => {
  it('ask nobody about rules that their own events close', async () => {
    const world = timeline([group([], { name: 'default' })], { policy: GUARD });
    const all = [opening(8080, 0, [SECOND], GROUP, '10.0.0.0/8'), opening(8443, 10, [SECOND], GROUP, '10.0.0.0/8')];
    for (const one of all) world.open(one);
    await world.runUntil(30 * MINUTE);
    expect(world.account()).toEqual({ removals: once(all), existing: [], charged: [] });
    expect(await world.ledger.waiting('pending')).toEqual([]);
    expect(world.told.map(({ status }) => status)).toEqual(['done', 'done']);
  });
});

describe('two blocks by two calls that are the world only together', () => {
  it.each([
    ['in their order', [[SECOND], [2 * SECOND]]],
    ['in the other order', [[2 * SECOND], [SECOND]]],
    ['at once', [[SECOND], [SECOND - 10]]],
    [
      'doubled',
      [
        [SECOND, 2 * SECOND],
        [SECOND, 3 * SECOND],
      ],
    ],
    ['the first lost', [[], [SECOND]]],
    ['the second lost', [[SECOND], []]],
  ] as const)('events %s: one of them goes, and only one', async (_, deliveries) => {
    const world = timeline([group([])], { policy: GUARD });
    world.open(opening(22, 0, deliveries[0], GROUP, '96.0.0.0/9'));
    world.open(opening(22, 10, deliveries[1], GROUP, '96.128.0.0/9'));
    world.sweepAt(28 * MINUTE);
    await world.runUntil(30 * MINUTE);
    expect(world.left()).toHaveLength(1);
    expect(Object.values(world.account().removals)).toEqual([1]);
    expect(world.account().existing).toEqual([]);
    expect(await world.recordedContents(GROUP)).toEqual(world.openRules(GROUP));
  });
});

describe('a group without a record', () => {
  const unrecorded = (groups: readonly Group[], policy: Policy = { ...GUARD, ...UNLIMITED }) =>
    timeline(groups, { policy, recorded: [] });

  it('loses what the event added; the rest is left alone for fifteen minutes, and then told as existing', async () => {
    const old = rule('tcp', 22, WORLD);
    const world = unrecorded([group([old])]);
    const one = opening(3306, 0, [SECOND]);
    world.open(one);
    await world.runUntil(14 * MINUTE);
    expect([world.left(), world.told.length]).toEqual([[old], 1]);
    expect(world.journal).toContainEqual(expect.objectContaining({ what: 'withheld' }));
    await world.runUntil(21 * MINUTE);
    expect(world.told.map(({ status, plan }) => [status, plan.decision.rules])).toEqual([
      ['done', [one.rule]],
      ['reported', [old]],
    ]);
  });

  it('has every opening closed by its own event, however parallel, without a word about the others', async () => {
    const world = unrecorded([group([])]);
    const all = [22, 3306, 5432, 6379].map((port, i) => opening(port, i, [SECOND + (i % 2) * 9 * MINUTE]));
    for (const one of all) world.open(one);
    await world.runUntil(40 * MINUTE);
    expect(world.account()).toEqual({ removals: once(all), existing: [], charged: [] });
    expect(world.told).toHaveLength(4);
  });

  it('is recorded by the first sweep, which acts on nothing; what comes after it is new', async () => {
    const old = rule('tcp', 22, WORLD);
    const world = unrecorded([group([old])]);
    world.sweepAt(SECOND);
    const late = opening(3306, 5 * MINUTE, []);
    world.open(late);
    await world.runUntil(14 * MINUTE);
    expect([world.told, world.left()]).toEqual([[], [old, late.rule]]);
    await world.runUntil(21 * MINUTE);
    expect(world.left()).toEqual([old]);
    expect(world.told.map(({ status, plan }) => [status, plan.decision.findings[0]?.freshness])).toEqual(
      expect.arrayContaining([
        ['done', 'fresh'],
        ['reported', 'existing'],
      ]),
    );
  });
});

const PORTS = [22, 80, 443, 3306, 3389, 5432, 6379, 8080] as const;
const SENSITIVE: ReadonlySet<number> = new Set([22, 3306, 3389, 5432, 6379]);
/** In guard people are told of it, in strict it is closed. */
const UNUSUAL: ReadonlySet<number> = new Set([8080]);

const deliveries = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constant([] as number[]) },
);

const story = fc.record({
  openings: fc.uniqueArray(
    fc.record({
      port: fc.constantFrom(...PORTS),
      group: fc.constantFrom('sg-00000000000000001', 'sg-00000000000000002'),
      at: fc.integer({ min: 0, max: 5 * SECOND }),
      deliveries,
    }),
    { minLength: 1, maxLength: 8, selector: (one) => `${one.group} ${one.port}` },
  ),
  sweeps: fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { maxLength: 2 }),
  looks: fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { maxLength: 2 }),
  preset: fc.constantFrom('guard', 'strict' as const),
});

describe('whatever order events, sweeps and looks of AWS Config come in, late, doubled or lost', () => {
  it('each new rule is closed in one remediation and one message, as new, and nothing is charged', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ openings, sweeps, looks, preset }) => {
        const policy = { ...(preset === 'guard' ? GUARD : STRICT), budget: { removalsPerHour: 1, sweepShare: 1 } };
        const groups = [group([]), group([], { id: 'sg-00000000000000002' })];
        const world = timeline(groups, { policy });
        const all = openings.map((one) => opening(one.port, one.at, one.deliveries, one.group));
        for (const one of all) world.open(one);
        for (const at of [...sweeps, 41 * MINUTE]) world.sweepAt(at);
        for (const at of looks) world.configAt(at, GROUP);
        await world.runUntil(50 * MINUTE);
        const at = (ports: ReadonlySet<number>) => all.filter((one) => ports.has(one.rule.fromPort ?? 0));
        const closing = [...at(SENSITIVE), ...(preset === 'strict' ? at(UNUSUAL) : [])];
        const reported = preset === 'guard' ? at(UNUSUAL) : [];
        expect(world.account()).toEqual({ removals: once(closing), existing: [], charged: [] });
        const told = world.told.flatMap(({ status, removed, plan }) =>
          status === 'done' ? removed : plan.decision.rules,
        );
        expect(told.map(({ id = '' }) => id).toSorted()).toEqual(
          [...closing, ...reported].map(({ rule: { id = '' } }) => id).toSorted(),
        );
        for (const { id } of groups) expect(await world.recordedContents(id)).toEqual(world.openRules(id));
      }),
      { numRuns: 150 },
    );
  });
});
