import type { Exemption } from '../../domain/exemption.ts';
import type { Entry } from '../../domain/ledger.ts';
import type { ExemptionTerms } from '../../domain/requests/command.ts';
import type { FollowUp } from '../../domain/requests/follow-up.ts';
import type { Asked } from '../../domain/requests/person.ts';
import type { Rule } from '../../domain/rule.ts';
import { contentKey } from '../../network/rule-key.ts';
import { isSameRequest, onItsOwn } from '../../remediation/asked.ts';
import { exemptionId } from '../../remediation/tags/exemption-id.ts';
import type { GrantCell } from './cell.ts';
import { termsOf } from './terms.ts';

/** Leave that ends so little earlier is the same one, given by a try whose answer was lost, ms. */
const SAME_WITHIN_MS = 600_000;

/**
 * How long an exemption holds whose grant has not succeeded yet, ms: ten minutes. The function that grants has five minutes; an
 * invocation that dies leaves no exemption behind for longer than this.
 */
const PROVISIONAL_MS = 600_000;

/** The exemptions that rules need to stand again: one for each content, in their group alone. */
export const leavesFor = async (
  rules: readonly Rule[],
  { plan }: Entry,
  terms: ExemptionTerms,
  asked: Asked,
): Promise<readonly Exemption[]> => {
  const { account, region } = plan.change;
  const common = { ...asked, ...termsOf(terms, asked.at), place: { account, region } };
  const all = rules.map((rule) => ({ ...common, scope: { groupId: rule.groupId, content: contentKey(rule) } }));
  return await Promise.all(all.map(async (one) => ({ ...one, id: await exemptionId(one) })));
};

const isSameRule = ({ scope: a }: Exemption, { scope: b }: Exemption): boolean =>
  a.groupId === b.groupId && a.content === b.content && a.control === undefined;

const isGiven = (known: readonly Exemption[], wanted: Exemption): boolean =>
  known.some(
    (one) => one.provisional === undefined && isSameRule(one, wanted) && one.until >= wanted.until - SAME_WITHIN_MS,
  );

/** The one that a try of the same request has left behind, with its id. */
const takenOver = (known: readonly Exemption[], wanted: Exemption): Exemption => {
  const earlier = known.find(
    (one) => one.provisional === true && isSameRule(one, wanted) && isSameRequest(one, wanted),
  );
  return earlier === undefined ? wanted : { ...wanted, id: earlier.id, at: earlier.at };
};

/**
 * Records exemptions before their rules are granted, so that no rule is closed as soon as it stands: for ten minutes only, until
 * `settleLeave` has them run as long as was asked for. Those that hold already are left out. Throws CallFailed.
 *
 * @returns the exemptions as they were asked for.
 */
export const holdLeave = async (
  wanted: readonly Exemption[],
  known: readonly Exemption[],
  { ports }: GrantCell,
): Promise<readonly Exemption[]> => {
  const held = wanted.filter((one) => !isGiven(known, one)).map((one) => takenOver(known, one));
  const until = ports.clock.now() + PROVISIONAL_MS;
  for (const one of held) await ports.exemptions.put({ ...one, until, provisional: true });
  return held;
};

/** An exemption that has ended is never revived: one that the schedule has just ended as left behind is recorded anew. */
const lasting = async (one: Exemption, { ports }: GrantCell): Promise<void> => {
  await ports.exemptions.put(one);
  const live = await ports.exemptions.live(one.scope.groupId === undefined ? [] : [one.scope.groupId]);
  if (live.some(({ id }) => id === one.id)) return;
  const { id: _, ...again } = { ...one, at: ports.clock.now() };
  await ports.exemptions.put({ ...again, id: await exemptionId(again) });
};

/** Has exemptions run as long as was asked for where their rules were granted, and ends the others. Throws CallFailed. */
export const settleLeave = async (
  held: readonly Exemption[],
  { granted, refused }: Pick<FollowUp, 'granted' | 'refused'>,
  cell: GrantCell,
): Promise<void> => {
  const inVain = new Set(refused.map(({ rule }) => contentKey(rule)));
  for (const one of held) {
    const isGranted = granted.length > 0 && !inVain.has(one.scope.content ?? '');
    const ended = onItsOwn('the rule was not granted', cell.ports.clock);
    if (isGranted) await lasting(one, cell);
    else await cell.ports.exemptions.put({ ...one, until: ended.at + 1, provisional: true, ended });
  }
};
