import { remediationId } from '../../domain/decision.ts';
import type { Grants } from '../../domain/ec2.ts';
import { CallFailed } from '../../domain/errors.ts';
import type { Direction, Group, Rule } from '../../domain/group.ts';
import type { LedgerEntry, PostRemovalGrant } from '../../domain/ledger.ts';
import type { GrantPorts } from '../../domain/ports.ts';
import { formatGroup } from '../../network/format.ts';
import { canonicalKey, ruleKey } from '../../network/rule-key.ts';
import type { GrantCell } from './cell.ts';

/**
 * Records granted rules as our own change, so that the event of the grant is recognized. Throws CallFailed.
 */
export async function recordGrant(
  groupId: string,
  granted: readonly Rule[],
  { ports }: { readonly ports: Pick<GrantPorts, 'records' | 'clock'> },
): Promise<void> {
  const at = ports.clock.now();
  const ours = granted.flatMap((rule) =>
    rule.id === undefined ? [] : [{ what: 'granted' as const, ruleId: rule.id, content: canonicalKey(rule), at }],
  );
  if (ours.length > 0) await ports.records.change(groupId, { remember: { ownChanges: ours } });
}

const DIRECTIONS = ['ingress', 'egress'] as const satisfies readonly Direction[];

/** Rules that were granted, and rules that EC2 refused. */
type AuthorizeResult = Pick<PostRemovalGrant, 'granted' | 'refused'>;

function withoutId(rule: Rule): Rule {
  const { id: _, ...content } = rule;
  return content;
}

/**
 * Why EC2 refuses the rules themselves; undefined if the call failed for another reason.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
function refusal({ code, message }: CallFailed, group: Group, direction: Direction): string | undefined {
  if (code === 'RulesPerSecurityGroupLimitExceeded')
    return `${formatGroup(group)} has as many ${direction} rules as its quota allows: remove one that nobody needs, or have the quota raised, then try again`;
  if (code.endsWith('.NotFound')) return `the group, or a group or prefix list that a rule names, is gone (${message})`;
  return undefined;
}

async function authorizeInDirection(
  direction: Direction,
  rules: readonly Rule[],
  group: Group,
  grants: Pick<Grants, 'authorize'>,
): Promise<AuthorizeResult> {
  if (rules.length === 0) return { granted: [], refused: [] };
  try {
    const step = { do: 'authorize', groupId: group.id, direction, rules: rules.map(withoutId) } as const;
    return { granted: await grants.authorize(step), refused: [] };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const reason = refusal(error, group, direction);
    if (reason === undefined) throw error;
    return { granted: [], refused: rules.map((rule) => ({ rule, reason })) };
  }
}

/**
 * Authorizes rules with one call for each direction, which grants all of them or none. Rules that an earlier
 * attempt granted have a call of their own, so that a refusal of the rest does not hide them.
 *
 * @throws CallFailed if EC2 does not refuse the rules themselves.
 */
async function authorizeRules(
  rules: readonly Rule[],
  group: Group,
  grants: Pick<Grants, 'authorize'>,
): Promise<AuthorizeResult> {
  const stand = new Set(group.rules.map(canonicalKey));
  const isThere = (rule: Rule) => stand.has(canonicalKey(rule));
  const answers: AuthorizeResult[] = [];
  for (const direction of DIRECTIONS) {
    const ours = rules.filter((rule) => rule.direction === direction);
    answers.push(await authorizeInDirection(direction, ours.filter(isThere), group, grants));
    answers.push(
      await authorizeInDirection(
        direction,
        ours.filter((rule) => !isThere(rule)),
        group,
        grants,
      ),
    );
  }
  return { granted: answers.flatMap(({ granted }) => granted), refused: answers.flatMap(({ refused }) => refused) };
}

/** Rules to grant after a removal. */
export interface GrantRequest extends Omit<PostRemovalGrant, 'granted'> {
  readonly entry: LedgerEntry;
  readonly rules: readonly Rule[];
  /** The group as it is now. */
  readonly group: Group;
}

/** The rules of a request, divided into missing and existing ones. */
export interface RulesToGrant {
  readonly missing: readonly Rule[];
  /** Rules of the group with the same content. */
  readonly standing: readonly Rule[];
}

