import type { Change, Trigger } from '../domain/change.ts';
import type { Rule, RuleContent } from '../domain/group.ts';
import type { Episode } from '../domain/group-record.ts';
import type { Policy } from '../domain/policy.ts';
import { canonicalKey } from '../network/rule-key.ts';
import type { RemediationCell } from './cell.ts';
import { decisionsFor } from './decide/decide-group.ts';
import type { ChangeSnapshot } from './fetch-snapshot.ts';
import { isOwnRemoval } from './own-change.ts';

/**
 * Records what a change opened and closed, except Portcullis's own removals. Whether a removal is our own is
 * known once the snapshot is read; an addition is recorded meanwhile.
 */
export async function recordEpisodes(
  change: Change,
  fetching: Promise<ChangeSnapshot>,
  { policy, ports }: RemediationCell,
): Promise<void> {
  const episodes = episodesOf(change, policy);
  if (episodes.length === 0) return;
  if (change.trigger === 'rules-removed' && isOwnRemoval(change, await fetching)) return;
  await ports.episodes.record(episodes);
}

const KINDS: Readonly<Partial<Record<Trigger, Exclude<Episode['what'], 'told'>>>> = {
  'rules-added': 'opened',
  'rules-modified': 'opened',
  'rules-removed': 'closed',
};

/**
 * The openings and closings in an event, of rules that are violations by themselves. An event without rule
 * contents, or about several groups, has none.
 */
function episodesOf(change: Change, policy: Policy): readonly Episode[] {
  const what = KINDS[change.trigger];
  if (what === undefined || change.scope.by !== 'group-id' || change.scope.ids.length !== 1) return [];
  const [groupId = ''] = change.scope.ids;
  const { added, actor, at, id: changeId } = change;
  const ids = added.kind === 'rules' ? (added.becoming?.map(({ id }) => id) ?? added.ids) : [];
  const contents = contentsOf(change);
  const rules = contents.map((content, place): Rule => {
    const id = ids.length === contents.length ? ids[place] : undefined;
    return { ...content, groupId, ...(id !== undefined && { id }) };
  });
  return violationsIn(rules, groupId, policy).map((rule) => ({
    groupId,
    content: canonicalKey(rule),
    ...(rule.id !== undefined && { ruleId: rule.id }),
    what,
    at,
    ...(actor && { actor }),
    changeId,
  }));
}

function contentsOf({ added }: Change): readonly RuleContent[] {
  if (added.kind !== 'rules') return [];
  return added.becoming === undefined ? added.contents : added.becoming.map(({ content }) => content);
}

/** Rules that would cause an alert in a group that has no other rules. */
function violationsIn(rules: readonly Rule[], groupId: string, policy: Policy): readonly Rule[] {
  const group = { id: groupId, name: '', tags: {}, rules };
  const context = { trigger: 'rules-added', added: { kind: 'everything' } } as const;
  const decisions = decisionsFor({ group, facts: {} }, context, policy, 'alert');
  return decisions.filter(({ mode }) => mode === 'alert').flatMap((decision) => decision.rules);
}
