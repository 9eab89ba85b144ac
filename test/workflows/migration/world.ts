import { InMemoryLedger } from '../../../cli/commands/simulate/in-memory-ledger.ts';
import {
  InMemoryGroupRecords,
  inMemoryBudget,
  inMemoryEpisodes,
  inMemoryExemptions,
} from '../../../cli/commands/simulate/in-memory-stores.ts';
import type { CommandResult } from '../../../shared/domain/command.ts';
import type { Mode } from '../../../shared/domain/control-options.ts';
import type { Outcome } from '../../../shared/domain/decision.ts';
import type { Group, Rule } from '../../../shared/domain/group.ts';
import type { LedgerEntry } from '../../../shared/domain/ledger.ts';
import type { Notification } from '../../../shared/domain/notification.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { GrantPorts, RemediationPorts } from '../../../shared/domain/ports.ts';
import { approvedChange } from '../../../shared/remediation/plan.ts';
import { remediate } from '../../../shared/remediation/remediate.ts';
import { migrate } from '../../../shared/workflows/migration/migrate.ts';
import { rollBack } from '../../../shared/workflows/migration/roll-back.ts';
import { takeBack } from '../../../shared/workflows/migration/take-back.ts';
import { GUARD, recordAll } from '../../remediation/cell.ts';
import { Account, type Interface } from './account.ts';
import { probe, VIOLATING } from './probe.ts';

export const OLD = 'sg-00000000000000d0d';
const VPC = 'vpc-00000000000000001';
const OWNER = '111122223333';

/** A rule of a group: `ingress tcp 5432 sg-…`. */
export function r(groupId: string, text: string, more: Partial<Rule> = {}): Rule {
  const [direction = '', protocol = '', ports = '', source = ''] = text.split(' ');
  const [, from, to = from] = /^(-?\d+)(?:-(\d+))?$/.exec(ports) ?? [];
  const sum = Array.from(`${groupId} ${text}`, (letter) => letter.charCodeAt(0)).reduce(
    (a, b) => (a * 31 + b) % 2 ** 48,
    7,
  );
  const id = `sgr-${sum.toString(16).padStart(17, '0')}`;
  return {
    id,
    groupId,
    direction: direction === 'egress' ? 'egress' : 'ingress',
    protocol,
    fromPort: Number(from),
    toPort: Number(to),
    source: source.startsWith('sg-')
      ? { kind: 'group', groupId: source, ownerId: OWNER }
      : { kind: 'ipv4', cidr: source },
    ...more,
  };
}

/** A rule that world-open-admin closes. */
export function violating(groupId: string): Rule {
  return r(groupId, 'ingress tcp 22 0.0.0.0/0', { description: VIOLATING });
}

export function group(id: string, rules: readonly Rule[], more: Partial<Group> = {}): Group {
  return {
    id,
    name: id === OLD ? 'default' : `group-${id.slice(-3)}`,
    vpcId: VPC,
    ownerId: OWNER,
    tags: {},
    rules,
    ...more,
  };
}

export function eni(number: number, groupIds: readonly string[], more: Partial<Interface> = {}): Interface {
  return {
    interfaceId: `eni-${number.toString(16).padStart(17, '0')}`,
    description: '',
    type: 'interface',
    owner: 'ec2',
    vpcId: VPC,
    ...more,
    groupIds,
  };
}

export const MIGRATING: Policy = {
  ...GUARD,
  controls: {
    ...GUARD.controls,
    'default-group-rules': { fresh: 'enforce', existing: 'approve', remedy: 'migrate' },
  },
};

const START = Date.parse('2026-01-02T03:04:05Z');

const BY = { by: { name: 'ann', through: 'command-line' }, reason: 'off the default group' } as const;

/** Everything as it is before the migration: the default group's plan is pending. */
/** Nothing in a migration is granted because of an event. */
const CLOUDTRAIL = {
  trail: { findChange: async () => undefined },
  confirmations: { add: async () => await Promise.reject(new Error('nothing here waits for CloudTrail')) },
};

