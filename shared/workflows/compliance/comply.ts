import { CONTROLS } from '../../controls/registry.ts';
import type { RuleParameters, Verdict } from '../../domain/compliance.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import { higherMode, type Mode } from '../../domain/controls/mode.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Group } from '../../domain/group.ts';
import type { Sighting } from '../../domain/ports.ts';
import type { PortRange, Rule } from '../../domain/rule.ts';
import { formatRule } from '../../network/text/format.ts';
import { dayOf } from '../../policy/days.ts';
import { withoutExempt } from '../../policy/exempt.ts';
import { weighedFindings } from '../../remediation/decide/decide.ts';
import type { Weighed } from '../../remediation/decide/effective-mode.ts';
import { enabledControls, evaluatorOf } from '../../remediation/decide/enabled.ts';
import { annotationOf } from './annotation.ts';

/** Against what a group is held: the rule's parameters, the policy of its family, and the exemptions that hold now. */
export interface Measure {
  readonly parameters: RuleParameters;
  readonly policy: Policy;
  readonly exemptions: readonly Exemption[];
  /** Milliseconds since the epoch: freezes hold modes down. */
  readonly now: number;
}

/** What is said of a group, and how far the policy goes there. */
export interface Compliant {
  readonly verdict: Verdict;
  readonly annotation: string;
  readonly mode: Mode;
}

const touch = (ports: readonly PortRange[], from: number, to: number): boolean =>
  ports.some((range) => range.from <= to && from <= range.to);

const lets = (ports: readonly PortRange[], { protocol, fromPort = -1, toPort = fromPort }: Rule): boolean => {
  if (protocol !== 'tcp' && protocol !== 'udp') return protocol === '-1';
  return fromPort < 0 || touch(ports, fromPort, toPort);
};

const isAbout = ({ exposures, rules }: Finding, ports: readonly PortRange[] | undefined): boolean => {
  if (ports === undefined) return true;
  if (exposures.length === 0) return rules.some((rule) => lets(ports, rule));
  return exposures.some((exposure) => exposure.ports.some(({ from, to }) => touch(ports, from, to)));
};

/** Whether anything is done at the moment is the switch's matter, and what is open is open: nothing holds the modes down but the policy. */
const found = (sighting: Sighting, measure: Measure, exemptions: readonly Exemption[]): readonly Weighed[] => {
  const { policy, parameters, now } = measure;
  const occasion = { trigger: 'sweep', brought: { kind: 'unknown' }, exemptions, now } as const;
  return weighedFindings(sighting, occasion, evaluatorOf(policy), 'enforce').filter(({ finding }) =>
    isAbout(finding, parameters.ports),
  );
};

const whyOf = (finding: Finding): string => {
  const control = CONTROLS.find(({ id }) => id === finding.control);
  const rules = finding.rules.map(formatRule).join('; ');
  return `${finding.control}: ${control?.explain(finding) ?? ''}${rules === '' ? '' : ` (${rules})`}`;
};

const isBehind = (exemption: Exemption, group: Group, { finding }: Weighed): boolean => {
  const visible = withoutExempt(group, finding.control, [exemption]);
  return visible === undefined || finding.rules.some((rule) => !visible.rules.includes(rule));
};

const leaveOf = ({ id, reason, until }: Exemption): string => `exemption ${id} until ${dayOf(until)}: ${reason}`;

const exempted = (group: Group, weighed: readonly Weighed[], exemptions: readonly Exemption[]): string => {
  const behind = exemptions.filter((one) => weighed.some((each) => isBehind(one, group, each)));
  const controls = [...new Set(weighed.map(({ finding }) => finding.control))];
  return `Exempt from ${controls.join(', ')} by ${behind.map(leaveOf).join('; ')}`;
};

/** The policy as if it left nothing alone: no control is off for what was there before, and nothing holds the modes down. */
const everything = (policy: Policy): Policy => ({
  ...policy,
  ceiling: 'enforce',
  tagCeilings: [],
  controls: Object.fromEntries(
    Object.entries(policy.controls).map(([id, options]) => [
      id,
      { ...options, existing: higherMode(options.existing, options.fresh) },
    ]),
  ),
});

const said = (verdict: Verdict, text: string, mode: Mode = 'off'): Compliant => ({
  verdict,
  annotation: annotationOf(text),
  mode,
});

/**
 * Whether a group, as it was recorded, complies with a family of controls: every finding from the mode `observe` on counts, but for what is
 * exempt. Where the policy is off for a group, or for what was there before, no more than that is said of what is open. Says which control,
 * why, and by which rules. Pure.
 */
export const comply = (sighting: Sighting, measure: Measure): Compliant => {
  const { policy, exemptions, parameters } = measure;
  const controls = enabledControls(policy, 'sweep').map(({ id }) => id);
  if (controls.length === 0)
    return said('NOT_APPLICABLE', `The policy judges nothing of the family ${parameters.family}.`);
  const violations = found(sighting, measure, exemptions);
  if (violations.length > 0) {
    const mode = violations.map((one) => one.mode).reduce(higherMode, 'off');
    return said('NON_COMPLIANT', violations.map(({ finding }) => whyOf(finding)).join('. '), mode);
  }
  const allowed = found(sighting, measure, []);
  if (allowed.length > 0) return said('COMPLIANT', exempted(sighting.group, allowed, exemptions));
  const leftAlone = found(sighting, { ...measure, policy: everything(policy) }, exemptions);
  if (leftAlone.length > 0)
    return said('NOT_APPLICABLE', `Off by the policy: ${leftAlone.map(({ finding }) => whyOf(finding)).join('. ')}`);
  return said('COMPLIANT', `Nothing found by ${controls.join(', ')}.`);
};
