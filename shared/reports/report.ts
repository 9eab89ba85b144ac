import { CONTROLS } from '../controls/registry.ts';
import type { Change } from '../domain/change.ts';
import type { Limit, Mode, RemedyId } from '../domain/control-options.ts';
import type { Exposure, Finding, Freshness, Severity } from '../domain/finding.ts';
import type { Direction, GroupIdentity, Rule } from '../domain/group.ts';
import { contentKey, sourceText } from '../network/rule-key.ts';

/** A rule as reports state it. Every field is there, save the id of a rule that has none in the input. */
interface RuleRecord {
  readonly ruleId?: string;
  readonly direction: Direction;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` (all), or the IANA number in decimal. */
  readonly protocol: string;
  /** First port, or the ICMP type; -1: all. */
  readonly fromPort: number;
  /** Last port, or the ICMP code; -1: all. */
  readonly toPort: number;
  /** A CIDR, `pl-…` or `sg-…`. */
  readonly source: string;
}

/** First and last port, both included. */
type PortPair = readonly [from: number, to: number];

/** One control's verdict on one group. */
export interface FindingRecord {
  readonly control: string;
  readonly severity: Severity;
  /** How far the policy lets the control go here, limits applied. */
  readonly mode: Mode;
  readonly groupId: string;
  readonly groupName: string;
  /** Null where the input does not tell. */
  readonly region: string | null;
  /** Null where the input does not tell. */
  readonly account: string | null;
  /** Rules that would have to go. */
  readonly rules: readonly RuleRecord[];
  /** Ports that the world reaches. */
  readonly ports: { readonly tcp: readonly PortPair[]; readonly udp: readonly PortPair[] };
  readonly because: string;
  readonly remedy: RemedyId;
}

/** What becomes of a rule: `closed`; somebody is `asked` or `told`; it is only `reported`; or it is `kept`, as no control objects. */
export type RuleFate = 'closed' | 'asked' | 'told' | 'reported' | 'kept';

/** A rule of a touched group, and what becomes of it. */
interface SimulatedRule extends RuleRecord {
  readonly verdict: RuleFate;
  readonly freshness: Freshness;
  /** A line for each control that objects, or why none does. */
  readonly because: readonly string[];
}

/** A touched group, rule by rule. */
interface SimulatedGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly rules: readonly SimulatedRule[];
}

/** What an event would lead to. */
export interface SimulatedChange {
  readonly eventId: string;
  readonly call: string;
  readonly groups: readonly SimulatedGroup[];
  /** Calls to EC2 that would be made, in words of the AWS CLI. */
  readonly calls: readonly string[];
  /** What people would read. */
  readonly alerts: readonly string[];
}

/** An exemption that left something out of a scan. */
export interface ExemptionRecord {
  /** `exemptions.0` is the first one of the policy file; the ledger's ids are those of `portcullis exempt list`. */
  readonly id: string;
  readonly from: 'policy' | 'ledger';
  readonly owner: string;
  readonly reason: string;
  readonly ticket?: string;
  /** ISO 8601. */
  readonly until: string;
  /** Number of findings that would be there without it, or would name more rules. */
  readonly findings: number;
  /** Number of groups with such findings. */
  readonly groups: number;
}

/** By what a scan judged, and what it could not judge. */
export interface ScanRecord {
  /** When the scan began, ISO 8601. */
  readonly time: string;
  readonly tool: { readonly name: 'portcullis'; readonly version: string };
  /** `from`: the policy file, or `as shipped`. */
  readonly policy: { readonly preset: string; readonly from: string };
  /** Exemptions of the ledger are absent unless `--cell` asks for them. */
  readonly exemptions: {
    readonly read: readonly ExemptionRecord['from'][];
    readonly applied: readonly ExemptionRecord[];
  };
  /** What the input does not tell, such as which controls did not run and why. */
  readonly notes: readonly string[];
}

/**
 * The report that `--format json` prints: a stable form, described by findings.schema.json. Fields may be added to it, none is renamed,
 * removed or given another meaning.
 */
export interface Report {
  readonly findings: readonly FindingRecord[];
  /** Number of groups read. */
  readonly groups: number;
  /** Number of rules read, both directions. */
  readonly rules: number;
  /** What could not be read, and therefore was not judged: place and reason. */
  readonly errors: readonly string[];
  /** Only from `scan`. */
  readonly scan?: ScanRecord;
  /** Only from `simulate`: each event that changes a group. */
  readonly changes?: readonly SimulatedChange[];
}

/** ARN of a security group in a partition of AWS's. */
export function groupArn(
  { account, region }: Pick<Change, 'account' | 'region'>,
  groupId: string,
  partition: string,
): string {
  return `arn:${partition}:ec2:${region}:${account}:security-group/${groupId}`;
}

/** A finding, whose it is, and how far the policy lets it go. */
export interface GroupFinding {
  readonly finding: Finding;
  readonly group: GroupIdentity;
  readonly mode: Mode;
  /** What holds the mode below what the policy asks for this control. */
  readonly limits: readonly Limit[];
}

/** Where a group is, as far as it is known. */
export interface KnownLocation {
  readonly region: string | null;
  readonly account: string | null;
}

/** A rule as reports state it. */
export function ruleRecord({ id, direction, protocol, fromPort = -1, toPort = fromPort, source }: Rule): RuleRecord {
  return {
    ...(id === undefined ? {} : { ruleId: id }),
    direction,
    protocol,
    fromPort,
    toPort,
    source: sourceText(source),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The rules of a finding, in an order that depends on what they are and on nothing else. */
export function rulesInOrder({ rules }: Finding): readonly Rule[] {
  return rules
    .map((rule) => ({ rule, key: `${contentKey(rule)} ${rule.id ?? ''}` }))
    .toSorted((a, b) => compareText(a.key, b.key))
    .map(({ rule }) => rule);
}

function portsOf(exposures: readonly Exposure[], protocol: Exposure['protocol']): readonly PortPair[] {
  return exposures
    .filter((exposure) => exposure.protocol === protocol)
    .flatMap(({ ports }) => ports.map(({ from, to }): PortPair => [from, to]));
}

/** What a control says of its finding, in one line: `tcp 22 is open to 100 % of the internet`. */
export function explanationOf(finding: Finding): string {
  return CONTROLS.find(({ id }) => id === finding.control)?.explain(finding) ?? finding.control;
}

/** A finding as reports state it. */
export function findingRecord({ finding, group, mode, limits }: GroupFinding, place: KnownLocation): FindingRecord {
  return {
    control: finding.control,
    severity: finding.severity,
    mode,
    groupId: group.id,
    groupName: group.name,
    ...place,
    rules: rulesInOrder(finding).map(ruleRecord),
    ports: { tcp: portsOf(finding.exposures, 'tcp'), udp: portsOf(finding.exposures, 'udp') },
    because: [explanationOf(finding), ...limits.map((limit) => `held at ${limit.mode}: ${limit.reason}`)].join('; '),
    remedy: 'revoke',
  };
}
