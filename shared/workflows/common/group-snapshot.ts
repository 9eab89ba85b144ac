import { type Need, NON_EC2_FACTS } from '../../domain/control.ts';
import type { Outcome } from '../../domain/decision.ts';
import type { GroupSnapshot } from '../../domain/ec2.ts';
import { Unfinished } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Rule } from '../../domain/group.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import { exemptionsAt } from '../../policy/exemptions.ts';
import { neededFacts } from '../../remediation/decide/enabled-controls.ts';
import type { GrantCell } from './cell.ts';

/** A group as it is now, with its active exemptions. */
export interface CurrentGroup {
  readonly groupSnapshot: GroupSnapshot;
  readonly exemptions: readonly Exemption[];
}

/** Where a group is. */
export interface GroupLocation {
  readonly groupId: string;
  readonly region: string;
}

/**
 * Reads a group before rules are granted in it. Undefined if the group is gone.
 *
 * @param more facts that are needed besides those of the controls.
 * @throws CallFailed. Unfinished if a fact could not be read, because nothing is granted on a guess.
 */
export async function fetchCurrentGroup(
  { groupId, region }: GroupLocation,
  { policy, ports }: GrantCell,
  more: readonly Need[] = [],
): Promise<CurrentGroup | undefined> {
  const needs = neededFacts(policy, 'rules-added').difference(new Set(NON_EC2_FACTS)).union(new Set(more));
  const [sight, active] = await Promise.all([
    ports.region(region).groups.fetchSnapshot({ by: 'group-id', ids: [groupId] }, needs),
    ports.exemptions.active([groupId]),
  ]);
  if (sight.unread.length > 0) throw new Unfinished(sight.unread);
  const [groupSnapshot] = sight.groups;
  const now = ports.clock.now();
  const exemptions = exemptionsAt(now, policy, active);
  return groupSnapshot && { groupSnapshot, exemptions };
}

/** The ledger entry of a remediation by the id that people use. Throws CallFailed. */
export async function findEntry(id: string, { ports }: GrantCell): Promise<LedgerEntry | undefined> {
  const entry = await ports.ledger.findById(id);
  if (entry === undefined) return undefined;
  const { plan } = entry;
  return (await ports.ledger.find(plan.decision.group.id, plan.id)) ?? entry;
}

/** A completed removal, and the group as it is now. */
export interface CompletedRemoval {
  readonly entry: LedgerEntry;
  readonly outcome: Outcome;
  readonly found: CurrentGroup;
}

/**
 * Current entries of prefix lists that a rule of the region names. A list without such a rule, or with unread
 * entries, is absent. Throws CallFailed, Unfinished.
 */
export async function currentEntries(
  ids: readonly string[],
  region: string,
  { ports }: GrantCell,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (ids.length === 0) return new Map();
  const sight = await ports.region(region).groups.fetchSnapshot({ by: 'prefix-list', ids }, new Set());
  if (sight.unread.length > 0) throw new Unfinished(sight.unread);
  const rules = sight.groups.flatMap(({ group }) => group.rules);
  return new Map(
    rules.flatMap(({ source }) =>
      source.kind === 'prefix-list' && ids.includes(source.id) && source.cidrs !== undefined
        ? [[source.id, source.cidrs] as const]
        : [],
    ),
  );
}

/**
 * Recorded rules with the current entries of their prefix lists. A list that no rule names any more keeps the
 * recorded entries.
 */
export async function withCurrentEntries(
  rules: readonly Rule[],
  region: string,
  cell: GrantCell,
): Promise<readonly Rule[]> {
  const ids = new Set(rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : [])));
  const entries = await currentEntries([...ids], region, cell);
  return rules.map((rule) => {
    const cidrs = rule.source.kind === 'prefix-list' ? entries.get(rule.source.id) : undefined;
    return rule.source.kind === 'prefix-list' && cidrs ? { ...rule, source: { ...rule.source, cidrs } } : rule;
  });
}
