import type { AddedRules } from '../../domain/change.ts';
import type { ExemptionTerms } from '../../domain/command.ts';
import { higherMode, type Mode } from '../../domain/control-options.ts';
import type { Decision } from '../../domain/decision.ts';
import { RemediatorError } from '../../domain/errors.ts';
import type { Exemption, ExemptionScope, ModesAfterExemption } from '../../domain/exemption.ts';
import type { Group, Rule } from '../../domain/group.ts';
import type { Attribution } from '../../domain/identity.ts';
import type { LedgerEntry, PostRemovalGrant } from '../../domain/ledger.ts';
import type { Policy } from '../../domain/policy.ts';
import { contentKey } from '../../network/rule-key.ts';
import { coversRule, withoutExemptRules } from '../../policy/exemptions.ts';
import { decisionsFor } from '../../remediation/decide/decide-group.ts';
import { exemptionId, isSameRequest, requestedByPortcullis } from '../../remediation/requested-by.ts';
import type { GrantCell } from './cell.ts';
import { type CurrentGroup, fetchCurrentGroup } from './group-snapshot.ts';
import { termsOf } from './refuse.ts';

/** Whether a decision is about something that only these exemptions hide from a control. */
function isCovered({ findings }: Decision, group: Group, exemptions: readonly Exemption[]): boolean {
  return findings.some(({ control, rules }) => {
    const visible = withoutExemptRules(group, control, exemptions);
    return visible === undefined || rules.some((rule) => !visible.rules.includes(rule));
  });
}

function modeOf(
  added: AddedRules,
  exemptions: readonly Exemption[],
  { groupSnapshot, exemptions: all }: CurrentGroup,
  policy: Policy,
): Mode {
  const ids = new Set(exemptions.map(({ id }) => id));
  const others = all.filter(({ id }) => !ids.has(id));
  const context = { trigger: 'rules-added', added, exemptions: others } as const;
  return decisionsFor(groupSnapshot, context, policy, 'enforce')
    .filter((decision) => isCovered(decision, groupSnapshot.group, exemptions))
    .map(({ mode }) => mode)
    .reduce(higherMode, 'off');
}

/**
 * How far the policy goes with what the exemptions of one group cover, for the group as it is now. The
 * runtime switch and freezes do not count, because they may be over by then. Pure.
 */
export function afterExemptionsIn(
  found: CurrentGroup,
  exemptions: readonly Exemption[],
  policy: Policy,
): ModesAfterExemption {
  return {
    fresh: modeOf({ kind: 'everything' }, exemptions, found, policy),
    existing: modeOf({ kind: 'unknown' }, exemptions, found, policy),
  };
}

function isNothing({ fresh, existing }: ModesAfterExemption): boolean {
  return fresh === 'off' && existing === 'off';
}

/**
 * Whether an exemption names a rule that the group has. Other exemptions are about rules that may be added
 * later.
 */
function namesRule(exemptions: readonly Exemption[], { rules }: Group): boolean {
  return exemptions.some(({ scope }) => scope.content !== undefined && rules.some((rule) => coversRule(scope, rule)));
}

/**
 * Reads the group, and says how far the policy goes when the exemptions end. Empty if the exemptions name no
 * group, the group cannot be read, or the group has no rule that only the exemptions allow. The request is
 * carried out in each case.
 */
export async function fetchAfterExemptions(
  exemptions: readonly Exemption[],
  cell: GrantCell,
): Promise<{ readonly afterwards?: ModesAfterExemption }> {
  const [{ scope, place } = { scope: {}, place: undefined }] = exemptions;
  if (scope.groupId === undefined || place === undefined) return {};
  try {
    const found = await fetchCurrentGroup({ groupId: scope.groupId, region: place.region }, cell);
    if (found === undefined) return {};
    const afterwards = afterExemptionsIn(found, exemptions, cell.policy);
    return isNothing(afterwards) && !namesRule(exemptions, found.groupSnapshot.group) ? {} : { afterwards };
  } catch (error) {
    if (error instanceof RemediatorError) return {};
    throw error;
  }
}

/** An exemption that is not recorded yet. */
export type NewExemption = Omit<Exemption, 'id'>;

function scopeText({ groupId, content, ports, control }: ExemptionScope): string {
  return JSON.stringify([groupId, content, ports, control]);
}

/** The same exemption, recorded by an earlier attempt whose answer was lost. */
function recorded(wanted: NewExemption, all: readonly Exemption[]): Exemption | undefined {
  return all.find(
    (one) =>
      one.ended === undefined &&
      isSameRequest(one, wanted) &&
      one.owner === wanted.owner &&
      one.until - one.at === wanted.until - wanted.at &&
      scopeText(one.scope) === scopeText(wanted.scope),
  );
}

async function put(wanted: NewExemption, all: readonly Exemption[], { ports }: GrantCell): Promise<Exemption> {
  const exemption = recorded(wanted, all) ?? { ...wanted, id: await exemptionId(wanted) };
  await ports.exemptions.put(exemption);
  return exemption;
}

/** How far the policy goes when exemptions end, if that is known. */
interface Afterwards {
  readonly afterwards?: ModesAfterExemption;
}

