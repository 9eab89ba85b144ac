import type { ConfigCell, ConfigRequest, Evaluation, Place, Recorded } from '../../domain/compliance.ts';
import type { Need } from '../../domain/controls/facts.ts';
import type { Mode } from '../../domain/controls/mode.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import { Unfinished } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Group } from '../../domain/group.ts';
import type { Sight, Sighting } from '../../domain/ports.ts';
import type { Rule } from '../../domain/rule.ts';
import { exemptionsAt } from '../../policy/exempt.ts';
import { isTooMuchAtOnce } from '../../policy/sweep-share.ts';
import { enabledControls, needsOf } from '../../remediation/decide/enabled.ts';
import { isLoud } from '../../remediation/decide/loud.ts';
import { mayOpenTogether } from '../../remediation/decide/shared-interfaces.ts';
import { isOwnGroup, ownPart, whyNotOwn } from '../../remediation/own-group.ts';
import { side } from '../../remediation/side.ts';
import { annotationOf } from './annotation.ts';
import { comply, type Measure } from './comply.ts';
import { policyOfFamily } from './family.ts';

/** An evaluation, and how far the policy goes with what was found. */
interface Assessed {
  readonly evaluation: Evaluation;
  readonly mode: Mode;
}

/** How far the internet reaches grades a severity, and changes no verdict: it is not read. */
const needsUnder = (policy: Policy): ReadonlySet<Need> => new Set(enabledControls(policy, 'sweep').flatMap(needsOf));

const measureOf = (
  { policy, ports }: ConfigCell,
  { parameters }: ConfigRequest,
  inForce: readonly Exemption[],
): Measure => {
  const now = ports.clock.now();
  const exemptions = exemptionsAt(now, policy, inForce);
  return { parameters, policy: policyOfFamily(policy, parameters), exemptions, now };
};

const assess = (sighting: Sighting, at: number, measure: Measure): Assessed => {
  const { mode, ...said } = comply(sighting, measure);
  return { evaluation: { groupId: sighting.group.id, at, ...said }, mode };
};

const notApplicable = (groupId: string, at: number, why: string): readonly Assessed[] => [
  { evaluation: { groupId, verdict: 'NOT_APPLICABLE', annotation: annotationOf(why), at }, mode: 'off' },
];

const isUnresolved = ({ source }: Rule): boolean => source.kind === 'prefix-list' && source.cidrs === undefined;

/** AWS Config records which lists a rule names; what they hold, the look at the group tells. */
const withLists = (group: Group, sight: Sight): Group => {
  const known = new Map(
    sight.sightings.flatMap((one) =>
      one.group.rules.flatMap(({ source }) =>
        source.kind === 'prefix-list' && source.cidrs !== undefined ? [[source.id, source] as const] : [],
      ),
    ),
  );
  const rules = group.rules.map((rule) =>
    rule.source.kind === 'prefix-list' ? { ...rule, source: known.get(rule.source.id) ?? rule.source } : rule,
  );
  return { ...group, rules };
};

const NOTHING_READ: Sight = { sightings: [], unread: [] };

/**
 * Judges what was recorded, by the facts of now. An item that has been overtaken (its group is gone, or names a list no more) and can't be
 * judged for it gets no verdict where the next one brings it. Throws Unfinished where a fact could not be read.
 */
const assessItem = async (item: Recorded, request: ConfigRequest, cell: ConfigCell): Promise<readonly Assessed[]> => {
  const { groupId, at, region, group } = item;
  if (group === undefined) return notApplicable(groupId, at, 'The group is deleted, not recorded, or out of scope.');
  if (!isOwnGroup(group, item)) {
    cell.leftOut([whyNotOwn(group)]);
    return notApplicable(groupId, at, `The group belongs to account ${group.ownerId}.`);
  }
  const measure = measureOf(cell, request, await cell.ports.exemptions.live([groupId]));
  const isAlone = !mayOpenTogether(measure.policy)(group);
  const needs = needsUnder(measure.policy).difference(new Set(isAlone ? ['neighbours'] : []));
  const isEnough = needs.size === 0 && !group.rules.some(isUnresolved);
  const sight = isEnough
    ? NOTHING_READ
    : await cell.ports.groups(region).look({ by: 'group-id', ids: [groupId] }, needs);
  const facts = { ...sight.sightings[0]?.facts, ...(isAlone && { neighbours: [] }) };
  const judged = withLists(group, sight);
  const assessed = assess({ group: judged, facts }, at, measure);
  if (assessed.evaluation.verdict === 'NON_COMPLIANT') return [assessed];
  if (sight.unread.length > 0) throw new Unfinished(sight.unread);
  if (!isEnough && sight.sightings.length === 0) return notApplicable(groupId, at, 'The group is gone by now.');
  return judged.rules.some(isUnresolved) ? [] : [assessed];
};

