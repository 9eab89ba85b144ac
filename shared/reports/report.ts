import { CONTROLS } from '../controls/registry.ts';
import type { Change } from '../domain/change.ts';
import type { Limit, Mode, RemedyId } from '../domain/control-options.ts';
import type { Exposure, Finding, Freshness, Severity } from '../domain/finding.ts';
import type { Direction, GroupIdentity, Rule } from '../domain/group.ts';
import { contentKey, sourceText } from '../network/rule-key.ts';

/** A rule in a report. `ruleId` is absent if the input has no id. */
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

/** A finding in a report: one control, one group. */
export interface FindingRecord {
  readonly control: string;
  readonly severity: Severity;
  /** The effective mode. */
  readonly mode: Mode;
  readonly groupId: string;
  readonly groupName: string;
  /** Null if the input does not state it. */
  readonly region: string | null;
  /** Null if the input does not state it. */
  readonly account: string | null;
  /** Rules that would have to be removed. */
  readonly rules: readonly RuleRecord[];
  /** Ports that the world reaches. */
  readonly ports: { readonly tcp: readonly PortPair[]; readonly udp: readonly PortPair[] };
  readonly because: string;
  readonly remedy: RemedyId;
}

/**
 * What becomes of a rule: it is `closed`, a person is `asked`, people are `told`, it is only `reported`, or
 * it is `kept` because no control objects.
 */
export type RuleFate = 'closed' | 'asked' | 'told' | 'reported' | 'kept';

/** A rule of an affected group, and what becomes of it. */
interface SimulatedRule extends RuleRecord {
  readonly verdict: RuleFate;
  readonly freshness: Freshness;
  /** One line for each control that objects; otherwise the reason why no control objects. */
  readonly because: readonly string[];
}

/** An affected group, rule by rule. */
interface SimulatedGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly rules: readonly SimulatedRule[];
}

/** What one event would lead to. */
export interface SimulatedChange {
  readonly eventId: string;
  readonly call: string;
  readonly groups: readonly SimulatedGroup[];
  /** Calls to EC2, as commands of the AWS CLI. */
  readonly calls: readonly string[];
  /** The alerts that people would read. */
  readonly alerts: readonly string[];
}

/** An exemption that applied in a scan. */
export interface ExemptionRecord {
  /**
   * `exemptions.0` is the first exemption of the policy file. Ids of the ledger are those of `portcullis
   * exempt list`.
   */
  readonly id: string;
  readonly from: 'policy' | 'ledger';
  readonly owner: string;
  readonly reason: string;
  readonly ticket?: string;
  /** ISO 8601. */
  readonly until: string;
  /** Number of findings that would exist without the exemption, or would have more rules. */
  readonly findings: number;
  /** Number of groups with such findings. */
  readonly groups: number;
}

/** The time, the tool, the policy and the exemptions of a scan, and what it could not judge. */
export interface ScanRecord {
  /** When the scan began, ISO 8601. */
  readonly time: string;
  readonly tool: { readonly name: 'portcullis'; readonly version: string };
  /** `from`: the policy file, or `as shipped`. */
  readonly policy: { readonly preset: string; readonly from: string };
  /** Exemptions of the ledger are included only with `--cell`. */
  readonly exemptions: {
    readonly read: readonly ExemptionRecord['from'][];
    readonly applied: readonly ExemptionRecord[];
  };
  /** What the input does not state, such as which controls did not run and why. */
  readonly notes: readonly string[];
}

/**
 * The report that `--format json` prints. Its form is stable and described by findings.schema.json: fields
 * may be added, but no field is renamed, removed or given another meaning.
 */
export interface Report {
  readonly findings: readonly FindingRecord[];
  /** Number of groups read. */
  readonly groups: number;
  /** Number of rules read, both directions. */
  readonly rules: number;
  /** What could not be read and was therefore not judged: place and reason. */
  readonly errors: readonly string[];
  /** Only from `scan`. */
  readonly scan?: ScanRecord;
  /** Only from `simulate`: each event that changes a group. */
  readonly changes?: readonly SimulatedChange[];
}

/** The ARN of a security group. */
export function groupArn(
  { account, region }: Pick<Change, 'account' | 'region'>,
  groupId: string,
  partition: string,
): string {
  return `arn:${partition}:ec2:${region}:${account}:security-group/${groupId}`;
}

/** A finding with its group and its effective mode. */
export interface GroupFinding {
  readonly finding: Finding;
  readonly group: GroupIdentity;
  readonly mode: Mode;
  /** Why the mode is lower than the mode of the control in the policy. */
  readonly limits: readonly Limit[];
}

/** The region and the account of a group, if known. */
export interface KnownLocation {
  readonly region: string | null;
  readonly account: string | null;
}

/** A rule in the form of reports. */
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

/** The rules of a finding, sorted by content and id, so that the order of the input has no influence. */
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

/** The explanation of a finding by its control, in one line: `tcp 22 is open to 100 % of the internet`. */
export function explanationOf(finding: Finding): string {
  return CONTROLS.find(({ id }) => id === finding.control)?.explain(finding) ?? finding.control;
}

/** A finding in the form of reports. */
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
