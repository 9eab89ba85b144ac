import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Change } from '../../shared/domain/change.ts';
import type { Finding } from '../../shared/domain/controls/finding.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import type { Exemption } from '../../shared/domain/exemption.ts';
import type { Sighting } from '../../shared/domain/ports.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { cidrsOf } from '../../shared/network/block.ts';
import { publicUnion } from '../../shared/network/exposure/measure.ts';
import type { World } from '../../shared/network/exposure/trusted-space.ts';
import { formatShare, formatTraffic } from '../../shared/network/text/format.ts';
import { moment } from '../../shared/network/text/moment.ts';
import { withoutExempt } from '../../shared/policy/exempt.ts';
import { worldOf } from '../../shared/policy/world.ts';
import { weigh } from '../../shared/remediation/decide/effective-mode.ts';
import { evaluatorOf } from '../../shared/remediation/decide/enabled.ts';
import { findingsOf } from '../../shared/remediation/decide/findings.ts';

/** What a verdict depends on besides the group. */
export interface Circumstances {
  readonly change: Change;
  readonly policy: Policy;
  /** Exemptions that hold at the time of the change. */
  readonly exemptions: readonly Exemption[];
}

/** The policy with every control on, so that what it turns off can be named. */
function withEveryControl(policy: Policy): Policy {
  const all = CONTROLS.map(({ id, defaults }) => {
    const options = policy.controls[id] ?? defaults;
    return [id, { ...options, fresh: 'observe', existing: 'observe' }] as const;
  });
  return { ...policy, controls: Object.fromEntries(all) };
}

function exemptionOf(rule: Rule, { group }: Sighting, control: string, exemptions: readonly Exemption[]) {
  return exemptions.find((one) => withoutExempt(group, control, [one])?.rules.includes(rule) !== true);
}

/** Why a finding about a rule came to no decision; undefined if the control is off as shipped, so that nobody expects a decision. */
function whyNotDecided(rule: Rule, finding: Finding, sighting: Sighting, now: Circumstances): string | undefined {
  const { control: id, freshness } = finding;
  const { change, policy, exemptions } = now;
  const control = CONTROLS.find((one) => one.id === id);
  const mode = policy.controls[id]?.[freshness] ?? 'off';
  if (mode === 'off') {
    if (control?.defaults[freshness] === 'off') return undefined;
    return `${id} would object, but the policy turns it off for ${freshness === 'fresh' ? 'new' : 'existing'} rules`;
  }
  const exemption = exemptionOf(rule, sighting, id, exemptions);
  if (exemption !== undefined)
    return `exempt from ${id} until ${moment(exemption.until)}, owner ${exemption.owner}: ${exemption.reason}`;
  const weighed = weigh(finding, sighting.group, { policy, ceiling: 'enforce', now: change.at });
  if (weighed.mode === 'off')
    return `${id} would object, but is held at off: ${weighed.limits.find((limit) => limit.mode === 'off')?.reason ?? ''}`;
  if (control?.on.includes(change.trigger) === false)
    return `${id} objects, but does not run on ${change.call}: the next sweep judges the rule (mode ${weighed.mode})`;
  return `${id} objects, but nothing follows from this event (mode ${weighed.mode})`;
}

/** What every control of the policy says about the rules of a group, whatever the event and the exemptions are. */
export function everyFinding(sighting: Sighting, { change, policy }: Circumstances): readonly Finding[] {
  const { brought, actor, at } = change;
  const occasion = { trigger: 'sweep', brought, ...(actor && { actor }), now: at } as const;
  return findingsOf(sighting, occasion, evaluatorOf(withEveryControl(policy))).decided;
}

function aboutAddresses(rule: Rule, world: World): string | undefined {
  const { isPublic, isTrusted, isWorld, share } = publicUnion(cidrsOf(rule.source), world);
  if (!isPublic && isTrusted) return 'the policy trusts its source';
  if (!isPublic) return 'its source is no address of the internet';
  return isWorld ? undefined : `its source is ${formatShare(share)} of the internet: too little to be the world`;
}

/** Why a rule is harmless by itself; undefined if it is open to the world. */
export function whyHarmless(rule: Rule, world: World): string | undefined {
  const { source, direction } = rule;
  if (source.kind === 'group')
    return `its ${direction === 'ingress' ? 'source' : 'target'} is a group, not the internet`;
  if (direction === 'egress') return 'outbound: no control of the policy objects';
  if (source.kind === 'prefix-list' && source.cidrs === undefined)
    return 'the entries of its prefix list are unknown: nothing is concluded';
  return aboutAddresses(rule, world);
}

/**
 * Why nothing is done about a rule, one line for each reason.
 *
 * @param findings of `everyFinding`, about the same group.
 */
export function whyKept(
  rule: Rule,
  sighting: Sighting,
  findings: readonly Finding[],
  now: Circumstances,
): readonly string[] {
  const reasons = findings
    .filter(({ rules }) => rules.includes(rule))
    .flatMap((finding) => whyNotDecided(rule, finding, sighting, now) ?? []);
  if (reasons.length > 0) return [...new Set(reasons)];
  const open = `open to the world: the policy has no objection to ${formatTraffic(rule)}`;
  return [whyHarmless(rule, worldOf(now.policy)) ?? open];
}
