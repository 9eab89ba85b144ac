import type { AddedRules, Change, Trigger } from '../domain/change.ts';
import type { Need } from '../domain/control.ts';
import { FactUnread } from '../domain/errors.ts';
import type { Exemption } from '../domain/exemption.ts';
import type { GroupIdentity, Rule } from '../domain/group.ts';
import type { GroupRecord } from '../domain/group-record.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { PrefixListState, RemediationPorts, Snapshot } from '../domain/ports.ts';
import { missingFromSnapshot } from './decide/freshness.ts';

/**
 * While entries are being modified or restored, EC2 may still give the old ones.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html
 */
function isChanging({ state }: PrefixListState): boolean {
  return state.endsWith('-in-progress');
}

/** Whether the list is still at the version that the change has left: the event overtook the state it speaks of. */
function lags({ id, version }: PrefixListState, added: AddedRules): boolean {
  return (
    added.kind === 'prefix-list' &&
    added.id === id &&
    added.version !== undefined &&
    version !== undefined &&
    version <= added.version
  );
}

/** Lists whose entries are not yet what they are going to be, in words. */
function unsettledLists({ prefixLists = [] }: Snapshot, added: AddedRules): readonly string[] {
  return prefixLists
    .filter((list) => isChanging(list) || lags(list, added))
    .map(({ id, state, version }) => `${id} is ${state}${version === undefined ? '' : ` at version ${version}`}`);
}

function unknown(rule: Rule, ids: ReadonlySet<string>): Rule {
  return rule.source.kind === 'prefix-list' && ids.has(rule.source.id)
    ? { ...rule, source: { kind: 'prefix-list', id: rule.source.id } }
    : rule;
}

/** The sight without the entries of lists that are being changed: they count as unread, so nothing is guessed from the old ones. */
function withoutChangingLists(sight: Snapshot): Snapshot {
  const changing = (sight.prefixLists ?? []).filter(isChanging);
  if (changing.length === 0) return sight;
  const ids = new Set(changing.map(({ id }) => id));
  return {
    ...sight,
    groups: sight.groups.map(({ group, facts }) => ({
      facts,
      group: { ...group, rules: group.rules.map((rule) => unknown(rule, ids)) },
    })),
    unread: [
      ...sight.unread,
      ...changing.map(({ id, state }) => new FactUnread(`entries of prefix list ${id}`, `the list is ${state}`)),
    ],
  };
}

/** What a reader puts in place of an account that the event does not name. */
const UNKNOWN_ACCOUNT = 'unknown';

/**
 * Whether the account itself owns a group. A VPC or a group can be shared through AWS RAM. Then EC2 also shows groups of other
 * accounts, and only the owner's cell may change those.
 */
export function isOwnGroup(
  { ownerId }: Pick<GroupIdentity, 'ownerId'>,
  { account }: { readonly account: string },
): boolean {
  return ownerId === undefined || account === UNKNOWN_ACCOUNT || ownerId === account;
}

/** Why a group is left to another account. */
export function foreignGroupReason({ id, ownerId }: Pick<GroupIdentity, 'id' | 'ownerId'>): string {
  return `${id} belongs to account ${ownerId}, which shares it: the Portcullis of that account evaluates it`;
}

/** The snapshot without the groups of other accounts, and the reason for each group that is left out. */
export function withoutForeignGroups(sight: Snapshot, place: { readonly account: string }) {
  const others = sight.groups.filter(({ group }) => !isOwnGroup(group, place));
  if (others.length === 0) return { sight, reasons: [] };
  const own = sight.groups.filter((sighting) => !others.includes(sighting));
  return { sight: { ...sight, groups: own }, reasons: others.map(({ group }) => foreignGroupReason(group)) };
}

/**
 * Pauses before looking again, in milliseconds. EC2 is eventually consistent, and an event may overtake the state it speaks of.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const PAUSES = [250, 500, 1000, 2000];

/** A list that many groups name takes longer to change than a rule takes to show: 15.75 s in all, and Lambda's retries come after. */
const LIST_PAUSES = [...PAUSES, 4000, 8000];

/** Ids of rules that are being removed by us, or were: waiting for them to appear would be in vain. */
function removedByUs({ entries, records }: Pick<ChangeSnapshot, 'entries' | 'records'>): ReadonlySet<string> {
  return new Set([
    ...entries.flatMap(({ plan }) => plan.steps.flatMap(({ rules }) => rules.map(({ id }) => id ?? ''))),
    ...[...records.values()].flatMap(({ ownChanges }) =>
      ownChanges.flatMap((one) => (one.what === 'removed' ? one.ruleId : [])),
    ),
  ]);
}

