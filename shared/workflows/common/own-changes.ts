import type { Actor } from '../../domain/change.ts';
import type { CommandResult } from '../../domain/command.ts';
import type { ExemptionScope } from '../../domain/exemption.ts';
import type { Group } from '../../domain/group.ts';
import type { Attribution, Person } from '../../domain/identity.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import type { Policy } from '../../domain/policy.ts';
import { contentKey } from '../../network/rule-key.ts';
import { isSamePerson } from '../../policy/people.ts';
import type { GrantCell } from './cell.ts';
import { refuse } from './refuse.ts';

/** What is recorded about a request that leaves rules open, or why the policy refuses the request. */
export type OwnChangeCheck =
  | { readonly kind: 'allowed'; readonly mark: Pick<Attribution, 'ownChange'> }
  | { readonly kind: 'refused'; readonly result: CommandResult };

/** Who opened the rules of a remediation; undefined for existing rules, and if no event says it. */
function openerOf({ plan }: LedgerEntry): Actor | undefined {
  return plan.decision.findings.some(({ freshness }) => freshness === 'fresh') ? plan.change.actor : undefined;
}

function refusalFor(by: Person, answers: readonly (boolean | undefined)[]): string | undefined {
  const rule = 'people.notOwnChanges in the policy';
  if (answers.includes(true))
    return `${by.name} opened it, and nobody may leave open or open again what they opened themselves (${rule}): ask somebody else`;
  if (by.verified !== true)
    return `the command came without a proof of who asks, so nobody can tell whether it is an own change (${rule})`;
  if (!answers.includes(undefined)) return undefined;
  return by.through === 'button'
    ? `the policy does not say who ${by.name} is in AWS (people.awsNames), so nobody can tell whether it is an own change (${rule})`
    : `no event tells the name of the person who opened it, so nobody can tell whether it is an own change (${rule})`;
}

/** Whether the person who opened the rules of these remediations is the requester. Pure. */
export function checkOwnChange(
  by: Person,
  entries: readonly LedgerEntry[],
  { people }: Pick<Policy, 'people'>,
): OwnChangeCheck {
  const answers = entries.flatMap(openerOf).flatMap((actor) => (actor ? [isSamePerson(by, actor, people)] : []));
  const because = people.notOwnChanges === true && answers.length > 0 ? refusalFor(by, answers) : undefined;
  if (because !== undefined) return { kind: 'refused', result: refuse(because) };
  return { kind: 'allowed', mark: answers.includes(true) ? { ownChange: true } : {} };
}

/** Whether a remediation is about an existing rule in the scope. */
function isAbout({ plan }: LedgerEntry, { content, control }: ExemptionScope, standing: ReadonlySet<string>): boolean {
  const { rules, findings } = plan.decision;
  const isCovered = (key: string) => standing.has(key) && (content === undefined || content === key);
  const isOfControl = control === undefined || findings.some((finding) => finding.control === control);
  return isOfControl && rules.some((rule) => isCovered(contentKey(rule)));
}

/**
 * The same check for an exemption of existing rules, from the ledger entries of the group. Throws CallFailed.
 */
export async function checkOwnChangeIn(
  by: Person,
  scope: ExemptionScope,
  group: Group | undefined,
  { policy, ports }: GrantCell,
): Promise<OwnChangeCheck> {
  if (group === undefined) return { kind: 'allowed', mark: {} };
  const standing = new Set(group.rules.map(contentKey));
  const entries = await ports.ledger.entries(group.id);
  return checkOwnChange(
    by,
    entries.filter((entry) => isAbout(entry, scope, standing)),
    policy,
  );
}
