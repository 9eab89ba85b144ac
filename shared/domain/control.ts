import type { Change, Trigger } from './change.ts';
import type { ControlOptions, NarrowTo } from './control-options.ts';
import type { Finding, RuleExposure, Severity } from './finding.ts';
import type { Attachment, Group, GroupIdentity, Rule } from './group.ts';
import type { Episode } from './group-record.ts';

/** A group under evaluation, with the facts that the control needs. */
export interface Subject<N extends Need = never> {
  readonly group: Group;
  readonly facts: Pick<Facts, N>;
  readonly trigger: Change['trigger'];
  /** The rules that the current change added. */
  readonly fresh: ReadonlySet<Rule>;
  /** What the rules of the group expose. All controls share it. */
  readonly exposure: RuleExposure;
}

/** Metadata of a control. */
interface ControlMeta<O extends ControlOptions> {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Kinds of change that can cause a violation. */
  readonly on: readonly Trigger[];
  readonly defaults: O;
  /** Whether its severity depends on the reachability of the attached resources. */
  readonly graded?: boolean;
  /** Ids of controls whose ports and wide openings this control does not report. */
  readonly leavesTo?: readonly string[];
  /** What can be granted instead of a removed rule. Absent: the remedy `narrow` is not available. */
  readonly narrows?: readonly NarrowTo[];
  /** Whether the remedy `migrate` is available: moving the members of the group to another group. */
  readonly migrates?: boolean;
  /** The control monitors the cell itself, so presets do not change its modes. */
  readonly own?: true;
  /** Whether the control runs with these options. Absent: always. */
  runs?(options: O): boolean;
  /**
   * Whether the control could fire for a group with any facts. Absent: for every group. A sweep evaluates a
   * control with hypothetical facts only for these groups.
   */
  couldFire?(group: Group): boolean;
  /** One line: what is open, to whom. */
  explain(finding: Finding): string;
}

/** A control evaluates one group. Each control has one file with its docs and cases. */
export interface Control<N extends Need = never, O extends ControlOptions = ControlOptions> extends ControlMeta<O> {
  readonly needs: Readonly<Record<N, true>>;
  evaluate(subject: Subject<N>, options: O): readonly Finding[];
}

/** A control without its type parameters: the caller passes the facts and options that belong to it. */
export interface AnyControl extends ControlMeta<ControlOptions> {
  readonly needs: Readonly<Partial<Record<Need, true>>>;
  evaluate(subject: Subject<Need>, options: ControlOptions): readonly Finding[];
}

/** A group that a rule names. A large index may keep only the tags that a control needs. */
export type PeerIdentity = Pick<GroupIdentity, 'id' | 'tags'> & Partial<GroupIdentity>;

/**
 * A group that a rule names. `gone`: it no longer exists. `foreign`: it belongs to another account and cannot
 * be read.
 */
export type Peer = PeerIdentity | 'gone' | 'foreign';

/**
 * Something that names a group without being attached to it: a rule of another group, a VPC on the other side
 * of a peering connection or a transit gateway (EC2 does not say which of its groups has the rule), a launch
 * template, a function.
 */
export interface Reference {
  readonly kind: 'group' | 'vpc' | 'launch-template' | 'function';
  readonly id: string;
}

/**
 * Other groups on the same network interfaces, one entry for each distinct set of groups. Contains only
 * groups whose inbound rules name a part of the public address space, because other groups add nothing.
 */
export interface Neighbours {
  /** An interface with these groups, `eni-…`. */
  readonly interfaceId: string;
  /** Number of interfaces with these groups. */
  readonly interfaces: number;
  readonly groups: readonly Pick<Group, 'id' | 'rules'>[];
}

/** How traffic from the internet reaches the resources that a group is attached to. */
export type Reachability = 'internet' | 'load-balancer' | 'internal' | 'unattached';

/** Facts that a control can need in addition to the group. */
export interface Facts {
  /** Interfaces that use the group: the first page, which has at most 1,000. */
  readonly attachments: readonly Attachment[];
  /** The groups that the rules name, by id. */
  readonly peers: ReadonlyMap<string, Peer>;
  /**
   * What else names the group: rules of other groups, peered VPCs (also of other accounts), the latest and
   * default versions of launch templates, and the VPC configuration of functions with or without an
   * interface.
   */
  readonly referencedBy: readonly Reference[];
  /** CIDR blocks of the VPC, both families. */
  readonly vpcCidrs: readonly string[];
  /** Ids of other groups of the VPC with exactly the same rules. */
  readonly twins: readonly string[];
  /**
   * Groups on the same interfaces. Read only if the group's inbound rules name a part of the public address
   * space.
   */
  readonly neighbours: readonly Neighbours[];
  /** Openings and closings of the last day, from the ledger. */
  readonly episodes: readonly Episode[];
  /** The current change with its actor. */
  readonly change: Change;
  /** Adjusts the severity. Derived from the attachments. */
  readonly reachability: Reachability;
}

/** Name of a fact. */
export type Need = keyof Facts;

/** Facts that come from the event or the ledger, not from EC2. */
export const NON_EC2_FACTS = ['episodes', 'change'] as const satisfies readonly Need[];

/** All facts. */
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

/** A documented case of a control: a group with its rules and facts. */
export interface Case {
  readonly title: string;
  readonly rules: readonly Rule[];
  /** Properties of the group that differ from the defaults. */
  readonly group?: Partial<GroupIdentity>;
  /** Facts that differ from the defaults: not attached, and named by nothing. */
  readonly facts?: Partial<Facts>;
  /** Default: `sweep`. */
  readonly trigger?: Trigger;
  /** Settings that differ from the defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** How to fix a violation by hand. */
export interface Fix {
  /** What to do instead, in a sentence or two. */
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
 * Frameworks with a public mapping to controls. The ids of AWS Security Hub are from its standards, such as
 * AWS Foundational Security Best Practices (FSBP).
 */
type Framework = 'AWS Security Hub' | 'CIS AWS Foundations 3.0' | 'NIST 800-53 r5' | 'PCI DSS 4.0';

/** Documentation of a control. It is separate from the control so that bundles do not include it. */
export interface ControlDocs {
  /** Why the control matters, and what an attacker does. */
  readonly why: string;
  /** The condition under which the control fires. */
  readonly fires: string;
  readonly fix: () => Fix;
  /** An example of its settings, as written under `controls:` of the policy. */
  readonly example: string;
  /** An example of the section of the policy that the control needs. */
  readonly section?: string;
  /** Requirements of public frameworks that the control covers. */
  readonly frameworks: Readonly<Partial<Record<Framework, readonly string[]>>>;
  readonly see: readonly string[];
  readonly cases: () => { readonly valid: readonly Case[]; readonly invalid: readonly Case[] };
}
