import { FAMILIES } from '../../controls/parts/families.ts';
import { CONTROLS } from '../../controls/registry.ts';
import type { ComplianceType, ConfigRuleParameters } from '../../domain/aws-config.ts';
import { higherMode, type Mode } from '../../domain/control-options.ts';
import type { GroupSnapshot } from '../../domain/ec2.ts';
import { InputInvalid } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Group, PortRange, Rule } from '../../domain/group.ts';
import type { Policy } from '../../domain/policy.ts';
import { formatRule, sanitize } from '../../network/format.ts';
import { dayOf } from '../../policy/dates.ts';
import { withoutExemptRules } from '../../policy/exemptions.ts';
import { withControls } from '../../policy/queries.ts';
import { findingsWithModes } from '../../remediation/decide/decide-group.ts';
import type { FindingWithMode } from '../../remediation/decide/effective-mode.ts';
import { enabledControls, evaluatorOf } from '../../remediation/decide/enabled-controls.ts';

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html */
const MOST_CHARACTERS = 256;

const CUT = ' …';

/** A text as an annotation of AWS Config: one line, cut after a whole word at 256 characters. */
export function annotationOf(text: string): string {
  const line = sanitize(text);
  if (line.length <= MOST_CHARACTERS) return line;
  const room = line.slice(0, MOST_CHARACTERS - CUT.length + 1);
  const end = room.lastIndexOf(' ');
  return `${(end > 0 ? room.slice(0, end) : room.slice(0, -1)).trimEnd()}${CUT}`;
}

function familyOf(name: string) {
  const found = Object.entries(FAMILIES).find(([id]) => id === name)?.[1];
  if (found !== undefined) return found;
  throw new InputInvalid(
    `AWS Config rule: the parameter family is ${JSON.stringify(name)}, which is none of ${Object.keys(FAMILIES).join(', ')}`,
  );
}

function controlsOf({ family, controls }: ConfigRuleParameters): ReadonlySet<string> {
  const known: readonly string[] = familyOf(family).controls;
  const odd = controls?.find((id) => !known.includes(id));
  if (odd === undefined) return new Set(controls ?? known);
  throw new InputInvalid(
    `AWS Config rule: ${JSON.stringify(odd)} is no control of the family ${family} (${known.join(', ')})`,
  );
}

/**
 * The policy with only the controls of an AWS Config rule. Throws InputInvalid for an unknown family or
 * control.
 */
export function policyOfFamily(policy: Policy, parameters: ConfigRuleParameters): Policy {
  const wanted = controlsOf(parameters);
  return withControls(policy, (id) => wanted.has(id));
}

/**
 * What the compliance of a group depends on: the rule's parameters, the policy of its family, and the active
 * exemptions.
 */
export interface ComplianceCriteria {
  readonly parameters: ConfigRuleParameters;
  readonly policy: Policy;
  readonly exemptions: readonly Exemption[];
  /** Milliseconds since the epoch, for freezes. */
  readonly now: number;
}

/** The result for a group, and how far the policy goes. */
export interface ComplianceResult {
  readonly verdict: ComplianceType;
  readonly annotation: string;
  readonly mode: Mode;
}

function touch(ports: readonly PortRange[], from: number, to: number): boolean {
  return ports.some((range) => range.from <= to && from <= range.to);
}

function lets(ports: readonly PortRange[], { protocol, fromPort = -1, toPort = fromPort }: Rule): boolean {
  if (protocol !== 'tcp' && protocol !== 'udp') return protocol === '-1';
  return fromPort < 0 || touch(ports, fromPort, toPort);
}

function isAbout({ exposures, rules }: Finding, ports: readonly PortRange[] | undefined): boolean {
  if (ports === undefined) return true;
  if (exposures.length === 0) return rules.some((rule) => lets(ports, rule));
  return exposures.some((exposure) => exposure.ports.some(({ from, to }) => touch(ports, from, to)));
}

