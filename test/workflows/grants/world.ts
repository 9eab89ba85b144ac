import { inMemoryBudget, inMemoryConfirmations } from '../../../cli/commands/simulate/in-memory-stores.ts';
import type { Command, CommandResult } from '../../../shared/domain/command.ts';
import { remediationId } from '../../../shared/domain/decision.ts';
import type { Snapshot } from '../../../shared/domain/ec2.ts';
import { CallFailed } from '../../../shared/domain/errors.ts';
import type { Group, Rule } from '../../../shared/domain/group.ts';
import type { GroupRecords } from '../../../shared/domain/group-record.ts';
import type { Person } from '../../../shared/domain/identity.ts';
import type { GrantQueue } from '../../../shared/domain/invocations.ts';
import type { Confirmations } from '../../../shared/domain/ledger.ts';
import type { AlertBursts } from '../../../shared/domain/notification.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { GrantPorts } from '../../../shared/domain/ports.ts';
import { canonicalKey } from '../../../shared/network/rule-key.ts';
import type { GrantCell } from '../../../shared/workflows/common/cell.ts';
import { inMemoryBursts } from '../../contract/ledger/in-memory-bursts.ts';
import { type CellOptions, cell, GUARD } from '../../remediation/cell.ts';

export const GROUP = 'sg-00000000000000001';

export const BOB: Person = { name: 'bob@example.com', through: 'command-line' };

export const CAROL: Person = { name: 'carol@example.com', through: 'command-line' };

/** A policy in which these controls narrow. */
export function narrowing(settings: Readonly<Record<string, object>>, more: Partial<Policy> = {}): Policy {
  return {
    ...GUARD,
    ...more,
    controls: Object.fromEntries(
      Object.entries(GUARD.controls).map(([id, options]) => [id, { ...options, ...settings[id] }]),
    ),
  };
}

function told(command: string, code: string) {
  return new CallFailed(command, code, false, 'EC2 says no');
}

/** A cell of the function that grants, with what the clock needs besides. */
interface TestCell extends GrantCell {
  readonly ports: GrantPorts & {
    readonly records: GroupRecords;
    readonly bursts: AlertBursts;
    readonly confirmations: Confirmations;
    readonly grantQueue: GrantQueue;
  };
}

