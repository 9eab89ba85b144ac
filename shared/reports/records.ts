import { CONTROLS } from '../controls/registry.ts';
import type { Exposure, Finding } from '../domain/controls/finding.ts';
import type { Limit, Mode } from '../domain/controls/mode.ts';
import type { GroupIdentity } from '../domain/group.ts';
import type { Rule } from '../domain/rule.ts';
import { contentKey, sourceText } from '../network/rule-key.ts';
import type { FindingRecord, PortPair, RuleRecord } from './report.ts';

/** A finding, whose it is, and how far the policy lets it go. */
export interface Judged {
  readonly finding: Finding;
  readonly group: GroupIdentity;
  readonly mode: Mode;
  /** What holds the mode below what the policy asks for this control. */
  readonly limits: readonly Limit[];
}

/** Where a group is, as far as it is known. */
export interface Place {
  readonly region: string | null;
  readonly account: string | null;
}

/** A rule as reports state it. */
export const ruleRecord = ({
  id,
  direction,
  protocol,
  fromPort = -1,
  toPort = fromPort,
  source,
}: Rule): RuleRecord => ({
  ...(id === undefined ? {} : { ruleId: id }),
  direction,
  protocol,
  fromPort,
  toPort,
  source: sourceText(source),
});

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The rules of a finding, in an order that depends on what they are and on nothing else. */
export const rulesInOrder = ({ rules }: Finding): readonly Rule[] =>
  rules
    .map((rule) => ({ rule, key: `${contentKey(rule)} ${rule.id ?? ''}` }))
    .toSorted((a, b) => compare(a.key, b.key))
    .map(({ rule }) => rule);

const portsOf = (exposures: readonly Exposure[], protocol: Exposure['protocol']): readonly PortPair[] =>
  exposures
    .filter((exposure) => exposure.protocol === protocol)
    .flatMap(({ ports }) => ports.map(({ from, to }): PortPair => [from, to]));

/** What a control says of its finding, in one line: `tcp 22 is open to 100 % of the internet`. */
export const explained = (finding: Finding): string =>
  CONTROLS.find(({ id }) => id === finding.control)?.explain(finding) ?? finding.control;

/** A finding as reports state it. */
export const findingRecord = ({ finding, group, mode, limits }: Judged, place: Place): FindingRecord => ({
  control: finding.control,
  severity: finding.severity,
  mode,
  groupId: group.id,
  groupName: group.name,
  ...place,
  rules: rulesInOrder(finding).map(ruleRecord),
  ports: { tcp: portsOf(finding.exposures, 'tcp'), udp: portsOf(finding.exposures, 'udp') },
  because: [explained(finding), ...limits.map((limit) => `held at ${limit.mode}: ${limit.reason}`)].join('; '),
  remedy: 'revoke',
});
