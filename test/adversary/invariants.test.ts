import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../shared/domain/change.ts';
import type { Outcome, Plan } from '../../shared/domain/decision.ts';
import { CallFailed, Unfinished } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { decisionsFor } from '../../shared/remediation/decide/decide-group.ts';
import { effort } from '../effort.ts';
import { cell, change, GUARD, group, rule } from '../remediation/cell.ts';

const GROUPS = ['sg-00000000000000001', 'sg-00000000000000002'];
const PUBLIC = ['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1', '60.0.0.0/8', '2600::/12'];
const PRIVATE = ['10.0.0.0/8', '198.51.100.7/32', 'fd00::/8', 'sg-00000000000000009'];
const OPEN = [22, 3306, 6379, [0, 65_535], [3300, 3310]] as const;
const SERVED = [80, 443, 5433] as const;

interface Draft {
  readonly protocol: string;
  readonly port: number | readonly [number, number];
  readonly cidr: string;
}

/** No control asks for the removal of such a rule, whatever else is in the group. */
const harmless: fc.Arbitrary<Draft> = fc.oneof(
  fc.record({ protocol: fc.constant('tcp'), port: fc.constantFrom(...SERVED), cidr: fc.constantFrom(...PUBLIC) }),
  fc.record({
    protocol: fc.constantFrom('tcp', '-1'),
    port: fc.constantFrom(...OPEN),
    cidr: fc.constantFrom(...PRIVATE),
  }),
  fc.record({ protocol: fc.constantFrom('icmp', '47'), port: fc.constant(22), cidr: fc.constantFrom(...PUBLIC) }),
);
const opening: fc.Arbitrary<Draft> = fc.oneof(
  fc.record({ protocol: fc.constant('tcp'), port: fc.constantFrom(...OPEN), cidr: fc.constantFrom(...PUBLIC) }),
  fc.record({ protocol: fc.constant('-1'), port: fc.constant([-1, -1] as const), cidr: fc.constantFrom(...PUBLIC) }),
);

interface Happening {
  readonly target: number;
  readonly drafts: readonly (Draft & { readonly isHarmless: boolean })[];
  /** Whether the event names rule ids, or only contents, as before 2021. */
  readonly form: 'ids' | 'contents';
  /** Modifies the first rule of the group instead of adding a rule. */
  readonly modify: boolean;
  /** The number of other events that are delivered before this event. */
  readonly late: number;
  readonly doubled: boolean;
  readonly faults: readonly number[];
}

const drafts = fc.array(
  fc.oneof(
    harmless.map((draft) => ({ ...draft, isHarmless: true })),
    opening.map((draft) => ({ ...draft, isHarmless: false })),
  ),
  { minLength: 1, maxLength: 4 },
);

const happening: fc.Arbitrary<Happening> = fc.record({
  target: fc.nat(GROUPS.length - 1),
  drafts,
  form: fc.constantFrom('ids', 'contents'),
  modify: fc.boolean(),
  late: fc.nat(4),
  doubled: fc.boolean(),
  faults: fc.array(fc.nat(3), { maxLength: 2 }),
});

function toRule({ protocol, port, cidr }: Draft, groupId: string): Rule {
  return { ...rule(protocol, port, cidr), groupId };
}

/** An account with random changes and their events, and a check of everything that Portcullis does. */
function stage(initial: readonly Draft[]) {
  const account = cell(
    GROUPS.map((id) =>
      group(
        initial.map((draft) => toRule(draft, id)),
        { id },
      ),
    ),
  );
  const [harmlessIds, arrived] = [new Set<string>(), new Set<string>()];
  for (const { id = '' } of account.left()) harmlessIds.add(id);
  const removed: Rule[] = [];

  /** Invariant 4: when a rule is removed, the ledger already has it with the reason and the undo. */
  const revoke: RemediationPorts['groups']['revoke'] = async (step) => {
    const entries = await account.ledger.entries(step.groupId);
    for (const one of step.rules) {
      const entry = entries.find(({ plan }) => plan.undo.some((undo) => undo.rules.some(({ id }) => id === one.id)));
      const undone = entry?.plan.undo.flatMap(({ rules }) => rules).find(({ id }) => id === one.id);
      expect(undone).toEqual(one);
      expect(entry?.plan.decision.findings.some(({ rules }) => rules.some(({ id }) => id === one.id))).toBe(true);
      expect(harmlessIds).not.toContain(one.id);
    }
    const answer = await account.ports.groups.revoke(step);
    removed.push(...answer.removed);
    return answer;
  };

  const rulesOf = (groupId: string) => account.left().filter((one) => one.groupId === groupId);
  const put = (groupId: string, rules: readonly Rule[]) => account.ec2.put(group(rules, { id: groupId }));

  const add = (groupId: string, { drafts: wanted, form }: Happening): Partial<Change> => {
    const known = new Set(rulesOf(groupId).map(canonicalKey));
    const added = wanted.flatMap((draft) => {
      const one = toRule(draft, groupId);
      if (known.has(canonicalKey(one))) return [];
      known.add(canonicalKey(one));
      if (draft.isHarmless) harmlessIds.add(one.id ?? '');
      return [one];
    });
    put(groupId, [...rulesOf(groupId), ...added]);
    for (const { id = '' } of added) arrived.add(id);
    const ids = form === 'ids' ? added.map(({ id }) => id ?? '') : [];
    return { added: { kind: 'rules', ids, contents: added } };
  };

  const modify = (groupId: string, { drafts: [draft] }: Happening): Partial<Change> => {
    const [old, ...others] = rulesOf(groupId);
    if (old?.id === undefined || draft === undefined) return {};
    const changed = { ...toRule(draft, groupId), id: old.id };
    if (!others.some((one) => canonicalKey(one) === canonicalKey(changed))) {
      put(groupId, [changed, ...others]);
      arrived.add(old.id);
      if (!draft.isHarmless) harmlessIds.delete(old.id);
    }
    return { trigger: 'rules-modified', added: { kind: 'rules', ids: [old.id], contents: [] } };
  };

  const happen = (one: Happening, serial: number): Change => {
    const groupId = GROUPS[one.target] ?? '';
    const what = one.modify ? modify(groupId, one) : add(groupId, one);
    return change([], { id: `event-${serial}`, scope: { by: 'group-id', ids: [groupId] }, ...what });
  };
  return { account, revoke, happen, removed, arrived };
}

