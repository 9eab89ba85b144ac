import type { Change } from '../../domain/change.ts';
import type { NarrowTo } from '../../domain/control-options.ts';
import type { Rule } from '../../domain/group.ts';
import type { PostRemovalGrant } from '../../domain/ledger.ts';
import type { Policy } from '../../domain/policy.ts';
import { ruleKey } from '../../network/rule-key.ts';
import { requestedByPortcullis } from '../../remediation/requested-by.ts';
import type { GrantCell } from '../common/cell.ts';
import type { GrantRequest } from '../common/grant.ts';
import { type CompletedRemoval, type CurrentGroup, currentEntries } from '../common/group-snapshot.ts';
import { acceptRules, objectionsTo, strictCriteria } from '../common/objections.ts';
import { proveChange } from '../common/prove-change.ts';
import { type NarrowOffer, narrow, withoutPorts } from './offers.ts';

function sameRules(a: readonly Rule[], b: readonly Rule[]): boolean {
  return a.length === b.length && a.every((rule, i) => ruleKey(rule) === ruleKey(b[i] ?? rule));
}

/**
 * Parts of port ranges without every port that an enabled control names, also a control that only observes.
 * Ends, because each round removes ports or changes nothing.
 */
function withoutNamed(parts: readonly Rule[], found: CurrentGroup, policy: Policy): readonly Rule[] {
  const decisions = objectionsTo(parts, found, strictCriteria(policy, 'observe'));
  const exposures = decisions.flatMap(({ findings }) => findings).flatMap((finding) => finding.exposures);
  if (exposures.length === 0) return parts;
  const rest = parts.flatMap((part) => withoutPorts(part, exposures));
  return sameRules(rest, parts) ? parts : withoutNamed(rest, found, policy);
}

/**
 * What is left of offers that split a range, and the removed rules of which nothing is left. Other offers are
 * unchanged.
 */
function splitOffers(
  offers: readonly NarrowOffer[],
  found: CurrentGroup,
  policy: Policy,
): { readonly rules: readonly Rule[]; readonly refused: PostRemovalGrant['refused'] } {
  const split = Map.groupBy(
    offers.filter(({ to }) => to === 'split'),
    ({ from }) => ruleKey(from),
  );
  const parts = [...split.values()].map((same) => {
    const rules = same.map(({ rule }) => rule);
    const left = withoutNamed(rules, found, policy);
    return { from: same[0]?.from, left, ...acceptRules(left, found, policy, 'observe') };
  });
  const reason = 'no port of it is left that no control names';
  return {
    rules: [
      ...offers.filter(({ to }) => to !== 'split').map(({ rule }) => rule),
      ...parts.flatMap(({ accepted }) => accepted),
    ],
    refused: parts.flatMap(({ from, left, refused }) =>
      from === undefined || left.length > 0 ? refused : [{ rule: from, reason }],
    ),
  };
}

/**
 * The change to narrow by. Only `narrowTo: actor` admits the address of the actor, and only if CloudTrail
 * confirms it, because an event could name any address. Undefined as long as CloudTrail does not have the
 * change.
 */
async function provenChange(
  { entry }: CompletedRemoval,
  ways: ReadonlySet<NarrowTo | undefined>,
  cell: GrantCell,
): Promise<Pick<Change, 'actor' | 'added'> | undefined> {
  const { change } = entry.plan;
  if (!ways.has('actor')) return change;
  const proof = await proveChange(entry, cell);
  switch (proof.kind) {
    case 'waits':
      return undefined;
    case 'unproven':
      return { added: change.added };
    case 'proven':
      return proof.change;
    default:
      return proof satisfies never;
  }
}

/**
 * The rules to grant in place of removed ones, as the policy says. Undefined if nothing is to be narrowed, or
 * if CloudTrail does not have the change yet.
 */
export async function narrowRemoved(
  removal: CompletedRemoval,
  cell: GrantCell,
): Promise<Omit<GrantRequest, 'kind' | 'entry' | 'group'> | undefined> {
  const { entry, outcome, found } = removal;
  const { decision } = entry.plan;
  const { controls, trusted } = cell.policy;
  if (decision.remedy !== 'narrow') return undefined;
  const { removed } = outcome;
  const ways = new Set(decision.findings.map(({ control }) => controls[control]?.narrowTo));
  const change = await provenChange(removal, ways, cell);
  if (change === undefined) return undefined;
  const lists = await currentEntries(ways.has('trusted') ? trusted.prefixListIds : [], entry.plan.change.region, cell);
  const { vpcCidrs } = found.groupSnapshot.facts;
  const { findings } = decision;
  const offered = narrow({ removed, because: findings, change, controls, trusted, lists, vpcCidrs });
  if (offered.offers.length === 0 && offered.refused.length === 0) return undefined;
  const split = splitOffers(offered.offers, found, cell.policy);
  const { accepted, refused } = acceptRules(split.rules, found, cell.policy);
  const asked = requestedByPortcullis(`narrowed to ${[...ways].join(', ')}, as the policy says`, cell.ports.clock);
  return { ...asked, rules: accepted, refused: [...offered.refused, ...split.refused, ...refused] };
}