/** An account in memory with everything that granting needs, beside the one that removes. */
export function world(
  groups: readonly Group[],
  options: CellOptions & {
    policy?: Policy;
    vpcCidrs?: readonly string[];
    quota?: number;
    home?: string | undefined;
  } = {},
) {
  const { policy = GUARD, quota = 60, vpcCidrs } = options;
  const base = cell(groups, options);
  const { ec2, ledger, records, news, clock } = base;
  const released: string[] = [];
  const looked: string[] = [];
  const replayed: string[] = [];
  const granted: string[] = [];
  let serial = 0;

  const authorize: ReturnType<GrantPorts['region']>['grants']['authorize'] = async (step) => {
    const group = ec2.groups.find(({ id }) => id === step.groupId);
    if (group === undefined) throw told('Authorize', 'InvalidGroup.NotFound');
    const stand = new Map(group.rules.map((rule) => [canonicalKey(rule), rule]));
    const fresh = step.rules.filter((rule) => !stand.has(canonicalKey(rule)));
    const beside = group.rules.filter(({ direction }) => direction === step.direction).length;
    if (fresh.length > 0 && beside + fresh.length > quota)
      throw told('Authorize', 'RulesPerSecurityGroupLimitExceeded');
    const added = fresh.map((rule): Rule => {
      serial += 1;
      return { ...rule, id: `sgr-9${serial.toString(16).padStart(16, '0')}` };
    });
    granted.push(...added.map(canonicalKey));
    ec2.put({ ...group, rules: [...group.rules, ...added] });
    const now = new Map([...group.rules, ...added].map((rule) => [canonicalKey(rule), rule]));
    return step.rules.flatMap((rule) => now.get(canonicalKey(rule)) ?? []);
  };
  const never = async () => await Promise.reject(new Error('nothing here deletes groups or moves interfaces'));

  /**
   * As EC2 has it: a new group lets everything out, which is taken from it where nothing else has come to it.
   */
  const createGroup: ReturnType<GrantPorts['region']>['grants']['createGroup'] = async (like) => {
    const known = ec2.groups.find(({ name, vpcId }) => name === like.name && vpcId === like.vpcId);
    if (known !== undefined && !Object.keys(like.tags).every((key) => Object.hasOwn(known.tags, key)))
      throw told('CreateSecurityGroup', 'InvalidGroup.Duplicate');
    const { id } = known ?? { id: 'sg-00000000000000099' };
    const isUsed = (options.attachments?.[id] ?? []).length > 0;
    const isOld = known?.rules.some(({ direction }) => direction === 'ingress') === true;
    if (!isUsed && !isOld) ec2.put({ ...like, id, rules: [] });
    return id;
  };

  const withVpc = (sight: Snapshot): Snapshot => ({
    ...sight,
    groups: sight.groups.map(({ group, facts }) => ({
      group,
      facts: { ...facts, ...(vpcCidrs && { vpcCidrs }) },
    })),
  });
  const { exemptions } = base;
  const budget = inMemoryBudget({ now: () => clock.at });
  const confirmations = inMemoryConfirmations();
  const ports: TestCell['ports'] = {
    bursts: inMemoryBursts({ now: () => clock.at }),
    region: () => ({
      groups: { fetchSnapshot: async (...args) => withVpc(await ec2.fetchSnapshot(...args)) },
      grants: { authorize, createGroup, deleteGroup: never, attach: never },
      vpcs: { defaultVpcId: async () => ('home' in options ? options.home : 'vpc-00000000000000001') },
    }),
    ledger: ledger,
    records,
    exemptions,
    budget,
    notifier: base.ports.notifier,
    reevaluation: {
      requestApproved: async ({ plan }) => void released.push(remediationId(plan)),
      requestEvaluation: async (ids, region) => void looked.push(...ids.map((id) => `${id} ${region}`)),
      requestReplay: async (eventId, region) => void replayed.push(`${eventId} ${region}`),
      requestRevokeOfGrants: never,
    },
    trail: base.ports.trail,
    confirmations,
    grantQueue: base.ports.grantQueue,
    runtimeSwitch: base.ports.runtimeSwitch,
    clock: base.ports.clock,
  };
  const grantCell: TestCell = { policy, ports, owner: 'grant-1' };
  const run: typeof base.run = async (event, more) =>
    await base.run(event, { policy, ...more, ports: { exemptions, budget, confirmations, ...more?.ports } });
  /** The sortable id of the only remediation, or of the one in that place. */
  const idOf = async (place = 0): Promise<string> => {
    const entry = (await ledger.entries(GROUP)).toSorted((a, b) => a.plan.at - b.plan.at)[place];
    if (entry === undefined) throw new Error('nothing is recorded');
    return remediationId(entry.plan);
  };
  const entry = async (id: string) => {
    const found = await ledger.findById(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  };
  /** What people were told, doubles once. */
  const heard = () => [...new Set(news.map(({ id }) => id))];
  return {
    ...base,
    run,
    ports,
    closing: base.ports,
    grantCell,
    released,
    looked,
    replayed,
    granted,
    heard,
    idOf,
    entry,
    exemptions,
    budget,
  };
}

export type World = ReturnType<typeof world>;

/** The same cell with ports that break. */
export function through<C extends GrantCell>(cellOf: C, wrap: <T extends object>(ports: T) => T, attempt = 1): C {
  return {
    ...cellOf,
    ports: wrap(cellOf.ports),
    owner: `grant-${attempt}`,
  };
}

/** The results that may be of a kind: some share their shape with other kinds. */
type ResultOf<K, R = CommandResult> = R extends { readonly kind: infer Kind } ? (K extends Kind ? R : never) : never;

/** A result of the kind that is expected, or a failure that shows what it was. */
export function expected<K extends CommandResult['kind']>(result: CommandResult, kind: K): ResultOf<K> {
  if (result.kind !== kind) throw new Error(`expected ${kind}, not ${JSON.stringify(result)}`);
  return result as ResultOf<K>;
}

/** A command to restore. */
export function restoring(id: string, more: Partial<Extract<Command, { do: 'restore' }>> = {}) {
  return { do: 'restore', id, dryRun: false, by: BOB, reason: 'the vendor needs it', ...more } as const;
}

/**
 * Whatever rules let through, with what else an undo must give back, in an order that does not depend on ids.
 */
export function contents(rules: readonly Rule[]): readonly unknown[] {
  return rules
    .map((rule) => ({ ...rule, id: undefined }))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
