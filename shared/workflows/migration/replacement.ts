import type { Facts, Reference } from '../../domain/control.ts';
import type { NamingOptions } from '../../domain/control-options.ts';
import { type AuthorizeStep, type GroupSnapshot, type NewGroup, REPLACEMENT_TAG } from '../../domain/ec2.ts';
import type { Attachment, Group, GroupIdentity, Rule, Tags } from '../../domain/group.ts';
import { matchesGlob } from '../../domain/identity.ts';
import { contentKey } from '../../network/rule-key.ts';

/** The group that stands in for a default group. */
export interface Replacement {
  readonly group: Group;
  readonly attachments: readonly Attachment[];
  /** What names it. */
  readonly referencedBy: readonly Reference[];
}

/** A default group and all that hangs on it, as a look gave it. */
export interface DefaultGroupState {
  readonly old: Group;
  readonly facts: Pick<Facts, 'attachments' | 'referencedBy' | 'peers'> & Partial<Facts>;
  /** Groups of the account whose rules name the default group or its replacement, apart from these two. */
  readonly naming: readonly GroupSnapshot[];
  readonly replacement?: Replacement;
}

/** Whether a rule's source is the group of this id. */
export function namesGroup({ source }: Pick<Rule, 'source'>, groupId: string): boolean {
  return source.kind === 'group' && source.groupId === groupId;
}

/** Whether an interface is under the group. */
export function isInGroup({ groupIds = [] }: Attachment, groupId: string): boolean {
  return groupIds.includes(groupId);
}

/** Tags that do not go along: AWS's own cannot be given, and ours are requests and marks about one rule or group. */
function carriedTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !/^(?:aws|portcullis):/i.test(key)));
}

/** The same rule in a group, without its id; where `from` is given, with that group in the place of the one it names. */
function copyOf(rule: Rule, groupId: string, from?: string): Rule {
  const { id: _, tags, source, ...content } = rule;
  return {
    ...content,
    ...(tags && { tags: carriedTags(tags) }),
    groupId,
    source: from === undefined || source.kind !== 'group' ? source : { ...source, groupId: from },
  };
}

/**
 * Rules of the default group that its replacement gets: without those that are left out (by `contentKey`), those that name a group that
 * is gone, which let nothing through, and those that were added for the migration.
 */
function carriedRules({ old, facts, replacement }: DefaultGroupState, leftOut: ReadonlySet<string>): readonly Rule[] {
  return old.rules.filter(
    (rule) =>
      !leftOut.has(contentKey(rule)) &&
      !(rule.source.kind === 'group' && facts.peers.get(rule.source.groupId) === 'gone') &&
      !(replacement !== undefined && namesGroup(rule, replacement.group.id)),
  );
}

/**
 * What has to stand before an interface is moved, so that it makes no difference under which of the two groups anything is: the
 * replacement has the default group's rules; what let the group's members to each other lets them through in all four ways; and every
 * group that names the default group names the replacement, too.
 */
export function wantedRules(
  scene: DefaultGroupState,
  replacementId: string,
  leftOut: ReadonlySet<string>,
): readonly Rule[] {
  const { old, naming } = scene;
  const ofGroup = carriedRules(scene, leftOut).flatMap((rule) =>
    namesGroup(rule, old.id)
      ? [
          copyOf(rule, replacementId, replacementId),
          copyOf(rule, replacementId, old.id),
          copyOf(rule, old.id, replacementId),
        ]
      : [copyOf(rule, replacementId)],
  );
  const ofOthers = naming.flatMap(({ group }) =>
    group.rules.filter((rule) => namesGroup(rule, old.id)).map((rule) => copyOf(rule, group.id, replacementId)),
  );
  return [...ofGroup, ...ofOthers];
}

/** Rules as the calls that add them: one for each group and direction. */
export function authorizeSteps(rules: readonly Rule[]): readonly AuthorizeStep[] {
  return [...Map.groupBy(rules, ({ groupId, direction }) => `${groupId} ${direction}`).values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined
      ? []
      : [{ do: 'authorize' as const, groupId: first.groupId, direction: first.direction, rules: alike }];
  });
}

