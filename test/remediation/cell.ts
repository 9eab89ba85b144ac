import { InMemoryGroups } from '../../cli/commands/simulate/in-memory-groups.ts';
import { InMemoryLedger } from '../../cli/commands/simulate/in-memory-ledger.ts';
import {
  InMemoryGroupRecords,
  inMemoryBudget,
  inMemoryConfirmations,
  inMemoryEpisodes,
  inMemoryExemptions,
} from '../../cli/commands/simulate/in-memory-stores.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Change } from '../../shared/domain/change.ts';
import type { Mode } from '../../shared/domain/control-options.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import type { Attachment, Direction, Group, Rule } from '../../shared/domain/group.ts';
import type { GroupRecords } from '../../shared/domain/group-record.ts';
import type { Notification } from '../../shared/domain/notification.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { JournalEntry, RemediationPorts } from '../../shared/domain/ports.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { DEFAULTS } from '../../shared/policy/schema/defaults.ts';
import { remediate } from '../../shared/remediation/remediate.ts';

/** The policy as shipped. */
export const GUARD: Policy = {
  ...DEFAULTS,
  version: 1,
  preset: 'guard',
  ceiling: 'enforce',
  world: { ipv4: 8, ipv6: 16 },
  controls: Object.fromEntries(CONTROLS.map(({ id, defaults }) => [id, defaults])),
  serviceOwned: { names: ['ElasticMapReduce-*'], tagKeys: [], except: [] },
};

let serial = 0;

export function rule(
  protocol: string,
  port: number | readonly [number, number],
  cidr: string,
  direction: Direction = 'ingress',
): Rule {
  serial += 1;
  const [fromPort, toPort] = typeof port === 'number' ? [port, port] : port;
  return {
    id: `sgr-${serial.toString(16).padStart(17, '0')}`,
    groupId: 'sg-00000000000000001',
    direction,
    protocol,
    fromPort,
    toPort,
    source: cidr.startsWith('sg-')
      ? { kind: 'group', groupId: cidr }
      : { kind: cidr.includes(':') ? 'ipv6' : 'ipv4', cidr },
  };
}

export function group(rules: readonly Rule[], more: Partial<Group> = {}): Group {
  return {
    id: 'sg-00000000000000001',
    name: 'web',
    vpcId: 'vpc-00000000000000001',
    tags: {},
    rules,
    ...more,
  };
}

const EVENT_AT = Date.parse('2026-01-02T03:04:05Z');

export function change(fresh: readonly Rule[], more: Partial<Change> = {}): Change {
  return {
    id: 'event-1',
    call: 'AuthorizeSecurityGroupIngress',
    trigger: 'rules-added',
    scope: { by: 'group-id', ids: ['sg-00000000000000001'] },
    added: { kind: 'rules', ids: fresh.map(({ id }) => id ?? ''), contents: fresh },
    at: EVENT_AT,
    account: '111122223333',
    region: 'eu-west-1',
    ...more,
  };
}

/** What a test cell begins with, besides its groups. */
export interface CellOptions {
  readonly attachments?: Record<string, readonly Attachment[]>;
  readonly ceiling?: Mode;
  /**
   * Groups as the cell recorded them long ago. Default: as they are now, so that what no event adds was there
   * before. `[]`: nothing was ever recorded.
   */
  readonly recorded?: readonly Group[];
}

/** Records groups as they were long ago, so that their rules count as existing. */
export async function recordAll(records: Pick<GroupRecords, 'begin'>, groups: readonly Group[]): Promise<void> {
  const first = groups.map(({ id, rules }) => ({ groupId: id, contents: rules.map(canonicalKey), since: 0 }));
  await Promise.all(first.map(async (one) => await records.begin(one)));
}

/** A cell in memory: the account's groups, the ledger, what people were told and what was journalled. */
export function cell(groups: readonly Group[], options: CellOptions = {}) {
  const clock = { at: EVENT_AT + 2000, slept: [] as number[] };
  const ec2 = new InMemoryGroups(groups, new Map(Object.entries(options.attachments ?? {})));
  const now = () => clock.at;
  const records = new InMemoryGroupRecords({ now });
  const stores = { exemptions: inMemoryExemptions({ now }), records };
  const ledger = new InMemoryLedger({ now }, 90_000, stores);
  void recordAll(records, options.recorded ?? groups);
  const told: Outcome[] = [];
  const news: Notification[] = [];
  const followed: { readonly groupId: string; readonly planId: string }[] = [];
  const journal: JournalEntry[] = [];
  const calls: string[] = [];
  const trail = new Map<string, Change>();
  const ports: RemediationPorts = {
    groups: {
      fetchSnapshot: async (...args) => {
        calls.push('look');
        return await ec2.fetchSnapshot(...args);
      },
      revoke: async (step) => {
        calls.push(`revoke ${step.direction}`);
        return await ec2.revoke(step);
      },
    },
    ledger,
    notifier: {
      publish: async (outcome) => void told.push(outcome),
      notify: async (one) => void news.push(one),
    },
    runtimeSwitch: { ceiling: async () => options.ceiling ?? 'enforce' },
    budget: inMemoryBudget({ now }),
    ...stores,
    episodes: inMemoryEpisodes({ now }),
    bursts: { admit: async () => 'alone' },
    trail: {
      findChange: async (eventId) => {
        const recorded = trail.get(eventId);
        return recorded && { ...recorded, confirmed: true };
      },
    },
    confirmations: inMemoryConfirmations(),
    grantQueue: { requestGrants: async (groupId, planId) => void followed.push({ groupId, planId }) },
    clock: {
      now,
      sleep: async (ms) => {
        clock.slept.push(ms);
        clock.at += ms;
      },
    },
    journal: (entry) => void journal.push(entry),
  };
  /** Runs an event, which CloudTrail has recorded already unless it is `forged`. */
  const run = async (
    event: Change,
    more: { policy?: Policy; owner?: string; ports?: Partial<RemediationPorts>; forged?: true } = {},
  ) => {
    if (!more.forged) trail.set(event.id, event);
    return await remediate(event, {
      owner: more.owner ?? 'invocation-1',
      policy: more.policy ?? GUARD,
      ports: { ...ports, ...more.ports },
    });
  };
  const left = () => ec2.groups.flatMap(({ rules }) => rules);
  return { ec2, ledger, ...stores, trail, followed, news, told, journal, calls, ports, clock, run, left };
}
