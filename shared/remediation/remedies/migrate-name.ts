import type { NamingOptions } from '../../domain/controls/options.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { NewGroup } from '../../domain/grants.ts';
import type { GroupIdentity } from '../../domain/group.ts';
import { REPLACEMENT_TAG } from '../../domain/replacement-tag.ts';
import { carriedTags } from './migrate-doubles.ts';

/** Tag with the plan that a group was made by, as `markOf` writes it. */
export const MIGRATION = 'portcullis:migration';

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

const fits = (name: string, { avoid }: Scheme): boolean =>
  VALID.test(name) && name.trim() === name && !avoid.some((pattern) => matchesGlob(pattern, name));

/** The pattern with something in place of its first star; a pattern without one names a single group. */
const filled = (pattern: string, text: string): string => pattern.replace('*', () => text).replaceAll('*', '');

/** A name by the policy's scheme, where one of its patterns allows one. */
const nameFor = (planId: string, scheme: Scheme): string => {
  const plainName = `from-default-${planId.slice(0, ID_PART)}`;
  const schemed = scheme.names.filter((pattern) => pattern.includes('*')).map((pattern) => filled(pattern, plainName));
  return schemed.find((name) => fits(name, scheme)) ?? plainName;
};

/** What a group is made for. */
export interface Occasion {
  readonly planId: string;
  /** The invocation that recorded the plan. */
  readonly owner: string;
}

/**
 * Marks the group of a plan. The name of a plan follows from what it is about, so that everybody could make a group that passes for its
 * replacement beforehand, with rules of his own; which invocation recorded it is only in the ledger.
 */
const markOf = ({ planId, owner }: Occasion): string => `${planId} ${owner}`;

/** The group that is to stand in for a default group: the same each time it is asked for. */
export const replacementFor = (
  old: GroupIdentity & { readonly vpcId: string },
  occasion: Occasion,
  scheme: Scheme,
): NewGroup => ({
  name: nameFor(occasion.planId, scheme),
  description: `Stands in for the default group ${old.id} (Portcullis)`,
  vpcId: old.vpcId,
  tags: { ...carriedTags(old.tags), [REPLACEMENT_TAG]: old.id, [MIGRATION]: markOf(occasion) },
});

/** Whether a group is the one that a plan made. */
export const isReplacement = ({ tags, vpcId }: GroupIdentity, like: NewGroup): boolean =>
  vpcId === like.vpcId &&
  tags[REPLACEMENT_TAG] === like.tags[REPLACEMENT_TAG] &&
  tags[MIGRATION] === like.tags[MIGRATION];
