import type { Change, Trigger } from './change.ts';
import type { Attachment, Group, GroupIdentity } from './group.ts';
import type { Limit, Mode } from './mode.ts';
import type { PortRange, PortSet, Rule } from './rule.ts';

/** A group that a rule names: what it is, that it is gone, or that it belongs to another account and cannot be read. */
export type Peer = GroupIdentity | 'gone' | 'foreign';

/** Something that names the group without being attached to it: a rule of another group, a launch template, a function. */
export interface Reference {
  readonly kind: 'group' | 'launch-template' | 'function';
  readonly id: string;
}

/** How far traffic from the internet gets to what the group is attached to. */
export type Reachability = 'internet' | 'load-balancer' | 'internal' | 'unattached';

/** What a control may ask for besides the group itself. */
export interface Facts {
  /** Interfaces the group is attached to: the first page (1,000), enough to tell used from unused. */
  readonly attachments: readonly Attachment[];
  /** The groups that its rules name, by id. */
  readonly peers: ReadonlyMap<string, Peer>;
  /**
   * What else names it: rules of other groups (both directions), and the latest and default versions of launch templates. Functions
   * with a VPC configuration are not here: they show as attachments (`AWS Lambda VPC ENI-…`).
   */
  readonly referencedBy: readonly Reference[];
  /** CIDR blocks of its VPC, both families. */
  readonly vpcCidrs: readonly string[];
  /** Ids of the other groups of its VPC with exactly the same rules. */
  readonly twins: readonly string[];
  /** Grades the severity. Told from the attachments, so from the first 1,000 interfaces. */
  readonly reachability: Reachability;
}

/** Name of a fact. */
export type Need = keyof Facts;

/** Every fact there is. */
export const NEEDS = [
  'attachments',
  'peers',
  'referencedBy',
  'vpcCidrs',
  'twins',
  'reachability',
] as const satisfies readonly Need[];

/** A group under evaluation, with the facts that the control declared. */
export interface Subject<N extends Need = never> {
  readonly group: Group;
  readonly facts: Pick<Facts, N>;
  readonly trigger: Change['trigger'];
  /** Rules that the change at hand brought. */
  readonly fresh: ReadonlySet<Rule>;
}

/** How bad a finding is. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** Whether the change at hand brought the violation, or it was there before. */
export type Freshness = 'fresh' | 'existing';

/** World-open ports of one protocol and the share of the public address space that reaches them (0–1, of the wider family). */
export interface Exposure {
  readonly protocol: 'tcp' | 'udp';
  readonly ports: readonly PortRange[];
  readonly share: number;
}

/** What a control found: the rules that would have to go, and why. */
export interface Finding {
  readonly control: string;
  readonly severity: Severity;
  readonly freshness: Freshness;
  /** None where the violation is no rule's: then there is nothing to remove, and people can only be told. */
  readonly rules: readonly Rule[];
  readonly exposures: readonly Exposure[];
  /** What was seen, in words, where rules and exposures do not tell it. */
  readonly detail?: string;
  /** Holds the mode of this finding down, whatever the policy says. */
  readonly limit?: Limit;
}

/** From what share on the sources of a port are the world: a union as large as a block of this prefix length. */
export interface WorldThreshold {
  /** Prefix length, default 8: 2^24 public IPv4 addresses. */
  readonly ipv4: number;
  /** Prefix length, default 16: 2^112 addresses of 2000::/3. */
  readonly ipv6: number;
}

/** Name of a remedy. */
export type RemedyId = 'revoke';

/** Settings that every control has. */
export interface ControlOptions {
  readonly fresh: Mode;
  readonly existing: Mode;
  readonly remedy: RemedyId;
}

/** Settings of a control about ports. */
export interface PortOptions extends ControlOptions {
  readonly ports: PortSet;
}

/** Settings of a control about the number of ports. */
export interface WidthOptions extends ControlOptions {
  /** World-open ports of one protocol above which a group counts as open for everything. */
  readonly maxPorts: number;
  /** Not counted. */
  readonly publicPorts: PortSet;
}

/** When world-open ports are too many, as world-open-everything has it. */
export type WidthLimit = Pick<WidthOptions, 'maxPorts' | 'publicPorts'>;

/** Settings of the control about ports that no other control names. */
export interface OtherPortOptions extends ControlOptions {
  readonly publicPorts: PortSet;
  /** Named by the controls that it leaves them to; filled in when the policy is compiled. */
  readonly namedPorts: PortSet;
  /** Openings that are left to world-open-everything; filled in when the policy is compiled, absent where nobody looks at them. */
  readonly wide?: WidthLimit;
}

/** Settings of the control about what may go out. */
export interface EgressOptions extends ControlOptions {
  /** Ports open outbound to the world above which everything counts as open. */
  readonly maxPorts: number;
}

/** Settings of the control about protocols without ports. */
export interface ProtocolOptions extends ControlOptions {
  /** Protocol numbers that the world may reach. */
  readonly allowed: readonly string[];
}

