import { CANARY_CONTROL, isCanaryGroup } from '../domain/canary.ts';
import type { Exemption, ExemptionScope } from '../domain/exemption.ts';
import type { Group, GroupIdentity, PortSet, Rule } from '../domain/group.ts';
import { matchesGlob } from '../domain/identity.ts';
import type { Policy } from '../domain/policy.ts';
import { contentKey } from '../network/rule-key.ts';

/** Whether an exemption is in force at a time in ms. */
export function isInForce({ at, until, ended }: Exemption, now: number): boolean {
  return ended === undefined && at <= now && now < until;
}

/** The exemptions of the policy and the ledger that are in force at a time in ms. */
export function exemptionsAt(
  now: number,
  { exemptions }: Pick<Policy, 'exemptions'>,
  ofLedger: readonly Exemption[],
): readonly Exemption[] {
  return [...exemptions, ...ofLedger].filter((exemption) => isInForce(exemption, now));
}

/** Whether an exemption applies to a group, for at least one control. */
export function appliesToGroup({ groupId, groupName }: ExemptionScope, group: GroupIdentity): boolean {
  return (
    (groupId === undefined || groupId === group.id) && (groupName === undefined || matchesGlob(groupName, group.name))
  );
}

/** Whether an exemption covers a rule's content. Does not check the group or the control. */
export function coversRule({ content, ports }: ExemptionScope, rule: Rule): boolean {
  return (content === undefined || content === contentKey(rule)) && (ports === undefined || holds(ports, rule));
}

function holds(ports: PortSet, { protocol, fromPort = -1, toPort = -1 }: Rule): boolean {
  return (
    (protocol === 'tcp' || protocol === 'udp') &&
    fromPort >= 0 &&
    ports[protocol].some(({ from, to }) => from <= fromPort && toPort <= to)
  );
}

/**
 * The group without the rules that are exempt from a control. Undefined if the whole group is exempt.
 *
 * @param exemptions of the policy and the ledger that are in force.
 */
export function withoutExemptRules(group: Group, control: string, exemptions: readonly Exemption[]): Group | undefined {
  if (isNeverExempt(group, control)) return group;
  const about = exemptions.map(({ scope }) => scope).filter((scope) => appliesTo(scope, group, control));
  if (about.length === 0) return group;
  if (about.some(({ content, ports }) => content === undefined && ports === undefined)) return undefined;
  return { ...group, rules: group.rules.filter((rule) => !about.some((scope) => coversRule(scope, rule))) };
}

/**
 * The canary's marker and group are never exempt. Otherwise an exemption of every group would keep the canary
 * open, and Portcullis could no longer measure whether closing works.
 */
function isNeverExempt(group: Group, control: string): boolean {
  return control === CANARY_CONTROL || isCanaryGroup(group);
}

function appliesTo(scope: ExemptionScope, group: GroupIdentity, controlId: string): boolean {
  return appliesToGroup(scope, group) && (scope.control === undefined || scope.control === controlId);
}