/** Findings under the policy alone: the runtime switch changes nothing about what is open. */
function violationsIn(
  groupSnapshot: GroupSnapshot,
  criteria: ComplianceCriteria,
  exemptions: readonly Exemption[],
): readonly FindingWithMode[] {
  const { policy, parameters, now } = criteria;
  const context = { trigger: 'sweep', added: { kind: 'unknown' }, exemptions, now } as const;
  return findingsWithModes(groupSnapshot, context, evaluatorOf(policy), 'enforce').filter(({ finding }) =>
    isAbout(finding, parameters.ports),
  );
}

function whyOf(finding: Finding): string {
  const control = CONTROLS.find(({ id }) => id === finding.control);
  const rules = finding.rules.map(formatRule).join('; ');
  return `${finding.control}: ${control?.explain(finding) ?? ''}${rules === '' ? '' : ` (${rules})`}`;
}

function isBehind(exemption: Exemption, group: Group, { finding }: FindingWithMode): boolean {
  const visible = withoutExemptRules(group, finding.control, [exemption]);
  return visible === undefined || finding.rules.some((rule) => !visible.rules.includes(rule));
}

function exemptionText({ id, reason, until }: Exemption): string {
  return `exemption ${id} until ${dayOf(until)}: ${reason}`;
}

function exempted(group: Group, withMode: readonly FindingWithMode[], exemptions: readonly Exemption[]): string {
  const behind = exemptions.filter((one) => withMode.some((each) => isBehind(one, group, each)));
  const controls = [...new Set(withMode.map(({ finding }) => finding.control))];
  return `Exempt from ${controls.join(', ')} by ${behind.map(exemptionText).join('; ')}`;
}

/** The policy with every control on for existing rules, and without limits of the account and tags. */
function withNothingOff(policy: Policy): Policy {
  return {
    ...policy,
    ceiling: 'enforce',
    tagCeilings: [],
    controls: Object.fromEntries(
      Object.entries(policy.controls).map(([id, options]) => [
        id,
        { ...options, existing: higherMode(options.existing, options.fresh) },
      ]),
    ),
  };
}

function resultOf(verdict: ComplianceType, text: string, mode: Mode = 'off'): ComplianceResult {
  return {
    verdict,
    annotation: annotationOf(text),
    mode,
  };
}

/**
 * Whether a recorded group complies with a family of controls. Every finding from mode `observe` on counts,
 * unless it is exempt. If the policy is off for the group or for existing rules, the group is not applicable.
 * The annotation names the control, the reason and the rules. Pure.
 */
export function complianceOf(groupSnapshot: GroupSnapshot, criteria: ComplianceCriteria): ComplianceResult {
  const { policy, exemptions, parameters } = criteria;
  const controls = enabledControls(policy, 'sweep').map(({ id }) => id);
  if (controls.length === 0)
    return resultOf('NOT_APPLICABLE', `The policy judges nothing of the family ${parameters.family}.`);
  const violations = violationsIn(groupSnapshot, criteria, exemptions);
  if (violations.length > 0) {
    const mode = violations.map((one) => one.mode).reduce(higherMode, 'off');
    return resultOf('NON_COMPLIANT', violations.map(({ finding }) => whyOf(finding)).join('. '), mode);
  }
  const allowed = violationsIn(groupSnapshot, criteria, []);
  if (allowed.length > 0) return resultOf('COMPLIANT', exempted(groupSnapshot.group, allowed, exemptions));
  const leftAlone = violationsIn(groupSnapshot, { ...criteria, policy: withNothingOff(policy) }, exemptions);
  if (leftAlone.length > 0)
    return resultOf(
      'NOT_APPLICABLE',
      `Off by the policy: ${leftAlone.map(({ finding }) => whyOf(finding)).join('. ')}`,
    );
  return resultOf('COMPLIANT', `Nothing found by ${controls.join(', ')}.`);
}
