import type { Limit, WorldThreshold } from './control-options.ts';
import type { Direction, PortRange, PortSet, Rule, RuleContent } from './group.ts';

/** The severities, from lowest to highest. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

/** How bad a finding is. */
export type Severity = (typeof SEVERITIES)[number];

/** Whether the current change caused the violation (`fresh`), or the violation is older (`existing`). */
export type Freshness = 'fresh' | 'existing';

/** World-open ports of one protocol, and the share (0–1) of the public address space that reaches them. */
export interface Exposure {
  readonly protocol: 'tcp' | 'udp';
  readonly ports: readonly PortRange[];
  readonly share: number;
}

/** What a control found: the rules to remove, and why. */
export interface Finding {
  readonly control: string;
  readonly severity: Severity;
  readonly freshness: Freshness;
  /** Empty if no rule causes the violation. In that case people can only be notified. */
  readonly rules: readonly Rule[];
  /** Inbound exposures. */
  readonly exposures: readonly Exposure[];
  /** Outbound ports that are open to the world, if that is the violation. */
  readonly outbound?: readonly Exposure[];
  /** Rules that the change removed, if that is the violation. Restoring them fixes it. */
  readonly removedRules?: readonly RuleContent[];
  /** Explains the violation if rules and exposures do not. */
  readonly detail?: string;
  /** Identifies a violation that involves two changes, so that both changes lead to one case. */
  readonly caseKey?: string;
  /** Limits the mode of this finding, whatever the policy says. */
  readonly limit?: Limit;
}

/** The highest severity; `low` without findings. */
export function worstSeverity(findings: readonly Pick<Finding, 'severity'>[]): Severity {
  return SEVERITIES.findLast((severity) => findings.some((finding) => finding.severity === severity)) ?? 'low';
}

/**
 * The traffic of a question: some ports, all ports except some, or a protocol without ports by its IANA
 * number.
 */
export type Traffic =
  | { readonly only: PortSet }
  | { readonly except: readonly PortSet[] }
  | { readonly protocol: string };

/**
 * Which rules are removed first: those with the largest source, those with the widest port range, or those
 * that name the protocol before those for all traffic. The larger source breaks ties, then the identity of
 * the rule.
 */
export type RemovalOrder = 'largest-source' | 'widest-range' | 'own-protocol';

/** Asks what the world reaches through some rules. */
export interface ExposureQuestion {
  readonly direction: Direction;
  readonly traffic: Traffic;
  /** Number of world-open ports that are allowed. */
  readonly allowed: number;
  readonly order: RemovalOrder;
}

/** World-open traffic, and the rules whose removal closes it. */
export interface Opening {
  readonly freshness: Freshness;
  readonly rules: readonly Rule[];
  /** The open ports that the rules contribute to. Empty for a protocol without ports. */
  readonly exposures: readonly Exposure[];
  /** The largest share (0–1) of the public address space that reaches any of the traffic. */
  readonly share: number;
}

/**
 * What a set of rules exposes, calculated over the union of all rules. All controls of a group share one
 * object, so sources are parsed and added up once.
 */
export interface RuleExposure {
  readonly rules: readonly Rule[];
  readonly world: WorldThreshold;
  /**
   * An upper bound of the share of the address space that the sources of one direction have. Parses no
   * address.
   */
  bound(direction: Direction): Readonly<Record<'ipv4' | 'ipv6', number>>;
  /**
   * Whether inbound sources that are smaller than the whole address space could reach a sixteenth of the
   * threshold together. Parses no address.
   */
  mayAddUp(): boolean;
  /** What is open, separately for fresh and existing rules. */
  openings(question: ExposureQuestion): readonly Opening[];
  /** The openings of ports to wide private sources. */
  wideOpenings(question: WideQuestion): readonly Opening[];
  /** Inbound rules through which public addresses reach any of some ports. */
  contributing(ports: PortSet): readonly Rule[];
  /** The exposure of other rules, with the threshold or with a sixteenth of it. */
  of(rules: readonly Rule[], threshold?: 'sixteenth'): RuleExposure;
}

/** Asks about inbound private sources that are too wide. */
export interface WideQuestion {
  readonly ports: PortSet;
  /** CIDR blocks of the VPC. A source that contains one of them is too wide. */
  readonly vpcCidrs: readonly string[];
  /** A source as large as a private block of this prefix length is too wide. */
  readonly limit: WorldThreshold;
}