/** What the policy goes further with than to observe. */
const isToBeLookedAt = ({ evaluation, mode }: Assessed): boolean =>
  evaluation.verdict === 'NON_COMPLIANT' && isLoud(mode);

const idsOf = (assessed: readonly Assessed[]): readonly string[] =>
  assessed.map(({ evaluation }) => evaluation.groupId);

const put = async (
  assessed: readonly Assessed[],
  { resultToken }: ConfigRequest,
  { ports }: ConfigCell,
): Promise<readonly Evaluation[]> => {
  const evaluations = assessed.map(({ evaluation }) => evaluation);
  if (evaluations.length > 0) await ports.compliance.put(resultToken, evaluations);
  return evaluations;
};

/** Hands on what is open, whatever becomes of the answer. Whoever comes second finds nothing to do. */
const tell = async (
  assessed: readonly Assessed[],
  place: Place,
  request: ConfigRequest,
  cell: ConfigCell,
): Promise<readonly Evaluation[]> => {
  const open = idsOf(assessed.filter(isToBeLookedAt));
  const looking = open.length > 0 ? [cell.ports.reexamine.look(open, place.region)] : [];
  const { outcomes, faults } = await side([
    put(assessed, request, cell),
    ...looking.map(async (look) => await look.then(() => [])),
  ]);
  if (faults.length > 0) throw faults.length === 1 ? faults[0] : new Unfinished(faults);
  return outcomes.flat();
};

const assessPart = async (
  sight: Sight,
  occasion: Place & { readonly at: number },
  request: ConfigRequest,
  cell: ConfigCell,
) => {
  const { sight: own, reasons } = ownPart(sight, occasion);
  if (reasons.length > 0) cell.leftOut(reasons);
  const ids = own.sightings.map(({ group }) => group.id);
  const measure = measureOf(cell, request, await cell.ports.exemptions.live(ids));
  return own.sightings.map((sighting) => assess(sighting, occasion.at, measure));
};

/** What a schedule's call has found to be looked at, of how many groups. */
interface Round {
  readonly open: readonly Assessed[];
  readonly groups: number;
}

/** More than a sweep may close in is left to the sweep: that holds it, and tells people so once. */
const handOnAll = async ({ open, groups }: Round, { region }: Place, cell: ConfigCell): Promise<void> => {
  const closing = open.filter(({ mode }) => mode === 'enforce').length;
  const isOver = isTooMuchAtOnce(closing, groups, cell.policy.budget);
  if (open.length > 0 && !isOver) await cell.ports.reexamine.look(idsOf(open), region);
};

/** Part by part, so that an account of tens of thousands of groups fits; what was unread is told in the end. */
const assessAll = async (
  occasion: Place & { readonly at: number },
  request: ConfigRequest,
  cell: ConfigCell,
): Promise<readonly Evaluation[]> => {
  const told: Evaluation[] = [];
  const open: Assessed[] = [];
  let groups = 0;
  const unread: Error[] = [];
  const needs = needsUnder(policyOfFamily(cell.policy, request.parameters));
  for await (const sight of cell.ports.everyGroup(occasion.region, needs)) {
    unread.push(...sight.unread);
    const assessed = await assessPart(sight, occasion, request, cell);
    groups += assessed.length;
    open.push(...assessed.filter(isToBeLookedAt));
    const certain = assessed.filter(
      ({ evaluation }) => sight.unread.length === 0 || evaluation.verdict === 'NON_COMPLIANT',
    );
    told.push(...(await put(certain, request, cell)));
  }
  await handOnAll({ open, groups }, occasion, cell);
  if (unread.length > 0) throw new Unfinished(unread);
  return told;
};

/**
 * Answers a call of AWS Config's: evaluates, tells, and hands what is open to whoever closes, in case no event told of it.
 *
 * @returns what AWS Config was told.
 * @throws InputInvalid for parameters that name no family or control, Unfinished where facts could not be read, CallFailed, EventUnreadable.
 */
export const evaluate = async (request: ConfigRequest, cell: ConfigCell): Promise<readonly Evaluation[]> => {
  const { occasion } = request;
  switch (occasion.kind) {
    case 'ignored':
      return [];
    case 'item':
      return await tell(await assessItem(occasion, request, cell), occasion, request, cell);
    case 'too-large': {
      const item = await cell.ports.compliance.itemAt(occasion.groupId, occasion.at);
      return await tell(await assessItem(item, request, cell), occasion, request, cell);
    }
    case 'scheduled':
      return await assessAll(occasion, request, cell);
    default:
      return occasion satisfies never;
  }
};
