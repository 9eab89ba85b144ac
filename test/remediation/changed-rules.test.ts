import { describe, expect, it } from 'vitest';
import { CallFailed, RuleKeepsChanging, Unfinished } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import { isOwnRemoval } from '../../shared/remediation/own-change.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';
import { underEveryFault } from './faulty.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';

/** Octets of public /8 blocks: each is the world by itself. */
const OCTETS = [3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20] as const;

function withCidr(one: Rule, cidr: string): Rule {
  return { ...one, source: { kind: 'ipv4', cidr } };
}

type World = ReturnType<typeof cell>;

/** Runs `before` just before each revoke reaches EC2, with the number of that call. */
function beforeRevoke({ ports }: World, before: (nth: number) => void): RemediationPorts['groups'] {
  let calls = 0;
  return {
    ...ports.groups,
    revoke: async (step) => {
      calls += 1;
      before(calls);
      return await ports.groups.revoke(step);
    },
  };
}

const enforcingExisting: Policy = {
  ...GUARD,
  budget: { ...GUARD.budget, removalsPerHour: 3 },
  controls: { ...GUARD.controls, 'world-open-admin': { ...GUARD.controls['world-open-admin']!, existing: 'enforce' } },
};

const sweep = change([], { id: 'sweep-1', call: 'Sweep', trigger: 'sweep', added: { kind: 'unknown' } });

describe('a rule that its author narrows while we act', () => {
  it('stays, and nobody hears of it', async () => {
    const open = rule('tcp', 22, WORLD);
    const narrowed = withCidr(open, '198.51.100.7/32');
    const world = cell([group([open])]);
    const groups = beforeRevoke(world, () => world.ec2.put(group([narrowed])));
    const outcomes = await world.run(change([open]), { ports: { groups } });
    expect(world.left()).toEqual([narrowed]);
    expect(outcomes).toMatchObject([{ status: 'done', removed: [], alreadyGone: [], changed: [open] }]);
    expect([world.told, world.followed]).toEqual([[], []]);
    expect((await world.ledger.stateOf([GROUP])).entries).toEqual([]);
  });

  it('stays, unrecorded and untold, whatever call breaks', async () => {
    await underEveryFault({
      make: () => {
        const open = rule('tcp', 22, WORLD);
        const world = cell([group([open])]);
        const narrowed = withCidr(open, '198.51.100.7/32');
        return { world, open, narrowed, groups: beforeRevoke(world, () => world.ec2.put(group([narrowed]))) };
      },
      run: async ({ world, open, groups }, wrap) =>
        await world.run(change([open]), { ports: wrap({ ...world.ports, groups }) }),
      between: ({ world }) => {
        world.clock.at += 61_000;
      },
      check: async ({ world, narrowed }) => {
        expect(world.left()).toEqual([narrowed]);
        expect([world.told, world.followed]).toEqual([[], []]);
        const entries = await world.ledger.entries(GROUP);
        expect(entries.flatMap(({ outcome }) => outcome?.removed ?? [])).toEqual([]);
      },
    });
  });

  it('does not protect the other rules of the plan', async () => {
    const [open, other] = [rule('tcp', 22, WORLD), rule('tcp', 3389, WORLD)];
    const narrowed = withCidr(open, '198.51.100.7/32');
    const world = cell([group([open, other])]);
    const groups = beforeRevoke(world, (nth) => nth === 1 && world.ec2.put(group([narrowed, other])));
    await world.run(change([open, other]), { ports: { groups } });
    expect(world.left()).toEqual([narrowed]);
    expect(world.told).toMatchObject([{ status: 'done', removed: [other], changed: [open] }]);
  });
});

