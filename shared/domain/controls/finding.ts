import type { PortRange, Rule, RuleContent } from '../rule.ts';
import type { Limit } from './mode.ts';

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
  readonly lost?: readonly RuleContent[];
  /** What was seen, in words, where rules and exposures do not tell it. */
  readonly detail?: string;
  /** Names what it is about where that is not the change at hand alone: seen from either side, it is one case. */
  readonly occasion?: string;
  /** Holds the mode of this finding down, whatever the policy says. */
  readonly limit?: Limit;
}

/** The worst of them; `low` where there are none. */
export const worstSeverity = (findings: readonly Pick<Finding, 'severity'>[]): Severity =>
  SEVERITIES.findLast((severity) => findings.some((finding) => finding.severity === severity)) ?? 'low';
