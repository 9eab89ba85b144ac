import type { Limit, WorldThreshold } from './control-options.ts';
import type { Direction, PortRange, PortSet, Rule, RuleContent } from './group.ts';

/** How bad a finding can be, from harmless to worst. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

/** How bad a finding is. */
export type Severity = (typeof SEVERITIES)[number];

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
  /** Inbound. */
  readonly exposures: readonly Exposure[];
  /** Ports through which traffic may go out to the world, where that is the violation. */
  readonly outbound?: readonly Exposure[];
  /** Rules that the change took away, where that is the violation: what giving back would mend. */
  readonly removedRules?: readonly RuleContent[];
  /** What was seen, in words, where rules and exposures do not tell it. */
  readonly detail?: string;
  /** Names what it is about where that is not the change at hand alone: seen from either side, it is one case. */
  readonly caseKey?: string;
  /** Holds the mode of this finding down, whatever the policy says. */
  readonly limit?: Limit;
}

/** The worst of them; `low` where there are none. */
export function worstSeverity(findings: readonly Pick<Finding, 'severity'>[]): Severity {
  return SEVERITIES.findLast((severity) => findings.some((finding) => finding.severity === severity)) ?? 'low';
}

/** The traffic that a question is about: some ports, all ports but some, or a protocol without ports by its IANA number. */
export type Traffic =
  | { readonly only: PortSet }
  | { readonly except: readonly PortSet[] }
  | { readonly protocol: string };

/**
 * Which rule is removed first: the one with the largest source; the one with the widest range of ports; or the rules that name the
 * protocol before those for all traffic. Ties go to the larger source, then by identity.
 */
export type RemovalOrder = 'largest-source' | 'widest-range' | 'own-protocol';

/** A question about what the world reaches through some rules. */
export interface ExposureQuestion {
  readonly direction: Direction;
  readonly traffic: Traffic;
  /** World-open ports of that traffic that are still fine. */
  readonly allowed: number;
  readonly order: RemovalOrder;
}

/** World-open traffic, and the rules whose removal closes it. */
export interface Opening {
  readonly freshness: Freshness;
  readonly rules: readonly Rule[];
  /** The open ports in which the rules take part; none for a protocol without ports. */
  readonly exposures: readonly Exposure[];
  /** The largest share of the public address space that reaches any of it, 0–1. */
  readonly share: number;
}

/**
 * What a set of rules lets in, added up over all of them. Made once for a group and given to all its controls, so that sources are
 * read and added up once.
 */
export interface RuleExposure {
  readonly rules: readonly Rule[];
  readonly world: WorldThreshold;
  /** An upper bound of the share of a family's address space that the sources of one direction hold together. Reads no address. */
  bound(direction: Direction): Readonly<Record<'ipv4' | 'ipv6', number>>;
  /**
   * Whether inbound sources smaller than the whole address space could hold a sixteenth of the threshold together.
   * Reads no address.
   */
  mayAddUp(): boolean;
  /** What is open, apart for rules that the change brought and rules that were there before. */
  openings(question: ExposureQuestion): readonly Opening[];
  /** The openings of sensitive ports to wide private sources. */
  wideOpenings(question: WideQuestion): readonly Opening[];
  /** Inbound rules through which public addresses reach any of some ports. */
  contributing(ports: PortSet): readonly Rule[];
  /** The same for other rules, with the threshold itself or with a sixteenth of it. */
  of(rules: readonly Rule[], threshold?: 'sixteenth'): RuleExposure;
}

/** A question about inbound private sources that are too wide. */
export interface WideQuestion {
  readonly ports: PortSet;
  /** CIDR blocks of the VPC: a source that holds one of them is too wide. */
  readonly vpcCidrs: readonly string[];
  /** Prefix lengths of the private blocks from which on sources are too wide. */
  readonly limit: WorldThreshold;
}
