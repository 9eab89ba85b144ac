import type { AuthorizeStep } from '../../domain/grants.ts';
import type { Rule, Tags } from '../../domain/rule.ts';
import { contentKey } from '../../network/rule-key.ts';
import { names, type Scene } from './migrate-scene.ts';

/** Tags that do not go along: AWS's own cannot be given, and ours are requests and marks about one rule or group. */
export const carriedTags = (tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !/^(?:aws|portcullis):/i.test(key)));

/** The same rule in a group, without its id; where `from` is given, with that group in the place of the one it names. */
const like = (rule: Rule, groupId: string, from?: string): Rule => {
  const { id: _, tags, source, ...content } = rule;
  return {
    ...content,
    ...(tags && { tags: carriedTags(tags) }),
    groupId,
    source: from === undefined || source.kind !== 'group' ? source : { ...source, groupId: from },
  };
};

/**
 * Rules of the default group that its replacement gets: without those that are left out (by `contentKey`), those that name a group that
 * is gone, which let nothing through, and those that were added for the migration.
 */
const carriedRules = ({ old, facts, replacement }: Scene, leftOut: ReadonlySet<string>): readonly Rule[] =>
  old.rules.filter(
    (rule) =>
      !leftOut.has(contentKey(rule)) &&
      !(rule.source.kind === 'group' && facts.peers.get(rule.source.groupId) === 'gone') &&
      !(replacement !== undefined && names(rule, replacement.group.id)),
  );

/**
 * What has to stand before an interface is moved, so that it makes no difference under which of the two groups anything is: the
 * replacement has the default group's rules; what let the group's members to each other lets them through in all four ways; and every
 * group that names the default group names the replacement, too.
 */
export const wantedRules = (scene: Scene, replacementId: string, leftOut: ReadonlySet<string>): readonly Rule[] => {
  const { old, naming } = scene;
  const ofGroup = carriedRules(scene, leftOut).flatMap((rule) =>
    names(rule, old.id)
      ? [like(rule, replacementId, replacementId), like(rule, replacementId, old.id), like(rule, old.id, replacementId)]
      : [like(rule, replacementId)],
  );
  const ofOthers = naming.flatMap(({ group }) =>
    group.rules.filter((rule) => names(rule, old.id)).map((rule) => like(rule, group.id, replacementId)),
  );
  return [...ofGroup, ...ofOthers];
};

/** Rules as the calls that add them: one for each group and direction. */
export const admissions = (rules: readonly Rule[]): readonly AuthorizeStep[] =>
  [...Map.groupBy(rules, ({ groupId, direction }) => `${groupId} ${direction}`).values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined
      ? []
      : [{ do: 'authorize' as const, groupId: first.groupId, direction: first.direction, rules: alike }];
  });

const allRules = ({ old, naming, replacement }: Scene): readonly Rule[] => [
  ...old.rules,
  ...naming.flatMap(({ group }) => group.rules),
  ...(replacement?.group.rules ?? []),
];

/** Those of some rules that do not stand. */
export const missingOf = (wanted: readonly Rule[], scene: Scene): readonly Rule[] => {
  const stand = new Set(allRules(scene).map((rule) => `${rule.groupId} ${contentKey(rule)}`));
  return wanted.filter((rule) => !stand.has(`${rule.groupId} ${contentKey(rule)}`));
};

/** Rules between the two groups, which are needed only while something is in both. Those within the replacement stay. */
export const betweenBoth = ({ old, replacement }: Scene): readonly Rule[] =>
  replacement === undefined
    ? []
    : [
        ...old.rules.filter((rule) => names(rule, replacement.group.id)),
        ...replacement.group.rules.filter((rule) => names(rule, old.id)),
      ];
