import type { Change, Trigger } from '../domain/change.ts';
import type { Need } from '../domain/controls/facts.ts';
import type { Exemption } from '../domain/exemption.ts';
import type { GroupRecord } from '../domain/group-record.ts';
import type { Entry } from '../domain/ledger.ts';
import type { Ports, Sight } from '../domain/ports.ts';
import { unseen } from './decide/freshness.ts';
import { unsettledLists, withoutChangingLists } from './decide/unsettled-lists.ts';

/**
 * Pauses before looking again, in milliseconds. EC2 is eventually consistent, and an event may overtake the state it speaks of.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const PAUSES = [250, 500, 1000, 2000];

/** A list that many groups name takes longer to change than a rule takes to show: 15.75 s in all, and Lambda's retries come after. */
const LIST_PAUSES = [...PAUSES, 4000, 8000];

/** Ids of rules that are being removed by us, or were: waiting for them to appear would be in vain. */
const removedByUs = ({ entries, records }: Pick<Seen, 'entries' | 'records'>): ReadonlySet<string> =>
  new Set([
    ...entries.flatMap(({ plan }) => plan.steps.flatMap(({ rules }) => rules.map(({ id }) => id ?? ''))),
    ...[...records.values()].flatMap(({ ours }) => ours.flatMap((one) => (one.what === 'removed' ? one.ruleId : []))),
  ]);

/** Kinds of change after which there must be a group. A list that changes may be named by none, and an interface may be gone again. */
const MAKES_GROUPS: ReadonlySet<Trigger> = new Set(['group-created', 'vpc-created']);

/** Groups that the event says are attached and whose interfaces do not show yet. */
const unattached = ({ sightings }: Sight, { trigger }: Change): readonly string[] =>
  trigger === 'attached'
    ? sightings.flatMap(({ group, facts }) => (facts.attachments?.length === 0 ? [`an interface of ${group.id}`] : []))
    : [];

const missing = (sight: Sight, change: Change, remembered: Omit<Seen, 'sight'>): readonly string[] => {
  if (change.trigger === 'rules-removed' || change.trigger === 'sweep') return [];
  if (sight.sightings.length === 0 && MAKES_GROUPS.has(change.trigger)) return [change.trigger];
  const known = removedByUs(remembered);
  const rules = unseen(
    sight.sightings.flatMap(({ group }) => group.rules),
    change.brought,
  ).filter((key) => !known.has(key));
  return [...rules, ...unattached(sight, change)];
};

/** What was seen, with what the cell remembers of the same groups. */
export interface Seen {
  readonly sight: Sight;
  /** When the snapshot was asked for, milliseconds since the epoch. */
  readonly at: number;
  readonly entries: readonly Entry[];
  /** The ledger's, of these groups and of every group. */
  readonly exemptions: readonly Exemption[];
  /** By group. */
  readonly records: ReadonlyMap<string, GroupRecord>;
}

const remembered = async (ports: Ports, groupIds: readonly string[]): Promise<Omit<Seen, 'sight' | 'at'>> => {
  const [entries, exemptions, records] = await Promise.all([
    Promise.all(groupIds.map((id) => ports.ledger.unsettled(id))),
    ports.exemptions.live(groupIds),
    ports.records.of(groupIds),
  ]);
  return { entries: entries.flat(), exemptions, records };
};

const lookOnce = async (change: Change, needs: ReadonlySet<Need>, ports: Ports): Promise<Seen> => {
  const { scope } = change;
  const at = ports.clock.now();
  if (scope.by === 'group-id') {
    const [sight, rest] = await Promise.all([ports.groups.look(scope, needs), remembered(ports, scope.ids)]);
    return { sight, at, ...rest };
  }
  const sight = await ports.groups.look(scope, needs);
  const ids = sight.sightings.map(({ group }) => group.id);
  return { sight, at, ...(await remembered(ports, ids)) };
};

/** Reads the present state once, and waits for nothing. Throws CallFailed. */
export const lookNow = async (change: Change, needs: ReadonlySet<Need>, ports: Ports): Promise<Seen> => {
  const { sight, ...rest } = await lookOnce(change, needs, ports);
  ports.journal({ what: 'looked', sight, missing: [] });
  return { sight: withoutChangingLists(sight), ...rest };
};

/**
 * Reads the present state, again with growing pauses while the rules that the event speaks of are not there yet, or a prefix list is
 * being changed. A list that still is in the end counts as unread.
 */
export const look = async (change: Change, needs: ReadonlySet<Need>, ports: Ports): Promise<Seen> => {
  for (let attempt = 0; ; attempt += 1) {
    const { sight, ...rest } = await lookOnce(change, needs, ports);
    const unsettled = unsettledLists(sight, change.brought);
    const absent = [...missing(sight, change, rest), ...unsettled];
    ports.journal({ what: 'looked', sight, missing: absent });
    const pause = (unsettled.length > 0 ? LIST_PAUSES : PAUSES)[attempt];
    if (absent.length === 0 || pause === undefined) return { sight: withoutChangingLists(sight), ...rest };
    await ports.clock.sleep(pause);
  }
};