async function announceExemption(
  exemption: Exemption,
  others: number,
  known: Afterwards,
  { ports }: GrantCell,
): Promise<void> {
  const counted = others > 0 ? { others } : {};
  await ports.notifier.notify({ id: `exempted ${exemption.id}`, what: 'exempted', exemption, ...counted, ...known });
}

/** Records an exemption and notifies people. A repeated request records it once. Throws CallFailed. */
export async function recordExemption(
  wanted: NewExemption,
  cell: GrantCell,
): Promise<Afterwards & { readonly exemption: Exemption }> {
  const exemption = await put(wanted, await cell.ports.exemptions.all(), cell);
  const known = await fetchAfterExemptions([exemption], cell);
  await announceExemption(exemption, 0, known, cell);
  return { exemption, ...known };
}

/** Records all exemptions of one request, with one notification. Throws CallFailed. */
export async function recordExemptions(
  allWanted: readonly NewExemption[],
  cell: GrantCell,
): Promise<Afterwards & { readonly exemptions: readonly Exemption[] }> {
  const all = await cell.ports.exemptions.all();
  const exemptions: Exemption[] = [];
  for (const wanted of allWanted) exemptions.push(await put(wanted, all, cell));
  const known = await fetchAfterExemptions(exemptions, cell);
  const [first, ...others] = exemptions;
  if (first !== undefined) await announceExemption(first, others.length, known, cell);
  return { exemptions, ...known };
}

/** Maximum difference between the ends of an exemption and of its repetition, ms. */
const SAME_WITHIN_MS = 600_000;

/**
 * How long a provisional exemption lasts until its grant succeeds, ms: ten minutes. on-grant runs for five
 * minutes at most, so an invocation that dies leaves no exemption for longer than this.
 */
const PROVISIONAL_MS = 600_000;

/** One exemption for each rule content, in the group of the rule alone. */
export async function exemptionsForRules(
  rules: readonly Rule[],
  { plan }: LedgerEntry,
  terms: ExemptionTerms,
  asked: Attribution,
): Promise<readonly Exemption[]> {
  const { account, region } = plan.change;
  const common = { ...asked, ...termsOf(terms, asked.at), place: { account, region } };
  const all = rules.map((rule) => ({ ...common, scope: { groupId: rule.groupId, content: contentKey(rule) } }));
  return await Promise.all(all.map(async (one) => ({ ...one, id: await exemptionId(one) })));
}

function isSameRule({ scope }: Exemption, { scope: b }: Exemption): boolean {
  return scope.groupId === b.groupId && scope.content === b.content && scope.control === undefined;
}

function isGiven(known: readonly Exemption[], wanted: Exemption): boolean {
  return known.some(
    (one) => one.provisional === undefined && isSameRule(one, wanted) && one.until >= wanted.until - SAME_WITHIN_MS,
  );
}

/** The exemption with the id that an earlier attempt at the same request left behind. */
function resumed(known: readonly Exemption[], wanted: Exemption): Exemption {
  const earlier = known.find(
    (one) => one.provisional === true && isSameRule(one, wanted) && isSameRequest(one, wanted),
  );
  return earlier === undefined ? wanted : { ...wanted, id: earlier.id, at: earlier.at };
}

/**
 * Records provisional exemptions before their rules are granted, so that no rule is removed as soon as it is
 * there. `settleExemptions` makes them last. Leaves out exemptions that are active already. Throws
 * CallFailed.
 *
 * @returns the exemptions as requested.
 */
export async function holdExemptions(
  wanted: readonly Exemption[],
  known: readonly Exemption[],
  { ports }: GrantCell,
): Promise<readonly Exemption[]> {
  const held = wanted.filter((one) => !isGiven(known, one)).map((one) => resumed(known, one));
  const until = ports.clock.now() + PROVISIONAL_MS;
  for (const one of held) await ports.exemptions.put({ ...one, until, provisional: true });
  return held;
}

/**
 * Makes an exemption last. If the schedule has just ended it as left behind, records it anew, because an
 * ended exemption is never revived.
 */
async function putLasting(one: Exemption, { ports }: GrantCell): Promise<void> {
  await ports.exemptions.put(one);
  const live = await ports.exemptions.active(one.scope.groupId === undefined ? [] : [one.scope.groupId]);
  if (live.some(({ id }) => id === one.id)) return;
  const { id: _, ...again } = { ...one, at: ports.clock.now() };
  await ports.exemptions.put({ ...again, id: await exemptionId(again) });
}

/** Makes exemptions last whose rules were granted, and ends the others. Throws CallFailed. */
export async function settleExemptions(
  held: readonly Exemption[],
  { granted, refused }: Pick<PostRemovalGrant, 'granted' | 'refused'>,
  cell: GrantCell,
): Promise<void> {
  const inVain = new Set(refused.map(({ rule }) => contentKey(rule)));
  for (const one of held) {
    const isGranted = granted.length > 0 && !inVain.has(one.scope.content ?? '');
    const ended = requestedByPortcullis('the rule was not granted', cell.ports.clock);
    if (isGranted) await putLasting(one, cell);
    else await cell.ports.exemptions.put({ ...one, until: ended.at + 1, provisional: true, ended });
  }
}
