import type { Facts, Need, Peer } from '../../domain/controls/facts.ts';
import type { Attachment, Group, InterfaceOwner } from '../../domain/group.ts';
import { cidrsOf } from '../../network/block.ts';

/** Facts whose extremes are known, so that every judgement by them is met by one of the cases below. */
export const IMAGINED: ReadonlySet<Need> = new Set([
  'attachments',
  'referencedBy',
  'peers',
  'reachability',
  'vpcCidrs',
]);

const OWNERS = ['ec2', 'rds', 'elasticache', 'elb', 'lambda', 'redshift'] as const satisfies readonly InterfaceOwner[];

/** As many as a look reads: see `Facts.attachments`. */
const MANY = 1000;

const interfaces = (count: number): readonly Attachment[] =>
  Array.from({ length: count }, (_, index) => ({
    interfaceId: `eni-${index}`,
    description: '',
    type: 'interface',
    owner: OWNERS[index % OWNERS.length] ?? 'other',
  }));

/** On nothing, on one interface, on everything. Which groups a rule names is gone or of no tier: nothing trusts the latter. */
const CASES: readonly { readonly attachments: readonly Attachment[]; readonly peer: Peer }[] = [
  { attachments: [], peer: 'gone' },
  { attachments: interfaces(1), peer: 'foreign' },
  { attachments: interfaces(MANY), peer: 'gone' },
];

const peersOf = ({ rules }: Group, peer: Peer): ReadonlyMap<string, Peer> =>
  new Map(rules.flatMap(({ source }) => (source.kind === 'group' ? [[source.groupId, peer] as const] : [])));

/** A VPC may be as small as what a rule names: then each rule lets the whole of it in. */
const smallestVpc = ({ rules }: Group): readonly string[] => [
  ...new Set(rules.flatMap(({ source }) => cidrsOf(source))),
];

/**
 * What the facts about a group may be at their extremes. Facts that nobody needs are left out: each is read off all rules.
 *
 * @param vpcCidrs CIDR blocks of its VPC, where they are known.
 */
export const imaginedFacts = (
  group: Group,
  needs: ReadonlySet<Need>,
  vpcCidrs?: readonly string[],
): readonly Partial<Facts>[] => {
  const cidrs = needs.has('vpcCidrs') ? { vpcCidrs: vpcCidrs ?? smallestVpc(group) } : {};
  return CASES.map(({ attachments, peer }) => ({
    attachments,
    referencedBy: [],
    ...(needs.has('peers') && { peers: peersOf(group, peer) }),
    ...cidrs,
  }));
};
