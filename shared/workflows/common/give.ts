import type { Group } from '../../domain/group.ts';
import type { Entry } from '../../domain/ledger.ts';
import { remediationId } from '../../domain/remediation-id.ts';
import type { FollowUp } from '../../domain/requests/follow-up.ts';
import type { Rule } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';
import { ruleKey } from '../../network/rule-key.ts';
import { authorized } from './authorized.ts';
import type { GrantCell } from './cell.ts';
import { recordGrant } from './record-grant.ts';

/** Rules to be granted after a removal, and what is said of it. */
export interface Gift extends Omit<FollowUp, 'granted'> {
  readonly entry: Entry;
  readonly rules: readonly Rule[];
  /** The group as it is now. */
  readonly group: Group;
}

/** What is to be granted, told apart from what stands already. */
export interface Share {
  readonly missing: readonly Rule[];
  /** Rules of the group with the same content. */
  readonly standing: readonly Rule[];
}

const FIELD = 'standing';

/** The name of the next follow-up of a kind: the same when it is tried again before it is on the record. */
const stepOf = (kind: FollowUp['kind'], { followUps }: Entry): string =>
  `${kind} ${followUps.filter((one) => one.kind === kind).length + 1}`;

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Ids of what stood before the first try, where one has begun: what else stands by now is its doing. */
const stoodBefore = (entry: Entry, kind: FollowUp['kind']): ReadonlySet<string> | undefined => {
  const begun = entry.progress.find(({ step }) => step === stepOf(kind, entry));
  return begun && new Set(textsIn(begun.data[FIELD]));
};

/** Which of some rules the group has already, by content. What an unfinished try of the same granted counts as missing. */
export const shareOf = (
  rules: readonly Rule[],
  { entry, kind, group }: Pick<Gift, 'entry' | 'kind' | 'group'>,
): Share => {
  const keys = new Set(rules.map(canonicalKey));
  const before = stoodBefore(entry, kind);
  const standing = group.rules
    .filter((rule) => keys.has(canonicalKey(rule)))
    .filter((rule) => before === undefined || before.has(ruleKey(rule)));
  const stand = new Set(standing.map(canonicalKey));
  const missing = new Map(rules.map((rule) => [canonicalKey(rule), rule]));
  return { standing, missing: [...missing].flatMap(([key, rule]) => (stand.has(key) ? [] : [rule])) };
};

const begin = async ({ entry, kind }: Gift, { standing }: Share, { ports }: GrantCell): Promise<void> => {
  if (stoodBefore(entry, kind) !== undefined) return;
  const data = { [FIELD]: standing.map(ruleKey) };
  await ports.register.noteProgress(entry, { step: stepOf(kind, entry), data, at: ports.clock.now() });
};

/** What another invocation has recorded since: it had the same to do. */
const recordedSince = async ({ entry, kind }: Gift, { ports }: GrantCell): Promise<FollowUp | undefined> => {
  const { plan, followUps } = entry;
  const now = await ports.register.find(plan.decision.group.id, plan.id);
  const known = followUps.filter((one) => one.kind === kind).length;
  return now?.followUps.filter((one) => one.kind === kind)[known];
};

/** What has to follow on a grant before it is told and recorded, so that it is done again with the grant where it broke off. */
type Settle = (answer: Pick<FollowUp, 'granted' | 'refused'>) => Promise<void>;

/**
 * Grants what of the rules does not stand yet: notes what stands, authorizes, tells people, then records it. Broken off anywhere, the
 * next try ends in the same record: what stands by then and did not when it began was granted by it. A restore that EC2 has refused as a
 * whole is no news: who asked for it has the answer.
 *
 * @throws CallFailed where EC2 fails or refuses for a reason that is not the rules'.
 */
export const give = async (gift: Gift, cell: GrantCell, settle?: Settle): Promise<FollowUp> => {
  const { entry, rules, group, ...said } = gift;
  const { ports } = cell;
  const share = shareOf(rules, gift);
  if (share.missing.length > 0) await begin(gift, share, cell);
  const region = ports.region(entry.plan.change.region);
  const { granted, refused } = await authorized(share.missing, group, region.grants);
  await settle?.({ granted, refused });
  const followUp = { ...said, granted, refused: [...said.refused, ...refused] };
  if (granted.length === 0 && (followUp.refused.length === 0 || gift.kind === 'restore')) return followUp;
  const recorded = await recordedSince(gift, cell);
  if (recorded !== undefined) return recorded;
  const id = `${remediationId(entry.plan)} ${stepOf(gift.kind, entry)}`;
  await recordGrant(group.id, granted, cell);
  await ports.notices.announce({ id, what: 'granted', entry, followUp });
  await ports.register.noteFollowUp(entry, followUp);
  return followUp;
};