/** Kinds of change after which there must be a group. A list that changes may be named by none, and an interface may be gone again. */
const MAKES_GROUPS: ReadonlySet<Trigger> = new Set(['group-created', 'vpc-created']);

/** Groups that the event says are attached and whose interfaces do not show yet. */
function groupsWithoutInterface({ groups }: Snapshot, { trigger }: Change): readonly string[] {
  return trigger === 'attached'
    ? groups.flatMap(({ group, facts }) => (facts.attachments?.length === 0 ? [`an interface of ${group.id}`] : []))
    : [];
}

function missing(sight: Snapshot, change: Change, remembered: Omit<ChangeSnapshot, 'sight'>): readonly string[] {
  if (change.trigger === 'rules-removed' || change.trigger === 'sweep') return [];
  if (sight.groups.length === 0 && MAKES_GROUPS.has(change.trigger)) return [change.trigger];
  const known = removedByUs(remembered);
  const rules = missingFromSnapshot(
    sight.groups.flatMap(({ group }) => group.rules),
    change.added,
  ).filter((key) => !known.has(key));
  return [...rules, ...groupsWithoutInterface(sight, change)];
}

/** What was seen, with what the cell remembers of the same groups. */
export interface ChangeSnapshot {
  readonly sight: Snapshot;
  /** When the snapshot was asked for, milliseconds since the epoch. */
  readonly at: number;
  readonly entries: readonly LedgerEntry[];
  /** The ledger's, of these groups and of every group. */
  readonly exemptions: readonly Exemption[];
  /** By group. */
  readonly records: ReadonlyMap<string, GroupRecord>;
}

async function fetchRemembered(
  ports: RemediationPorts,
  groupIds: readonly string[],
): Promise<Omit<ChangeSnapshot, 'sight' | 'at'>> {
  const [entries, exemptions, records] = await Promise.all([
    Promise.all(groupIds.map((id) => ports.ledger.unsettled(id))),
    ports.exemptions.active(groupIds),
    ports.records.get(groupIds),
  ]);
  return { entries: entries.flat(), exemptions, records };
}

async function fetchOnce(change: Change, needs: ReadonlySet<Need>, ports: RemediationPorts): Promise<ChangeSnapshot> {
  const { scope } = change;
  const at = ports.clock.now();
  if (scope.by === 'group-id') {
    const [sight, rest] = await Promise.all([
      ports.groups.fetchSnapshot(scope, needs),
      fetchRemembered(ports, scope.ids),
    ]);
    return { sight, at, ...rest };
  }
  const sight = await ports.groups.fetchSnapshot(scope, needs);
  const ids = sight.groups.map(({ group }) => group.id);
  return { sight, at, ...(await fetchRemembered(ports, ids)) };
}

/** Reads the present state once, and waits for nothing. Throws CallFailed. */
export async function fetchSnapshotOnce(
  change: Change,
  needs: ReadonlySet<Need>,
  ports: RemediationPorts,
): Promise<ChangeSnapshot> {
  const { sight, ...rest } = await fetchOnce(change, needs, ports);
  ports.journal({ what: 'looked', snapshot: sight, missing: [] });
  return { sight: withoutChangingLists(sight), ...rest };
}

/**
 * Reads the present state, again with growing pauses while the rules that the event speaks of are not there yet, or a prefix list is
 * being changed. A list that still is in the end counts as unread.
 */
export async function fetchSnapshot(
  change: Change,
  needs: ReadonlySet<Need>,
  ports: RemediationPorts,
): Promise<ChangeSnapshot> {
  for (let attempt = 0; ; attempt += 1) {
    const { sight, ...rest } = await fetchOnce(change, needs, ports);
    const unsettled = unsettledLists(sight, change.added);
    const absent = [...missing(sight, change, rest), ...unsettled];
    ports.journal({ what: 'looked', snapshot: sight, missing: absent });
    const pause = (unsettled.length > 0 ? LIST_PAUSES : PAUSES)[attempt];
    if (absent.length === 0 || pause === undefined) return { sight: withoutChangingLists(sight), ...rest };
    await ports.clock.sleep(pause);
  }
}
