import type { Change, Trigger } from '../domain/change.ts';
import type { Rule, RuleContent } from '../domain/group.ts';
import type { Episode } from '../domain/group-record.ts';
import type { Policy } from '../domain/policy.ts';
import { canonicalKey } from '../network/rule-key.ts';
import { decisionsFor } from './decide/decide-group.ts';

/** What rules come and go by. */
const KINDS: Readonly<Partial<Record<Trigger, Exclude<Episode['what'], 'told'>>>> = {
  'rules-added': 'opened',
  'rules-modified': 'opened',
  'rules-removed': 'closed',
};

function contentsOf({ added }: Change): readonly RuleContent[] {
  if (added.kind !== 'rules') return [];
  return added.becoming === undefined ? added.contents : added.becoming.map(({ content }) => content);
}

/** Rules that people would have to hear of if a group had nothing else. Told by themselves, so that it does not matter what else is there. */
function offending(rules: readonly Rule[], groupId: string, policy: Policy): readonly Rule[] {
  const group = { id: groupId, name: '', tags: {}, rules };
  const decisions = decisionsFor(
    { group, facts: {} },
    { trigger: 'rules-added', added: { kind: 'everything' } },
    policy,
    'alert',
  );
  return decisions.filter(({ mode }) => mode === 'alert').flatMap((decision) => decision.rules);
}

/**
 * Openings and closings that a change tells: only of what would be a violation by itself, so that ordinary changes leave no trace. An
 * event without contents, or with several groups, tells none.
 */
export function episodesToRecord(change: Change, policy: Policy): readonly Episode[] {
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
  return offending(rules, groupId, policy).map((rule) => ({
    groupId,
    content: canonicalKey(rule),
    ...(rule.id !== undefined && { ruleId: rule.id }),
    what,
    at,
    ...(actor && { actor }),
    changeId,
  }));
}
