import type { Change, Trigger } from './change.ts';
import type { ControlOptions, NarrowTo } from './control-options.ts';
import type { Finding, RuleExposure, Severity } from './finding.ts';
import type { Attachment, Group, GroupIdentity, Rule } from './group.ts';
import type { Episode } from './group-record.ts';

/** A group under evaluation, with the facts that the control declared. */
export interface Subject<N extends Need = never> {
  readonly group: Group;
  readonly facts: Pick<Facts, N>;
  readonly trigger: Change['trigger'];
  /** Rules that the change at hand brought. */
  readonly fresh: ReadonlySet<Rule>;
  /** What the group's rules let in, added up: shared by all controls that see the same rules. */
  readonly exposure: RuleExposure;
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
  /** What may be granted in place of a rule that it closes; absent: nothing, so that the remedy `narrow` is none for it. */
  readonly narrows?: readonly NarrowTo[];
  /** Whether the members of the group can be moved to another one, so that the remedy `migrate` is one for it. */
  readonly migrates?: boolean;
  /** Whether it looks after the cell itself: presets leave its modes as they are. */
  readonly own?: true;
  /** Whether it can judge with such options; a control that cannot asks for no facts. Absent: always. */
  runs?(options: O): boolean;
  /**
   * Whether it could fire for a group, whatever the facts about the group are. Absent: it could fire for every group.
   * A sweep evaluates controls with hypothetical facts only for groups for which they could fire.
   */
  couldFire?(group: Group): boolean;
  /** One line: what is open, to whom. */
  explain(finding: Finding): string;
}

/** One control: a pure judgement over one group. One file each, together with its docs and cases. */
export interface Control<N extends Need = never, O extends ControlOptions = ControlOptions> extends ControlMeta<O> {
  readonly needs: Readonly<Record<N, true>>;
  evaluate(subject: Subject<N>, options: O): readonly Finding[];
}

/** Any control, as the pipeline runs them: it gives each the facts and the options that belong to it. */
export interface AnyControl extends ControlMeta<ControlOptions> {
  readonly needs: Readonly<Partial<Record<Need, true>>>;
  evaluate(subject: Subject<Need>, options: ControlOptions): readonly Finding[];
}

/** What controls look at in a group that a rule names. Where many are held, it has no more than the tags that a control goes by. */
export type PeerIdentity = Pick<GroupIdentity, 'id' | 'tags'> & Partial<GroupIdentity>;

/** A group that a rule names: what it is, that it is gone, or that it belongs to another account and cannot be read. */
export type Peer = PeerIdentity | 'gone' | 'foreign';

/**
 * Something that names the group without being attached to it: a rule of another group, a VPC on the other side of a peering connection
 * or a transit gateway (which of its groups has the rule, EC2 does not say), a launch template, a function.
 */
export interface Reference {
  readonly kind: 'group' | 'vpc' | 'launch-template' | 'function';
  readonly id: string;
}

/**
 * Other groups on the same network interfaces: one entry for each distinct set. Only groups are in it whose inbound rules name part of
 * the public address space, because no others add anything.
 */
export interface Neighbours {
  /** An interface with these groups, `eni-…`. */
  readonly interfaceId: string;
  /** Number of interfaces with these groups. */
  readonly interfaces: number;
  readonly groups: readonly Pick<Group, 'id' | 'rules'>[];
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
   * What else names it: rules of other groups (both directions), VPCs beyond, of other accounts too, the latest and default versions of
   * launch templates, and the VPC configuration of functions, whether or not they have an interface at the moment.
   */
  readonly referencedBy: readonly Reference[];
  /** CIDR blocks of its VPC, both families. */
  readonly vpcCidrs: readonly string[];
  /** Ids of the other groups of its VPC with exactly the same rules. */
  readonly twins: readonly string[];
  /** Groups that share interfaces with it; read only if its own inbound rules name part of the public address space. */
  readonly neighbours: readonly Neighbours[];
  /** Openings and closings of the last day, as the ledger has them. */
  readonly episodes: readonly Episode[];
  /** What happened, by whom. */
  readonly change: Change;
  /** Grades the severity. Told from the attachments, so from the first 1,000 interfaces. */
  readonly reachability: Reachability;
}

/** Name of a fact. */
export type Need = keyof Facts;

/** Facts that do not come from EC2: the event and the ledger tell them. */
export const NON_EC2_FACTS = ['episodes', 'change'] as const satisfies readonly Need[];

/** Every fact there is. */
export const NEEDS = [
  'attachments',
  'peers',
  'referencedBy',
  'vpcCidrs',
  'twins',
  'neighbours',
  'reachability',
  'episodes',
  'change',
] as const satisfies readonly Need[];

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
