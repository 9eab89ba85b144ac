import type { Facts, Reference } from '../../domain/control.ts';
import type { NamingOptions } from '../../domain/control-options.ts';
import { type AuthorizeStep, type GroupSnapshot, type NewGroup, REPLACEMENT_TAG } from '../../domain/ec2.ts';
import type { Attachment, Group, GroupIdentity, Rule, Tags } from '../../domain/group.ts';
import { matchesGlob } from '../../domain/identity.ts';
import { contentKey } from '../../network/rule-key.ts';

/** The group that replaces a default group. */
export interface Replacement {
  readonly group: Group;
  readonly attachments: readonly Attachment[];
  /** What refers to it. */
  readonly referencedBy: readonly Reference[];
}

/** A default group and everything that uses it or refers to it. */
export interface DefaultGroupState {
  readonly old: Group;
  readonly facts: Pick<Facts, 'attachments' | 'referencedBy' | 'peers'> & Partial<Facts>;
  /** Other groups of the account whose rules name the default group or its replacement. */
  readonly naming: readonly GroupSnapshot[];
  readonly replacement?: Replacement;
}

/** Whether the source of a rule is this group. */
export function namesGroup({ source }: Pick<Rule, 'source'>, groupId: string): boolean {
  return source.kind === 'group' && source.groupId === groupId;
}

/** Whether an interface has the group. */
export function isInGroup({ groupIds = [] }: Attachment, groupId: string): boolean {
  return groupIds.includes(groupId);
}

/** Tags to copy. AWS reserves its own prefix, and Portcullis's tags are about one rule or group. */
function carriedTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !/^(?:aws|portcullis):/i.test(key)));
}

/** The rule without its id, in another group. `from` replaces the group that the rule names. */
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
 * Rules of the default group that its replacement gets. Leaves out excluded rules (by `contentKey`), rules
 * that name a deleted group, and rules that were added for the migration.
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
 * Rules that must exist before an interface is moved, so that both groups give the same access: the
 * replacement has the rules of the default group, members of both groups reach each other in all four
 * combinations, and every group that names the default group names the replacement as well.
 */
export function wantedRules(
  state: DefaultGroupState,
  replacementId: string,
  leftOut: ReadonlySet<string>,
): readonly Rule[] {
  const { old, naming } = state;
  const ofGroup = carriedRules(state, leftOut).flatMap((rule) =>
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

/** Authorize steps, one for each group and direction. */
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

/** Those of the wanted rules that do not exist. */
export function missingRules(wanted: readonly Rule[], state: DefaultGroupState): readonly Rule[] {
  const stand = new Set(allRules(state).map((rule) => `${rule.groupId} ${contentKey(rule)}`));
  return wanted.filter((rule) => !stand.has(`${rule.groupId} ${contentKey(rule)}`));
}

/**
 * Rules between the two groups, which are needed only while both have members. Rules within the replacement
 * stay.
 */
export function rulesBetweenBoth({ old, replacement }: DefaultGroupState): readonly Rule[] {
  return replacement === undefined
    ? []
    : [
        ...old.rules.filter((rule) => namesGroup(rule, replacement.group.id)),
        ...replacement.group.rules.filter((rule) => namesGroup(rule, old.id)),
      ];
}

/** Tag with the plan that created a group, as `markOf` writes it. */
export const MIGRATION_TAG = 'portcullis:migration';

/**
 * Most tags on a group. @see
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
 */
export const MOST_TAGS = 50;

/**
 * Names that EC2 allows for a group of a VPC, at most 255 characters. The prefix `sg-` is reserved for ids.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
const VALID = /^(?!sg-)[\w. :/()#,@[\]+=&;{}!$*-]{1,255}$/i;

/** Characters of the plan's id in the name: 40 bits, so that two migrations are unlikely to share a name. */
const ID_PART = 8;

type Scheme = Pick<NamingOptions, 'names' | 'avoid'>;

function fits(name: string, { avoid }: Scheme): boolean {
  return VALID.test(name) && name.trim() === name && !avoid.some((pattern) => matchesGlob(pattern, name));
}

/** The pattern with a text in place of its first star. */
function filled(pattern: string, text: string): string {
  return pattern.replace('*', () => text).replaceAll('*', '');
}

/** A name by the policy's naming scheme, if one of its patterns allows one. */
function nameFor(planId: string, scheme: Scheme): string {
  const plainName = `from-default-${planId.slice(0, ID_PART)}`;
  const schemed = scheme.names.filter((pattern) => pattern.includes('*')).map((pattern) => filled(pattern, plainName));
  return schemed.find((name) => fits(name, scheme)) ?? plainName;
}

/** The plan that a group is created for. */
export interface ReplacementOrigin {
  readonly planId: string;
  /** The invocation that recorded the plan. */
  readonly owner: string;
}

/**
 * The mark of a plan on its group. Anybody can compute the id of a plan and create a group in advance that
 * looks like its replacement. Only the ledger has the invocation that recorded the plan.
 */
function markOf({ planId, owner }: ReplacementOrigin): string {
  return `${planId} ${owner}`;
}

/** The replacement of a default group; the same for each attempt. */
export function replacementFor(
  old: GroupIdentity & { readonly vpcId: string },
  origin: ReplacementOrigin,
  scheme: Scheme,
): NewGroup {
  return {
    name: nameFor(origin.planId, scheme),
    description: `Stands in for the default group ${old.id} (Portcullis)`,
    vpcId: old.vpcId,
    tags: { ...carriedTags(old.tags), [REPLACEMENT_TAG]: old.id, [MIGRATION_TAG]: markOf(origin) },
  };
}

/** Whether this plan created the group. */
export function isReplacement({ tags, vpcId }: GroupIdentity, like: NewGroup): boolean {
  return (
    vpcId === like.vpcId &&
    tags[REPLACEMENT_TAG] === like.tags[REPLACEMENT_TAG] &&
    tags[MIGRATION_TAG] === like.tags[MIGRATION_TAG]
  );
}
