import type { Change, Trigger } from '../domain/change.ts';
import type { Policy } from '../domain/controls/policy.ts';
import type { Episode } from '../domain/episode.ts';
import type { Rule, RuleContent } from '../domain/rule.ts';
import { canonicalKey } from '../network/canonical.ts';
import { decide } from './decide/decide.ts';

/** What rules come and go by. */
const KINDS: Readonly<Partial<Record<Trigger, Exclude<Episode['what'], 'told'>>>> = {
  'rules-added': 'opened',
  'rules-modified': 'opened',
  'rules-removed': 'closed',
};

const contentsOf = ({ brought }: Change): readonly RuleContent[] => {
  if (brought.kind !== 'rules') return [];
  return brought.becoming === undefined ? brought.contents : brought.becoming.map(({ content }) => content);
};

/** Rules that people would have to hear of if a group had nothing else. Told by themselves, so that it does not matter what else is there. */
const offending = (rules: readonly Rule[], groupId: string, policy: Policy): readonly Rule[] => {
  const group = { id: groupId, name: '', tags: {}, rules };
  const decisions = decide(
    { group, facts: {} },
    { trigger: 'rules-added', brought: { kind: 'everything' } },
    policy,
    'alert',
  );
  return decisions.filter(({ mode }) => mode === 'alert').flatMap((decision) => decision.rules);
};

/**
 * Openings and closings that a change tells: only of what would be a violation by itself, so that ordinary changes leave no trace. An
 * event without contents, or with several groups, tells none.
 */
export const episodesOf = (change: Change, policy: Policy): readonly Episode[] => {
  const what = KINDS[change.trigger];
  if (what === undefined || change.scope.by !== 'group-id' || change.scope.ids.length !== 1) return [];
  const [groupId = ''] = change.scope.ids;
  const { brought, actor, at, id: changeId } = change;
  const ids = brought.kind === 'rules' ? (brought.becoming?.map(({ id }) => id) ?? brought.ids) : [];
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
};