function allRules({ old, naming, replacement }: DefaultGroupState): readonly Rule[] {
  return [...old.rules, ...naming.flatMap(({ group }) => group.rules), ...(replacement?.group.rules ?? [])];
}

/** Those of some rules that do not stand. */
export function missingRules(wanted: readonly Rule[], scene: DefaultGroupState): readonly Rule[] {
  const stand = new Set(allRules(scene).map((rule) => `${rule.groupId} ${contentKey(rule)}`));
  return wanted.filter((rule) => !stand.has(`${rule.groupId} ${contentKey(rule)}`));
}

/** Rules between the two groups, which are needed only while something is in both. Those within the replacement stay. */
export function rulesBetweenBoth({ old, replacement }: DefaultGroupState): readonly Rule[] {
  return replacement === undefined
    ? []
    : [
        ...old.rules.filter((rule) => namesGroup(rule, replacement.group.id)),
        ...replacement.group.rules.filter((rule) => namesGroup(rule, old.id)),
      ];
}

/** Tag with the plan that a group was made by, as `markOf` writes it. */
export const MIGRATION_TAG = 'portcullis:migration';

/** Most tags on a group. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
export const MOST_TAGS = 50;

/**
 * Names that EC2 takes for a group of a VPC, at most 255 characters of these. `sg-` in front is for ids.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
const VALID = /^(?!sg-)[\w. :/()#,@[\]+=&;{}!$*-]{1,255}$/i;

/** Part of the plan's id in the name: 40 bits, so that a group of the same name from another migration is unlikely. */
const ID_PART = 8;

type Scheme = Pick<NamingOptions, 'names' | 'avoid'>;

function fits(name: string, { avoid }: Scheme): boolean {
  return VALID.test(name) && name.trim() === name && !avoid.some((pattern) => matchesGlob(pattern, name));
}

/** The pattern with something in place of its first star; a pattern without one names a single group. */
function filled(pattern: string, text: string): string {
  return pattern.replace('*', () => text).replaceAll('*', '');
}

/** A name by the policy's scheme, where one of its patterns allows one. */
function nameFor(planId: string, scheme: Scheme): string {
  const plainName = `from-default-${planId.slice(0, ID_PART)}`;
  const schemed = scheme.names.filter((pattern) => pattern.includes('*')).map((pattern) => filled(pattern, plainName));
  return schemed.find((name) => fits(name, scheme)) ?? plainName;
}

/** What a group is made for. */
export interface ReplacementOrigin {
  readonly planId: string;
  /** The invocation that recorded the plan. */
  readonly owner: string;
}

/**
 * Marks the group of a plan. The name of a plan follows from what it is about, so that everybody could make a group that passes for its
 * replacement beforehand, with rules of his own; which invocation recorded it is only in the ledger.
 */
function markOf({ planId, owner }: ReplacementOrigin): string {
  return `${planId} ${owner}`;
}

/** The group that is to stand in for a default group: the same each time it is asked for. */
export function replacementFor(
  old: GroupIdentity & { readonly vpcId: string },
  occasion: ReplacementOrigin,
  scheme: Scheme,
): NewGroup {
  return {
    name: nameFor(occasion.planId, scheme),
    description: `Stands in for the default group ${old.id} (Portcullis)`,
    vpcId: old.vpcId,
    tags: { ...carriedTags(old.tags), [REPLACEMENT_TAG]: old.id, [MIGRATION_TAG]: markOf(occasion) },
  };
}

/** Whether a group is the one that a plan made. */
export function isReplacement({ tags, vpcId }: GroupIdentity, like: NewGroup): boolean {
  return (
    vpcId === like.vpcId &&
    tags[REPLACEMENT_TAG] === like.tags[REPLACEMENT_TAG] &&
    tags[MIGRATION_TAG] === like.tags[MIGRATION_TAG]
  );
}