/** Settings of the control about sources within private space. */
export interface WideSourceOptions extends PortOptions {
  /** Prefix length of the private IPv4 block from which on a source is too wide. */
  readonly ipv4: number;
  /** The same for unique local IPv6 addresses. */
  readonly ipv6: number;
}

/** Settings of the control about groups that too much hangs on. */
export interface SpreadOptions extends ControlOptions {
  readonly maxInterfaces: number;
  /** Kinds of service, such as EC2, RDS, Lambda. */
  readonly maxServices: number;
}

/** Settings of the control about names and tags. */
export interface NamingOptions extends ControlOptions {
  /** Globs, one of which the name has to match; none: any name will do. */
  readonly names: readonly string[];
  /** Globs that it must not match. */
  readonly avoid: readonly string[];
  /** Tags that it must have. */
  readonly tagKeys: readonly string[];
}

/** Where a tier may let traffic in from: a layer, an address block, a group or prefix list by its id, or anybody. */
export type TierSource =
  | { readonly kind: 'layer'; readonly name: string }
  | { readonly kind: 'cidr'; readonly cidr: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'world' };

/** Sources, and the ports on which they may come; all ports where none are named. */
export interface Admission {
  readonly from: readonly TierSource[];
  readonly ports?: PortSet;
}

/** One layer of the tier map. */
export interface Layer extends Admission {
  /** Whether a group of the layer may name itself, as clusters do. */
  readonly within: boolean;
}

/** Which layer trusts which. */
export interface Tiers {
  /** Tag key whose value names a group's layer. */
  readonly tag: string;
  readonly layers: Readonly<Record<string, Layer>>;
  /** Let in by every layer, besides. */
  readonly everywhere: readonly Admission[];
}

/** Settings of the control about tiers; without a map it has nothing to judge by. */
export interface TierOptions extends ControlOptions {
  readonly tiers?: Tiers;
}

/** What every control says of itself. */
interface ControlMeta<O extends ControlOptions> {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Kinds of change that can cause a violation. */
  readonly on: readonly Trigger[];
  readonly defaults: O;
  /** Whether its severity grows and shrinks with how far the internet reaches what the group is attached to. */
  readonly graded?: boolean;
  /** Ids of controls to which it leaves the ports that they name, and the openings that are too wide for one of them. */
  readonly leavesTo?: readonly string[];
  /** Whether it can judge with such options; a control that cannot asks for no facts. Absent: always. */
  runs?(options: O): boolean;
  /** One line: what is open, to whom. */
  explain(finding: Finding): string;
}

/** One control: a pure judgement over one group. One file each, together with its docs and cases. */
export interface Control<N extends Need = never, O extends ControlOptions = ControlOptions> extends ControlMeta<O> {
  readonly needs: Readonly<Record<N, true>>;
  evaluate(subject: Subject<N>, options: O, world: WorldThreshold): readonly Finding[];
}

/** Any control, as the pipeline runs them: it gives each the facts and the options that belong to it. */
export interface AnyControl extends ControlMeta<ControlOptions> {
  readonly needs: Readonly<Partial<Record<Need, true>>>;
  evaluate(subject: Subject<Need>, options: ControlOptions, world: WorldThreshold): readonly Finding[];
}

/** A group for a documented case: rules, and what else the control looks at. */
export interface Case {
  readonly title: string;
  readonly rules: readonly Rule[];
  /** What is particular about the group. */
  readonly group?: Partial<GroupIdentity>;
  /** What is known about it, besides being unattached and named by nothing. */
  readonly facts?: Partial<Facts>;
  /** What makes it look, where that is not the sweep. */
  readonly trigger?: Trigger;
  /** Settings that differ from the defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** How to set it right by hand. Code stands as it would be typed. */
export interface Fix {
  /** What to do in its place, in a sentence or two. */
  readonly instead: string;
  /** Steps in the AWS console. */
  readonly console: string;
  /** AWS CLI. */
  readonly cli: string;
  /** AWS CDK, TypeScript. */
  readonly cdk: string;
  readonly terraform: string;
}

/**
 * Frameworks that controls are mapped to, where a public mapping says so. The ids of AWS Security Hub are those of its standards: AWS
 * Foundational Security Best Practices (FSBP), resource tagging and others.
 */
type Framework = 'AWS Security Hub' | 'CIS AWS Foundations 3.0' | 'NIST 800-53 r5' | 'PCI DSS 4.0';

/** Documentation of a control, apart from its code so that bundles leave it out. */
export interface ControlDocs {
  /** Why it matters and what an attacker does with it. */
  readonly why: string;
  /** What it looks at, and from where on it fires. */
  readonly fires: string;
  readonly fix: () => Fix;
  /** An example of its settings, as it stands under `controls:` of the policy. */
  readonly example: string;
  /** A section of the policy that it judges by, as it is written there. */
  readonly section?: string;
  /** Public frameworks that ask for the same. */
  readonly frameworks: Readonly<Partial<Record<Framework, readonly string[]>>>;
  readonly see: readonly string[];
  readonly cases: () => { readonly valid: readonly Case[]; readonly invalid: readonly Case[] };
}
