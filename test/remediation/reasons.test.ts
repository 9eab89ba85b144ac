import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canaryGroup, markerRule } from '../../shared/domain/canary.ts';
import type { Change } from '../../shared/domain/change.ts';
import type { Mode } from '../../shared/domain/control-options.ts';
import { CallFailed, FactUnread } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { JournalEntry, RemediationPorts } from '../../shared/domain/ports.ts';
import { type InactionReason, REASONS } from '../../shared/domain/reasons.ts';
import { recordGrant } from '../../shared/workflows/common/grant.ts';
import { type CellOptions, cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';
const ALWAYS = { at: 0, until: Number.MAX_SAFE_INTEGER };
const SSH = rule('tcp', 22, WORLD);
const RDP = rule('tcp', 3389, WORLD);
const HTTPS = rule('tcp', 443, '10.0.0.0/8');
/** Half of the world. */
const HALF = rule('tcp', 22, '12.0.0.0/9');
const INTERFACE = { [GROUP]: [{ interfaceId: 'eni-1', description: '', type: 'interface' }] };

type World = ReturnType<typeof cell>;

const EXISTING = change([], { id: 'sweep', call: 'Sweep', trigger: 'sweep', added: { kind: 'unknown' } });

function withModes(control: string, modes: { readonly fresh?: Mode; readonly existing?: Mode }): Policy {
  const options = GUARD.controls[control];
  if (options === undefined) throw new Error(`the policy has no ${control}`);
  return { ...GUARD, controls: { ...GUARD.controls, [control]: { ...options, ...modes } } };
}

const ALERTING = withModes('world-open-admin', { fresh: 'alert', existing: 'alert' });
const ENFORCING = withModes('world-open-admin', { fresh: 'enforce', existing: 'enforce' });
const WITHOUT_BUDGET: Policy = { ...ENFORCING, budget: { ...GUARD.budget, removalsPerHour: 0 } };

interface Setting {
  readonly rules?: readonly Rule[];
  readonly group?: Parameters<typeof group>[1];
  readonly options?: CellOptions;
  readonly policy?: Policy;
  readonly ports?: (world: World) => Partial<RemediationPorts>;
  /** What happens before the event. */
  readonly before?: (world: World) => Promise<unknown>;
}

/** The journal of one event. An event that is left unfinished is tried again by Lambda and counts as well. */
async function journalOf(event: Change, setting: Setting = {}): Promise<readonly JournalEntry[]> {
  const world = cell([group(setting.rules ?? [SSH], setting.group)], { recorded: [], ...setting.options });
  await setting.before?.(world);
  world.journal.length = 0;
  const { policy = GUARD } = setting;
  await world.run(event, { owner: 'last', policy, ports: setting.ports?.(world) ?? {} }).catch(() => undefined);
  return world.journal;
}

/** The journal of an event about a rule that was in the record of its group. */
async function journalOfExisting(setting: Setting): Promise<readonly JournalEntry[]> {
  return await journalOf(EXISTING, { options: { recorded: [group([SSH])] }, ...setting });
}

function beforeRevoke({ ports }: World, act: () => unknown): Partial<RemediationPorts> {
  const revoke: RemediationPorts['groups']['revoke'] = async (step) => {
    act();
    return await ports.groups.revoke(step);
  };
  return { groups: { ...ports.groups, revoke } };
}

/** EC2, whose first snapshot has these rules. */
function firstShowing({ ports }: World, rules: readonly Rule[]): Partial<RemediationPorts> {
  let reads = 0;
  const fetchSnapshot: RemediationPorts['groups']['fetchSnapshot'] = async (...args) => {
    reads += 1;
    const snapshot = await ports.groups.fetchSnapshot(...args);
    return reads > 1 ? snapshot : { ...snapshot, groups: [{ group: group(rules), facts: {} }] };
  };
  return { groups: { ...ports.groups, fetchSnapshot } };
}

function refusing({ ports }: World, isRetryable: boolean): Partial<RemediationPorts> {
  const fault = new CallFailed('Revoke', 'UnauthorizedOperation', isRetryable, 'denied');
  return { groups: { ...ports.groups, revoke: async () => await Promise.reject(fault) } };
}

/** The same rule is opened four times: people hear of the loop at the third opening. */
async function reopened(): Promise<readonly JournalEntry[]> {
  const world = cell([group([])]);
  for (const id of ['a', 'b', 'c', 'd']) {
    world.journal.length = 0;
    world.ec2.put(group([SSH]));
    await world.run(change([SSH], { id, actor: { type: 'IAMUser', name: 'ci', tool: 'terraform' } }), { owner: id });
    world.clock.at += 60_000;
  }
  return world.journal;
}

/** Two groups with an existing rule, and a budget for none. */
async function twoHeld(): Promise<readonly JournalEntry[]> {
  const other = 'sg-00000000000000002';
  const groups = [group([SSH]), group([{ ...RDP, groupId: other }], { id: other })];
  const world = cell(groups);
  await world.run(EXISTING, { policy: WITHOUT_BUDGET });
  world.journal.length = 0;
  const scope = { by: 'group-id', ids: [other] } as const;
  await world.run({ ...EXISTING, id: 'sweep-2', scope }, { policy: WITHOUT_BUDGET });
  return world.journal;
}

const BESIDE = [{ id: 'sg-2', rules: [rule('tcp', 22, '12.128.0.0/9')] }];
const NEIGHBOURS = { neighbours: [{ interfaceId: 'eni-1', interfaces: 1, groups: BESIDE }] };

/** One case for each reason: a reason without a case does not compile. */
const CASES: Readonly<Record<InactionReason, () => Promise<readonly JournalEntry[]>>> = {
  'account-mode': async () => await journalOf(change([SSH]), { policy: { ...GUARD, ceiling: 'alert' } }),
  'tag-mode': async () => {
    const tags = { environment: 'sandbox' };
    return await journalOf(change([SSH]), {
      group: { tags },
      policy: { ...GUARD, tagCeilings: [{ tags, mode: 'alert' }] },
    });
  },
  'runtime-switch': async () => await journalOf(change([SSH]), { options: { ceiling: 'off' } }),
  freeze: async () => {
    const freezes = [{ kind: 'dates', from: 0, until: ALWAYS.until, reason: 'holidays' }] as const;
    return await journalOfExisting({ policy: { ...ENFORCING, freezes } });
  },
  'service-managed': async () => {
    const actor = { type: 'AWSService', tool: 'aws-service', invokedBy: 'elasticmapreduce.amazonaws.com' } as const;
    return await journalOf(change([SSH], { actor }), { group: { name: 'ElasticMapReduce-master' } });
  },
  'prefix-list-change': async () => {
    const listed = { ...SSH, source: { kind: 'prefix-list', id: 'pl-1', cidrs: [WORLD] } } as const;
    const added = { kind: 'prefix-list', id: 'pl-1', version: 1 } as const;
    return await journalOf(change([], { trigger: 'prefix-list-changed', added }), {
      rules: [listed],
      policy: ENFORCING,
    });
  },
  'no-rule-named': async () =>
    await journalOf(change([], { trigger: 'attached', added: { kind: 'unknown' } }), {
      rules: [],
      group: { name: 'default' },
      options: { attachments: INTERFACE },
      policy: withModes('default-group-in-use', { fresh: 'enforce', existing: 'enforce' }),
    }),
  'default-group-in-use': async () =>
    await journalOf(change([HTTPS]), {
      rules: [HTTPS],
      group: { name: 'default' },
      options: { attachments: INTERFACE, recorded: [group([], { name: 'default' })] },
      policy: withModes('default-group-rules', { fresh: 'enforce', existing: 'enforce' }),
    }),
  'shared-interface': async () =>
    await journalOfExisting({
      rules: [HALF],
      policy: withModes('world-open-together', { fresh: 'enforce', existing: 'enforce' }),
      ports: ({ ports }) => ({
        groups: {
          ...ports.groups,
          fetchSnapshot: async (...args) => {
            const snapshot = await ports.groups.fetchSnapshot(...args);
            return { ...snapshot, groups: snapshot.groups.map((one) => ({ ...one, facts: NEIGHBOURS })) };
          },
        },
      }),
      options: { recorded: [group([HALF])] },
    }),
  'existing-rule': async () => await journalOfExisting({ policy: ALERTING }),
  'control-mode': async () =>
    await journalOf(change([SSH]), { policy: withModes('world-open-admin', { fresh: 'observe' }) }),
  'own-removal': async () =>
    await journalOf(change([SSH], { id: 'event-2', trigger: 'rules-removed' }), {
      before: async ({ run }) => await run(change([SSH])),
    }),
  'foreign-group': async () => await journalOf(change([SSH]), { group: { ownerId: '444455556666' } }),
  'fact-unread': async () =>
    await journalOf(change([SSH]), {
      ports: ({ ports }) => ({
        groups: {
          ...ports.groups,
          fetchSnapshot: async (...args) => ({
            ...(await ports.groups.fetchSnapshot(...args)),
            unread: [new FactUnread('attachments', 'throttled')],
          }),
        },
      }),
    }),
  'no-group': async () => await journalOf({ ...EXISTING, scope: { by: 'group-id', ids: ['sg-00000000000000009'] } }),
  'no-finding': async () => await journalOf(change([]), { rules: [HTTPS] }),
  'unconfirmed-record': async () => await journalOf(EXISTING, { policy: ENFORCING }),
  'own-event': async () => await journalOf(change([SSH]), { rules: [SSH, RDP], options: { recorded: [group([])] } }),
  'notified-before': async () =>
    await journalOfExisting({
      policy: ALERTING,
      before: async ({ run }) => await run({ ...EXISTING, id: 'sweep-1' }, { policy: ALERTING }),
    }),
  'own-grant': async () =>
    await journalOf(change([SSH]), {
      policy: ALERTING,
      before: async ({ records, ports }) => await recordGrant(GROUP, [SSH], { ports: { ...ports, records } }),
    }),
  exemption: async () => {
    const by = { name: 'alice', through: 'policy' } as const;
    const one = { ...ALWAYS, id: 'vendor', by, owner: 'alice', reason: 'the vendor moves', scope: { groupId: GROUP } };
    return await journalOf(change([SSH]), { policy: { ...GUARD, exemptions: [one] } });
  },
  'another-invocation': async () =>
    await journalOf(change([SSH]), {
      ports: ({ ledger }) => ({ ledger: Object.assign(Object.create(ledger), { reserve: async () => 'busy' }) }),
    }),
  'waits-for-person': async () =>
    await journalOfExisting({
      policy: WITHOUT_BUDGET,
      before: async ({ run }) => await run({ ...EXISTING, id: 'sweep-1' }, { policy: WITHOUT_BUDGET }),
    }),
  'settled-before': async () =>
    await journalOf(change([SSH]), {
      policy: ALERTING,
      options: { recorded: [group([])] },
      before: async ({ run, records }) => {
        await run(change([SSH]), { policy: ALERTING });
        await records.change(GROUP, { remove: [...((await records.get([GROUP])).get(GROUP)?.contents ?? [])] });
        const notified = (await records.get([GROUP])).get(GROUP)?.notified ?? [];
        await records.change(GROUP, { forget: { notified } });
      },
    }),
  'stale-snapshot': async () =>
    await journalOf(change([SSH], { id: 'event-2' }), {
      before: async ({ run }) => await run(change([SSH])),
      ports: (world) => firstShowing(world, [SSH]),
    }),
  'decided-anew': async () =>
    await journalOf(
      { ...EXISTING, id: 'sweep-2' },
      {
        policy: withModes('world-open-admin', { fresh: 'off', existing: 'off' }),
        before: async (world) =>
          await world.run(change([SSH]), { ports: refusing(world, true) }).catch(() => undefined),
      },
    ),
  'budget-spent': async () => await journalOfExisting({ policy: WITHOUT_BUDGET }),
  'sweep-share': async () =>
    await journalOf({ ...EXISTING, hold: true }, { options: { recorded: [group([SSH])] }, policy: ENFORCING }),
  'removed-by-others': async () =>
    await journalOf(change([SSH]), { ports: (world) => beforeRevoke(world, () => world.ec2.put(group([]))) }),
  'rule-changed': async () =>
    await journalOf(change([SSH]), {
      ports: (world) => {
        const narrowed = { ...SSH, source: { kind: 'ipv4', cidr: '10.0.0.0/8' } } as const;
        return beforeRevoke(world, () => world.ec2.put(group([narrowed])));
      },
    }),
  'ec2-refused': async () => await journalOf(change([SSH]), { ports: (world) => refusing(world, false) }),
  'nothing-removed': async () =>
    await journalOf(change([SSH]), { ports: (world) => beforeRevoke(world, () => world.ec2.put(group([]))) }),
  canary: async () => {
    const marker = { ...markerRule(0), id: 'sgr-0000000000000000c', groupId: GROUP };
    return await journalOf(change([marker]), { rules: [marker], group: canaryGroup('Portcullis') });
  },
  'known-reopen-loop': reopened,
  'in-digest': async () =>
    await journalOf(change([SSH]), { ports: () => ({ bursts: { admit: async () => 'gathered' } }) }),
  'budget-reported': twoHeld,
  'sweep-reported': async () =>
    await journalOf({ ...EXISTING, hold: true }, { options: { recorded: [group([SSH])] }, policy: ENFORCING }),
};

interface Logged {
  readonly reason: InactionReason;
  /** Absent for a reason about a whole change or group. */
  readonly planId?: string;
}

function reasonsIn(journal: readonly JournalEntry[]): readonly Logged[] {
  return journal.flatMap((entry): readonly Logged[] => {
    if (entry.what === 'not-decided') return [{ reason: entry.reason }];
    if (entry.what === 'withheld') return [{ reason: entry.withheld.why, planId: entry.planId }];
    if (entry.what === 'skipped') return [{ reason: entry.reason, planId: entry.plan.id }];
    if (entry.what === 'settled' && entry.notRemoved !== undefined)
      return [{ reason: entry.notRemoved, planId: entry.outcome.plan.id }];
    return entry.what === 'notification' && entry.decision.kind === 'suppress'
      ? [{ reason: entry.decision.reason, planId: entry.outcome.plan.id }]
      : [];
  });
}

/** Plans and decisions that the journal says nothing more about. */
function unexplained(journal: readonly JournalEntry[]): readonly string[] {
  const ended = new Set(
    journal.flatMap((entry) => {
      if (entry.what === 'settled') return [entry.outcome.plan.id];
      return entry.what === 'skipped' ? [entry.plan.id] : [];
    }),
  );
  const notifiedOf = new Set(
    journal.flatMap((entry) => (entry.what === 'notification' ? [entry.outcome.plan.id] : [])),
  );
  return journal.flatMap((entry) => {
    // A further attempt at a settled plan has an id of its own.
    const isRetried = entry.what === 'planned' && entry.reservation === 'settled' && ended.size > 0;
    if (entry.what === 'planned' && !isRetried && !ended.has(entry.plan.id))
      return [`plan ${entry.plan.id} has no end`];
    if (entry.what !== 'settled' || notifiedOf.has(entry.outcome.plan.id)) return [];
    return [`nothing says whether people were notified of ${entry.outcome.plan.id}`];
  });
}

describe('a reason not to remove or not to notify', () => {
  it.each(Object.keys(CASES) as readonly InactionReason[])(
    '%s is in the journal once, with the id of the plan',
    async (reason) => {
      const journal = await CASES[reason]();
      const logged = reasonsIn(journal).filter((one) => one.reason === reason);
      expect(logged).toHaveLength(1);
      const isAboutPlan = !journal.some((entry) => entry.what === 'not-decided' && entry.reason === reason);
      expect(logged[0]?.planId !== undefined).toBe(isAboutPlan);
      expect(unexplained(journal)).toEqual([]);
    },
  );

  it('is documented in the troubleshooting page', () => {
    const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
    const rows = Object.entries(REASONS).map(([reason, sentence]) => `| \`${reason}\` | ${sentence} |`);
    const documented = page.split('\n').filter((line) => line.startsWith('| `'));
    expect(documented).toEqual(rows);
  });
});