type Stage = ReturnType<typeof stage>;

/**
 * Ports of one delivery. Among the calls that change something, those with the given numbers fail before or
 * after their effect.
 */
function unreliable({ account, revoke }: Stage, faults: readonly number[]): Partial<RemediationPorts> {
  const left = [...faults];
  let calls = 0;
  const risky =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const breaks = left.includes(calls);
      if (breaks) left.splice(left.indexOf(calls), 1);
      calls += 1;
      const fault = new CallFailed('call', 'ServiceUnavailable', true, 'broken');
      if (breaks && calls % 2 === 0) throw fault;
      const answer = await call(...args);
      if (breaks) throw fault;
      return answer;
    };
  const { ledger, notifier: notices, groups } = account.ports;
  return {
    groups: { fetchSnapshot: async (scope, needs) => await groups.fetchSnapshot(scope, needs), revoke: risky(revoke) },
    ledger: {
      find: async (groupId, planId) => await ledger.find(groupId, planId),
      entries: async (groupId) => await ledger.entries(groupId),
      stateOf: async (groupIds) => await ledger.stateOf(groupIds),
      reserve: risky(async (plan: Plan, owner: string) => await ledger.reserve(plan, owner)),
      settle: risky(async (outcome: Outcome) => await ledger.settle(outcome)),
    },
    notifier: { ...notices, publish: risky(async (outcome: Outcome) => await notices.publish(outcome)) },
  };
}

/** Retries like Lambda: a failed attempt is followed by others with the same request id. */
async function deliver(on: Stage, event: Change, owner: string, faults: readonly number[]): Promise<void> {
  const ports = unreliable(on, faults);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await on.account.run(event, { owner, ports, policy: { ...GUARD, reopenLoopFrom: Number.POSITIVE_INFINITY } });
      return;
    } catch (error) {
      if (!(error instanceof Unfinished) || !error.retryable || attempt > faults.length) throw error;
    }
  }
}

async function play(on: Stage, happenings: readonly Happening[], withFaults: boolean): Promise<void> {
  const waiting: { readonly at: number; readonly event: Change; readonly faults: readonly number[] }[] = [];
  const due = async (now: number): Promise<void> => {
    const ready = waiting.filter(({ at }) => at <= now);
    for (const one of ready) {
      waiting.splice(waiting.indexOf(one), 1);
      await deliver(on, one.event, `invocation-${one.event.id}-${one.at}`, one.faults);
    }
  };
  for (const [now, one] of happenings.entries()) {
    const event = on.happen(one, now);
    const faults = withFaults ? one.faults : [];
    waiting.push({ at: now + one.late, event, faults });
    if (one.doubled) waiting.push({ at: now + one.late + 2, event, faults: [] });
    await due(now);
  }
  await due(Number.POSITIVE_INFINITY);
}

function nothingToEnforce({ account, arrived }: Stage): void {
  for (const one of account.ec2.groups) {
    const ids = one.rules.map(({ id }) => id ?? '').filter((id) => arrived.has(id));
    const added = { kind: 'rules', ids, contents: [] } as const;
    const decisions = decisionsFor(
      { group: one, facts: { attachments: [] } },
      change([], { added: added }),
      GUARD,
      'enforce',
    );
    expect(decisions.filter(({ mode }) => mode === 'enforce')).toEqual([]);
  }
}

describe('random changes to random groups with late, duplicate and reordered events', () => {
  it('leave nothing to enforce, keep harmless rules, and record each removal first and notify of it once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(harmless, { maxLength: 4 }),
        fc.array(happening, { maxLength: 10 }),
        async (initial, all) => {
          const on = stage(initial);
          await play(on, all, false);
          nothingToEnforce(on);
          const told = on.account.told.flatMap(({ removed }) => removed.map(({ id }) => id));
          expect(new Set(told)).toEqual(new Set(on.removed.map(({ id }) => id)));
          expect(new Set(told).size).toBe(told.length);
          expect(new Set(on.account.told.map(({ plan }) => plan.id)).size).toBe(on.account.told.length);
        },
      ),
      { numRuns: effort(50, 150) },
    );
  });

  it('do the same while calls fail before or after their effect, and notify of every removal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(harmless, { maxLength: 4 }),
        fc.array(happening, { maxLength: 10 }),
        async (initial, all) => {
          const on = stage(initial);
          await play(on, all, true);
          nothingToEnforce(on);
          const told = new Set(on.account.told.flatMap(({ removed }) => removed.map(({ id }) => id)));
          expect(on.removed.filter(({ id }) => !told.has(id))).toEqual([]);
          const entries = await Promise.all(GROUPS.map((id) => on.account.ledger.entries(id)));
          expect(entries.flat().filter(({ outcome }) => outcome === undefined)).toEqual([]);
        },
      ),
      { numRuns: effort(50, 150) },
    );
  });
});
