import type { AddedRules, Change, Trigger } from '../domain/change.ts';
import type { Need } from '../domain/control.ts';
import type { PrefixListState, Snapshot } from '../domain/ec2.ts';
import { FactUnread } from '../domain/errors.ts';
import type { Rule } from '../domain/group.ts';
import type { LedgerState } from '../domain/ledger.ts';
import type { RemediationPorts } from '../domain/ports.ts';
import { missingFromSnapshot } from './decide/freshness.ts';

/**
 * Pauses before EC2 is read again, ms. EC2 is eventually consistent, so an event may arrive before EC2 shows
 * its rules.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const PAUSES = [250, 500, 1000, 2000];

/** Pauses for a prefix list, ms, 15.75 s in all: EC2 takes longer to change a list that many groups name. */
const LIST_PAUSES = [...PAUSES, 4000, 8000];

/** The groups of a change as EC2 returns them, and what the cell has on record about them. */
export interface ChangeSnapshot extends LedgerState {
  readonly current: Snapshot;
  /** When EC2 was asked, milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Reads the groups of a change. Reads them again after growing pauses until EC2 shows the rules of the event
 * and no prefix list is being changed. A prefix list that is still being changed after the last pause counts
 * as unread. Throws CallFailed.
 */
export async function fetchSnapshot(
  change: Change,
  needs: ReadonlySet<Need>,
  ports: RemediationPorts,
): Promise<ChangeSnapshot> {
  for (let attempt = 0; ; attempt += 1) {
    const { current, ...remembered } = await fetchOnce(change, needs, ports);
    const unsettled = unsettledLists(current, change.added);
    const absent = [...missing(current, change, remembered), ...unsettled];
    ports.journal({ what: 'looked', snapshot: current, missing: absent });
    const pause = (unsettled.length > 0 ? LIST_PAUSES : PAUSES)[attempt];
    if (absent.length === 0 || pause === undefined) return { current: withoutChangingLists(current), ...remembered };
    await ports.clock.sleep(pause);
  }
}

/** Reads the groups of a change once, without waiting for its rules. Throws CallFailed. */
export async function fetchSnapshotOnce(
  change: Change,
  needs: ReadonlySet<Need>,
  ports: RemediationPorts,
): Promise<ChangeSnapshot> {
  const { current, ...remembered } = await fetchOnce(change, needs, ports);
  ports.journal({ what: 'looked', snapshot: current, missing: [] });
  return { current: withoutChangingLists(current), ...remembered };
}

async function fetchOnce(
  { scope }: Change,
  needs: ReadonlySet<Need>,
  ports: RemediationPorts,
): Promise<ChangeSnapshot> {
  const at = ports.clock.now();
  if (scope.by === 'group-id') {
    const [current, remembered] = await Promise.all([
      ports.groups.fetchSnapshot(scope, needs),
      ports.ledger.stateOf(scope.ids),
    ]);
    return { current, at, ...remembered };
  }
  const current = await ports.groups.fetchSnapshot(scope, needs);
  const ids = current.groups.map(({ group }) => group.id);
  return { current, at, ...(await ports.ledger.stateOf(ids)) };
}

/** Calls that create a group. A changed prefix list or a deleted interface may leave no group to find. */
const MAKES_GROUPS: ReadonlySet<Trigger> = new Set(['group-created', 'vpc-created']);

/** What the event names and EC2 does not show yet. */
function missing(current: Snapshot, change: Change, remembered: Omit<ChangeSnapshot, 'current'>): readonly string[] {
  if (change.trigger === 'rules-removed' || change.trigger === 'sweep') return [];
  if (current.groups.length === 0 && MAKES_GROUPS.has(change.trigger)) return [change.trigger];
  const removed = removedByUs(remembered);
  const rules = current.groups.flatMap(({ group }) => group.rules);
  const absent = missingFromSnapshot(rules, change.added).filter((key) => !removed.has(key));
  return [...absent, ...groupsWithoutInterface(current, change)];
}

/** Ids of rules that Portcullis has removed or is removing: EC2 will not show these rules again. */
function removedByUs({ entries, records }: Pick<ChangeSnapshot, 'entries' | 'records'>): ReadonlySet<string> {
  const ownChanges = [...records.values()].flatMap((record) => record.ownChanges);
  return new Set([
    ...entries.flatMap(({ plan }) => plan.steps.flatMap(({ rules }) => rules.map(({ id }) => id ?? ''))),
    ...ownChanges.flatMap(({ what, ruleId }) => (what === 'removed' ? ruleId : [])),
  ]);
}

/** Groups that the event says are attached and that EC2 shows without an interface. */
function groupsWithoutInterface({ groups }: Snapshot, { trigger }: Change): readonly string[] {
  return trigger === 'attached'
    ? groups.flatMap(({ group, facts }) => (facts.attachments?.length === 0 ? [`an interface of ${group.id}`] : []))
    : [];
}

/** Prefix lists whose entries may still change, as text. */
function unsettledLists({ prefixLists = [] }: Snapshot, added: AddedRules): readonly string[] {
  return prefixLists
    .filter((list) => isChanging(list) || isOutdated(list, added))
    .map(({ id, state, version }) => `${id} is ${state}${version === undefined ? '' : ` at version ${version}`}`);
}

/**
 * Whether EC2 may return the old entries of the list because it is modifying or restoring the list.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html
 */
function isChanging({ state }: PrefixListState): boolean {
  return state.endsWith('-in-progress');
}

/** Whether EC2 still shows the list at the version before the change. */
function isOutdated({ id, version }: PrefixListState, added: AddedRules): boolean {
  return (
    added.kind === 'prefix-list' &&
    added.id === id &&
    added.version !== undefined &&
    version !== undefined &&
    version <= added.version
  );
}

/** The snapshot without the entries of lists that are being changed. These entries count as unread. */
function withoutChangingLists(snapshot: Snapshot): Snapshot {
  const changing = (snapshot.prefixLists ?? []).filter(isChanging);
  if (changing.length === 0) return snapshot;
  const ids = new Set(changing.map(({ id }) => id));
  return {
    ...snapshot,
    groups: snapshot.groups.map(({ group, facts }) => ({
      facts,
      group: { ...group, rules: group.rules.map((rule) => withoutEntries(rule, ids)) },
    })),
    unread: [
      ...snapshot.unread,
      ...changing.map(({ id, state }) => new FactUnread(`entries of prefix list ${id}`, `the list is ${state}`)),
    ],
  };
}

function withoutEntries(rule: Rule, listIds: ReadonlySet<string>): Rule {
  return rule.source.kind === 'prefix-list' && listIds.has(rule.source.id)
    ? { ...rule, source: { kind: 'prefix-list', id: rule.source.id } }
    : rule;
}