export async function makeWorld(
  groups: readonly Group[],
  interfaces: readonly Interface[],
  more: { readonly policy?: Policy; readonly ceiling?: Mode } = {},
) {
  const account = new Account(groups, interfaces);
  const clock = { at: START };
  const now = () => clock.at;
  const sleep = async (ms: number) => void (clock.at += ms);
  const exemptions = inMemoryExemptions({ now });
  const records = new InMemoryGroupRecords({ now });
  const ledger = new InMemoryLedger({ now }, 90_000, { exemptions, records });
  const told: Outcome[] = [];
  const news: Notification[] = [];
  const set: { ceiling: Mode } = { ceiling: more.ceiling ?? 'enforce' };
  const notices: RemediationPorts['notifier'] = {
    publish: async (outcome) => void told.push(outcome),
    notify: async (one) => void news.push(one),
  };
  const policy = more.policy ?? MIGRATING;
  await recordAll(records, groups);
  const common = {
    exemptions,
    records,
    notifier: notices,
    runtimeSwitch: { ceiling: async () => set.ceiling },
    clock: { now, sleep },
    ...CLOUDTRAIL,
  };
  const budget = inMemoryBudget({ now });
  const onChange = {
    policy,
    owner: 'on-change',
    ports: {
      ...common,
      groups: { fetchSnapshot: account.look, revoke: account.revoke },
      ledger,
      budget,
      episodes: inMemoryEpisodes({ now }),
      bursts: { admit: async () => 'alone' },
      grantQueue: { requestGrants: async () => undefined },
      journal: () => undefined,
    } satisfies RemediationPorts,
  };
  const pointerTo = ({ plan }: LedgerEntry) => ({ groupId: plan.decision.group.id, planId: plan.id });
  const reexamine: GrantPorts['reevaluation'] = {
    requestApproved: async (entry) => {
      const change = await approvedChange(pointerTo(entry), ledger);
      if (change !== undefined) await remediate(change, onChange);
    },
    requestEvaluation: async () => undefined,
    requestReplay: async () => undefined,
    requestRevokeOfGrants: async (entry) => void (await takeBack(pointerTo(entry), onChange)),
  };
  const vpcs = { defaultVpcId: async () => await Promise.reject(new Error('a migration stays in its VPC')) };
  const ports: GrantPorts = {
    ...common,
    region: () => ({ groups: { fetchSnapshot: account.look }, grants: account.grants, vpcs }),
    ledger: ledger,
    budget,
    reevaluation: reexamine,
  };
  await remediate(
    {
      id: 'sweep-1',
      call: 'Sweep',
      trigger: 'sweep',
      scope: { by: 'group-id', ids: [OLD] },
      added: { kind: 'unknown' },
      at: START,
      account: OWNER,
      region: 'eu-west-1',
    },
    onChange,
  );
  const entry = async (): Promise<LedgerEntry> => {
    const found = (await ledger.entries(OLD)).find(
      ({ plan }) => plan.decision.remedy === 'migrate' && plan.decision.mode === 'approve',
    );
    if (found === undefined) throw new Error('no plan waits for a person');
    return found;
  };
  /** As the function that grants does when a person releases the plan. */
  const release = async (given: GrantPorts = ports): Promise<CommandResult> => {
    const waiting = await entry();
    const answer = await given.ledger.recordAnswer(waiting, { ...BY, at: now(), verdict: 'released' });
    return await migrate({ ...(await entry()), answer }, answer, { policy, ports: given, owner: 'on-grant' });
  };
  const back = async (given: GrantPorts = ports): Promise<CommandResult> =>
    await rollBack(await entry(), { ...BY, at: now() }, { policy, ports: given, owner: 'on-grant' });
  const replacement = () => [...account.state.groups.values()].find(({ tags }) => tags['portcullis:replaces'] === OLD);
  const { losses } = probe(account);
  return {
    account,
    ledger,
    exemptions,
    clock,
    told,
    news,
    ports,
    onChange,
    set,
    entry,
    release,
    back,
    replacement,
    losses,
  };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;
