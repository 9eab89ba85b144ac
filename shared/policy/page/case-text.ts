import type { Change } from '../../domain/change.ts';
import type { Case } from '../../domain/controls/control-docs.ts';
import type { Facts, Peer } from '../../domain/controls/facts.ts';
import type { Episode } from '../../domain/episode.ts';
import type { GroupIdentity } from '../../domain/group.ts';
import type { Rule } from '../../domain/rule.ts';
import { sourceText } from '../../network/rule-key.ts';
import { formatRule } from '../../network/text/format.ts';

const aboutGroup = ({ name, tags = {} }: Partial<GroupIdentity>): readonly string[] => [
  ...(name === undefined ? [] : [name.trim() === '' ? 'a group without a name' : `a group named ${name}`]),
  ...Object.entries(tags).map(([key, value]) => `tagged ${key}=${value}`),
];

const aboutPeer = (id: string, peer: Peer): string => {
  if (peer === 'gone') return `${id} is gone`;
  if (peer === 'foreign') return `${id} belongs to another account`;
  const tags = Object.entries(peer.tags).map(([key, value]) => ` tagged ${key}=${value}`);
  return `${id} is there${tags.join(',')}`;
};

const several = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const aboutEpisode = ({ what, at }: Episode): string => `something ${what} at minute ${at / 60_000}`;

/** Who did what; cases without an actor are not about that. */
const aboutChange = ({ call, trigger, actor }: Change): string =>
  actor === undefined
    ? `at hand: ${trigger}`
    : `${trigger} by ${actor.name ?? actor.role ?? actor.arn ?? call} with ${actor.tool}`;

const aboutFacts = ({
  attachments = [],
  peers = new Map(),
  referencedBy = [],
  vpcCidrs = [],
  twins = [],
  neighbours = [],
  episodes = [],
  change,
}: Partial<Facts>): readonly string[] => [
  ...(attachments.length === 0 ? [] : [`on ${several(attachments.length, 'interface')}`]),
  ...referencedBy.map(({ kind, id }) => `named by ${kind} ${id}`),
  ...(vpcCidrs.length === 0 ? [] : [`in a VPC of ${vpcCidrs.join(', ')}`]),
  ...neighbours.flatMap(({ interfaceId, groups }) =>
    groups.map(({ id, rules }) => `shares ${interfaceId} with ${id} (${rules.map(formatRule).join('; ')})`),
  ),
  ...(twins.length === 0 ? [] : [`with ${several(twins.length, 'twin')}`]),
  ...Array.from(peers, ([id, peer]) => aboutPeer(id, peer)),
  ...episodes.map(aboutEpisode),
  ...(change === undefined ? [] : [aboutChange(change)]),
];

const namesOf = (rules: readonly Rule[]): ReadonlySet<string> => new Set(rules.map(({ source }) => sourceText(source)));

/** Entries of the prefix lists that rules name. */
const aboutLists = (rules: readonly Rule[]): readonly string[] =>
  rules.flatMap(({ source }) =>
    source.kind === 'prefix-list' && source.cidrs !== undefined
      ? [`${source.id} holds ${source.cidrs.join(', ')}`]
      : [],
  );

/** A documented case as lines: what is particular about the group, then its rules. */
export const caseText = ({ rules, group = {}, facts = {} }: Case): readonly string[] => {
  const named = namesOf(rules);
  const peers = new Map([...(facts.peers ?? [])].filter(([id]) => named.has(id)));
  const particular = [...aboutGroup(group), ...aboutFacts({ ...facts, peers }), ...aboutLists(rules)];
  return [...(particular.length === 0 ? [] : [particular.join(', ')]), ...rules.map(formatRule)];
};