describe('a rule that is moved to another range of the world while we act', () => {
  it('is closed by the same invocation, and people are told of what went', async () => {
    const open = rule('tcp', 22, WORLD);
    const moved = withCidr(open, '8.0.0.0/8');
    const world = cell([group([open])]);
    const groups = beforeRevoke(world, (nth) => nth === 1 && world.ec2.put(group([moved])));
    await world.run(change([open]), { ports: { groups } });
    expect(world.left()).toEqual([]);
    expect(world.told).toMatchObject([{ status: 'done', removed: [moved] }]);
  });

  it('is closed under the mode of fresh rules, and counts once against the budget, when a sweep meets it', async () => {
    const open = rule('tcp', 22, WORLD);
    const world = cell([group([open])]);
    const groups = beforeRevoke(
      world,
      (nth) => nth <= 5 && world.ec2.put(group([withCidr(open, `${OCTETS[nth] ?? 0}.0.0.0/8`)])),
    );
    await world.run(sweep, { policy: enforcingExisting, ports: { groups } });
    expect(world.left()).toEqual([]);
    expect(world.told.map(({ status }) => status)).toEqual(['done']);
  });

  it('keeps none of the others open; the invocation tells that it could not be closed, and fails to be retried', async () => {
    const [open, ...others] = [22, 3389, 5432].map((port) => rule('tcp', port, WORLD));
    const world = cell([group([open!, ...others])]);
    const standing = () => world.left().filter(({ id }) => id !== open!.id);
    const othersLeft: number[] = [];
    const groups = beforeRevoke(world, (nth) => {
      othersLeft.push(standing().length);
      world.ec2.put(group([withCidr(open!, `${OCTETS[nth] ?? 0}.0.0.0/8`), ...standing()]));
    });
    const failure = await world.run(change([open!, ...others]), { ports: { groups } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unfinished);
    expect(failure).toMatchObject({ retryable: true, causes: [expect.any(RuleKeepsChanging)] });
    expect(othersLeft.slice(0, 2)).toEqual([2, 0]);
    const [left] = world.left();
    expect(world.told.at(-1)).toMatchObject({ status: 'failed', removed: [], plan: { decision: { rules: [left] } } });
    expect(world.told.flatMap(({ removed }) => removed)).toEqual(others);
    await world.run(change([open!, ...others]));
    expect(world.left()).toEqual([]);
    expect(world.told.at(-1)).toMatchObject({ status: 'done', removed: [left] });
  });

  it('is told as not closed though it goes to and fro between two contents that were judged before', async () => {
    const open = rule('tcp', 22, WORLD);
    const other = withCidr(open, '8.0.0.0/8');
    const world = cell([group([open])]);
    const groups = beforeRevoke(world, () => {
      const isOpen = world.left().some(({ source }) => 'cidr' in source && source.cidr === WORLD);
      world.ec2.put(group([isOpen ? other : open]));
    });
    await expect(world.run(change([open]), { ports: { groups } })).rejects.toMatchObject({ retryable: true });
    expect(world.told).toMatchObject([{ status: 'failed' }]);
    await world.run(change([open]));
    expect(world.left()).toEqual([]);
    expect(world.told.map(({ status }) => status)).toEqual(['failed', 'done']);
  });

  it('is left to another invocation that has it by then, which is the one to record what becomes of it', async () => {
    const open = rule('tcp', 22, WORLD);
    const world = cell([group([open])]);
    const groups = beforeRevoke(world, (nth) => world.ec2.put(group([withCidr(open, `${OCTETS[nth] ?? 0}.0.0.0/8`)])));
    let reservations = 0;
    const ledger: RemediationPorts['ledger'] = Object.create(world.ledger, {
      reserve: {
        value: async (...args: Parameters<RemediationPorts['ledger']['reserve']>) => {
          reservations += 1;
          return reservations > 7 ? 'busy' : await world.ledger.reserve(...args);
        },
      },
    });
    await expect(world.run(change([open]), { ports: { groups, ledger } })).rejects.toMatchObject({ retryable: true });
    expect([reservations, world.told]).toEqual([8, []]);
    expect((await world.ledger.entries(GROUP)).map(({ outcome }) => outcome?.status)).not.toContain('failed');
  });

  it('is forgotten once it is harmless', async () => {
    const open = rule('tcp', 22, WORLD);
    const world = cell([group([open])]);
    const narrowed = withCidr(open, '198.51.100.7/32');
    const groups = beforeRevoke(world, (nth) =>
      world.ec2.put(group([nth < 3 ? withCidr(open, `${OCTETS[nth] ?? 0}.0.0.0/8`) : narrowed])),
    );
    await world.run(change([open]), { ports: { groups } });
    expect([world.left(), world.told]).toEqual([[narrowed], []]);
  });
});

describe('a rule that a person narrows after an attempt that failed', () => {
  /**
   * The attempt failed before EC2 removed anything; a minute later the person modifies the rule, and that
   * event comes.
   */
  const narrowedLater = async () => {
    const open = rule('tcp', 22, WORLD);
    const world = cell([group([open])]);
    const revoke = async () => await Promise.reject(new CallFailed('Revoke', 'InternalError', true, new Error('x')));
    await world.run(change([open]), { ports: { groups: { ...world.ports.groups, revoke } } }).catch(() => undefined);
    const narrowed = withCidr(open, '10.0.0.0/8');
    world.ec2.put(group([narrowed]));
    world.clock.at += 100_000;
    const event = change([narrowed], { id: 'event-2', call: 'ModifySecurityGroupRules', trigger: 'rules-modified' });
    await world.run(event, { owner: 'invocation-2' });
    return { ...world, narrowed };
  };

  it('is neither told nor recorded as removed', async () => {
    const { left, told, ledger, narrowed } = await narrowedLater();
    expect([left(), told]).toEqual([[narrowed], []]);
    expect(await ledger.entries(GROUP)).toMatchObject([{ outcome: { status: 'done', removed: [], changed: [{}] } }]);
  });

  it('and removes later by themselves is not taken for our own removal', async () => {
    const { records, narrowed } = await narrowedLater();
    const removal = change([narrowed], { id: 'event-3', call: 'RevokeSecurityGroupIngress', trigger: 'rules-removed' });
    expect(isOwnRemoval(removal, { entries: [], records: await records.get([GROUP]) })).toBe(false);
  });

  it('is not recorded as removed by the retry of the same event either', async () => {
    const open = rule('tcp', 22, WORLD);
    const world = cell([group([open])]);
    const revoke = async () => await Promise.reject(new CallFailed('Revoke', 'InternalError', true, new Error('x')));
    await world.run(change([open]), { ports: { groups: { ...world.ports.groups, revoke } } }).catch(() => undefined);
    const groups = beforeRevoke(world, () => world.ec2.put(group([withCidr(open, '10.0.0.0/8')])));
    await world.run(change([open]), { ports: { groups } });
    expect([world.left().length, world.told]).toEqual([1, []]);
  });
});
