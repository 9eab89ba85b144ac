import type { Change } from '../../shared/domain/change.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import { ruleKey } from '../../shared/network/rule-key.ts';
import { remediate } from '../../shared/remediation/remediate.ts';
import { cell, GUARD, group, recordAll, rule } from '../remediation/cell.ts';
import type { Interleaving, Pending } from './execution.ts';
import { commutes } from './orders.ts';

const GROUP = 'sg-00000000000000001';
const WORLD = '0.0.0.0/0';

/** A rule that stays, and two that are closed. */
function makeRules() {
  return {
    kept: rule('tcp', 443, WORLD),
    first: rule('tcp', 22, WORLD),
    second: rule('tcp', 3389, WORLD),
    /** Two blocks that are the world only together. */
    lower: rule('tcp', 5432, '96.0.0.0/9'),
    upper: rule('tcp', 5432, '96.128.0.0/9'),
  };
}

type Rules = ReturnType<typeof makeRules>;

/** A group with all of these rules, and a ledger. */
export interface World {
  readonly rules: Rules;
  readonly base: ReturnType<typeof cell>;
  readonly ports: RemediationPorts;
  /** How often each rule was really removed, whatever the caller was told. */
  readonly removals: ReadonlyMap<string, number>;
}

/** Ports of the ledger's table in place of those in memory. */
export type Tables = Pick<RemediationPorts, 'ledger' | 'budget' | 'exemptions' | 'episodes' | 'records' | 'bursts'>;

/** A world in memory, or on the tables that `tablesAt` makes. */
export async function makeWorld(
  openRules: (rules: Rules) => readonly Rule[],
  tablesFor?: (clock: RemediationPorts['clock']) => Promise<Tables>,
): Promise<World> {
  const rules = makeRules();
  const recorded = [group([rules.kept])];
  const base = cell([group([rules.kept, ...openRules(rules)])], { recorded });
  const tables = await tablesFor?.(base.ports.clock);
  if (tables !== undefined) await recordAll(tables.records, recorded);
  const removals = new Map<string, number>();
  const revoke: RemediationPorts['groups']['revoke'] = async (step) => {
    const revoked = await base.ports.groups.revoke(step);
    for (const one of revoked.removed) removals.set(ruleKey(one), (removals.get(ruleKey(one)) ?? 0) + 1);
    return revoked;
  };
  const ports = { ...base.ports, ...tables, groups: { ...base.ports.groups, revoke } };
  return { rules, base, ports, removals };
}

/** An invocation on a change. Its retries have the same owner, as Lambda's have the same request id. */
export function remediating(owner: string, changeOf: (rules: Rules) => Change): Interleaving<World>['run'][number] {
  return async ({ rules, ports }, wrap) =>
    await remediate(changeOf(rules), { owner, policy: GUARD, ports: wrap(ports) });
}

/** What people were told that is not true of rules which were all added a moment ago. */
function untruths({ told }: World['base']): readonly string[] {
  return told.flatMap(({ status, plan }) => {
    const isOld = plan.decision.findings.some(({ freshness }) => freshness === 'existing');
    return status === 'done' && !isOld ? [] : [`people were told ${status} of ${isOld ? 'an existing' : 'a'} rule`];
  });
}

/**
 * Everything that should hold and does not. After a fault people may be told more than once of the same
 * remediation, never of two.
 */
export async function problems(
  { rules, base, ports, removals }: World,
  opened: readonly Rule[],
  most: { readonly notices: number },
): Promise<readonly string[]> {
  const found: string[] = [...untruths(base)];
  const left = base.left().map(({ id }) => id);
  if (left.length !== 1 || left[0] !== rules.kept.id) found.push(`rules left: ${left.join(' ')}`);
  for (const one of opened) {
    const times = removals.get(ruleKey(one)) ?? 0;
    if (times !== 1) found.push(`port ${one.fromPort} was removed ${times} times`);
    const outcomes = base.told.filter((outcome) => outcome.removed.some(({ id }) => id === one.id));
    const plans = new Set(outcomes.map(({ plan }) => plan.id));
    if (plans.size > 1)
      found.push(`port ${one.fromPort} was removed by ${plans.size} remediations, as people are told`);
    if (outcomes.length === 0) found.push(`nobody was told of port ${one.fromPort}`);
    if (outcomes.length > most.notices) found.push(`people were told ${outcomes.length} times of port ${one.fromPort}`);
  }
  const open = (await ports.ledger.stateOf([GROUP])).entries;
  if (open.length > 0) found.push(`open in the ledger: ${open.map(({ plan }) => plan.id).join(' ')}`);
  return found;
}

/** A minute passes before Lambda's retry. */
export function aMinuteLater({ base }: World): void {
  base.clock.at += 60_000;
}

/** The plan that a call of the ledger is about; undefined if it is about a whole group. */
function planOf({ name, args }: Pending): unknown {
  const [first, second] = args;
  if (name === 'ledger.reserve') return Object(first).id;
  if (name === 'ledger.settle' || name === 'ledger.recordStep') return Object(first).plan.id;
  return name === 'ledger.find' ? second : undefined;
}

function aboutOtherPlans(a: Pending, b: Pending): boolean {
  const [one, other] = [planOf(a), planOf(b)];
  return one !== undefined && other !== undefined && one !== other;
}

/**
 * Rules go by id, and removing what is gone is nothing; so what two removals share stays gone, but each is
 * told of it differently.
 */
function removesOthers(a: Pending, b: Pending): boolean {
  const ids = ({ args: [step] }: Pending) => new Set((Object(step).rules as readonly Rule[]).map(({ id }) => id));
  return a.name === 'groups.revoke' && b.name === 'groups.revoke' && ids(a).isDisjointFrom(ids(b));
}

function both(a: Pending, b: Pending, name: string): boolean {
  return a.name === name && b.name === name;
}

/**
 * As `commutes`, with what is known of the ports of a remediation: what is about other plans, other rules, or
 * only adds to a record.
 */
export function remediationsCommute(a: Pending, b: Pending): boolean {
  return (
    commutes(a, b) ||
    aboutOtherPlans(a, b) ||
    removesOthers(a, b) ||
    both(a, b, 'episodes.record') ||
    both(a, b, 'records.change') ||
    both(a, b, 'storms.admit')
  );
}

/**
 * What no call of these flows writes, and what only adds to a list: with every other call, the order says
 * nothing.
 */
export function isFreeInRemediations({ name }: Pending): boolean {
  return /^(?:runtimeSwitch|notifier|storms|handover)\.|^exemptions\.active$/.test(name);
}

/** What somebody does meanwhile. */
interface People {
  readonly open: () => Promise<void>;
}

/** Somebody opens the second rule while an invocation is at work; then its event comes. */
export function openingThenRemediating(
  owner: string,
  changeOf: (rules: Rules) => Change,
): Interleaving<World>['run'][number] {
  return async (world, wrap) => {
    const { base, rules } = world;
    const people: People = {
      open: async () => {
        const [here] = base.ec2.groups;
        const isOpen = here?.rules.some(({ id }) => id === rules.second.id) ?? true;
        if (here && !isOpen && !world.removals.has(ruleKey(rules.second)))
          base.ec2.put({ ...here, rules: [...here.rules, rules.second] });
      },
    };
    await wrap({ groups: people }).groups.open();
    await remediating(owner, changeOf)(world, wrap);
  };
}