const FIELD = 'standing';

/** The name of the next grant of a kind. A retry before the grant is recorded has the same name. */
function stepOf(kind: PostRemovalGrant['kind'], { postRemovalGrants }: LedgerEntry): string {
  return `${kind} ${postRemovalGrants.filter((one) => one.kind === kind).length + 1}`;
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/**
 * Ids of the rules that existed before the first attempt, if there was one. That attempt granted all other
 * rules.
 */
function stoodBefore(entry: LedgerEntry, kind: PostRemovalGrant['kind']): ReadonlySet<string> | undefined {
  const begun = entry.completedSteps.find(({ step }) => step === stepOf(kind, entry));
  return begun && new Set(textsIn(begun.data[FIELD]));
}

/**
 * Divides rules by whether the group has their content. Rules that an unfinished attempt granted count as
 * missing.
 */
export function rulesToGrant(
  rules: readonly Rule[],
  { entry, kind, group }: Pick<GrantRequest, 'entry' | 'kind' | 'group'>,
): RulesToGrant {
  const keys = new Set(rules.map(canonicalKey));
  const before = stoodBefore(entry, kind);
  const standing = group.rules
    .filter((rule) => keys.has(canonicalKey(rule)))
    .filter((rule) => before === undefined || before.has(ruleKey(rule)));
  const stand = new Set(standing.map(canonicalKey));
  const missing = new Map(rules.map((rule) => [canonicalKey(rule), rule]));
  return { standing, missing: [...missing].flatMap(([key, rule]) => (stand.has(key) ? [] : [rule])) };
}

async function begin({ entry, kind }: GrantRequest, { standing }: RulesToGrant, { ports }: GrantCell): Promise<void> {
  if (stoodBefore(entry, kind) !== undefined) return;
  const data = { [FIELD]: standing.map(ruleKey) };
  await ports.ledger.recordStep(entry, { step: stepOf(kind, entry), data, at: ports.clock.now() });
}

/** A grant that another invocation has recorded meanwhile. */
async function recordedSince(
  { entry, kind }: GrantRequest,
  { ports }: GrantCell,
): Promise<PostRemovalGrant | undefined> {
  const { plan, postRemovalGrants } = entry;
  const now = await ports.ledger.find(plan.decision.group.id, plan.id);
  const known = postRemovalGrants.filter((one) => one.kind === kind).length;
  return now?.postRemovalGrants.filter((one) => one.kind === kind)[known];
}

/**
 * What follows a grant before people are notified and the grant is recorded. It is repeated with an
 * unfinished grant.
 */
type AfterGrant = (answer: Pick<PostRemovalGrant, 'granted' | 'refused'>) => Promise<void>;

/**
 * Grants the missing rules: records what exists, authorizes, notifies people, and records the grant. A retry
 * after a failure ends in the same record, because rules that are there now and were not recorded at the
 * start were granted by the first attempt. Nobody is notified of a restore that EC2 refuses as a whole: the
 * requester gets the answer.
 *
 * @throws CallFailed if EC2 fails, or refuses for a reason other than the rules.
 */
export async function grantRules(
  request: GrantRequest,
  cell: GrantCell,
  settle?: AfterGrant,
): Promise<PostRemovalGrant> {
  const { entry, rules, group, ...said } = request;
  const { ports } = cell;
  const share = rulesToGrant(rules, request);
  if (share.missing.length > 0) await begin(request, share, cell);
  const region = ports.region(entry.plan.change.region);
  const { granted, refused } = await authorizeRules(share.missing, group, region.grants);
  await settle?.({ granted, refused });
  const followUp = { ...said, granted, refused: [...said.refused, ...refused] };
  if (granted.length === 0 && (followUp.refused.length === 0 || request.kind === 'restore')) return followUp;
  const recorded = await recordedSince(request, cell);
  if (recorded !== undefined) return recorded;
  const id = `${remediationId(entry.plan)} ${stepOf(request.kind, entry)}`;
  await recordGrant(group.id, granted, cell);
  await ports.notifier.notify({ id, what: 'granted', entry, followUp });
  await ports.ledger.recordGrant(entry, followUp);
  return followUp;
}
