import type { Reference } from '../../domain/control.ts';
import type { AuthorizeStep, NewGroup } from '../../domain/ec2.ts';
import type { Attachment, GroupIdentity, Rule } from '../../domain/group.ts';
import { formatRule } from '../../network/format.ts';
import { isManaged, managedText, stuckText } from './interfaces.ts';
import {
  authorizeSteps,
  type DefaultGroupState,
  isInGroup,
  MOST_TAGS,
  missingRules,
  namesGroup,
  type Replacement,
  rulesBetweenBoth,
  wantedRules,
} from './replacement.ts';

/** Interfaces on one page of EC2's answer. With so many, there may be more. */
const MOST_INTERFACES = 1000;

function isPeered({ source }: Rule, { ownerId, vpcId }: GroupIdentity): boolean {
  return (
    source.kind === 'group' &&
    (source.peeringId !== undefined ||
      (source.ownerId !== undefined && ownerId !== undefined && source.ownerId !== ownerId) ||
      (source.vpcId !== undefined && vpcId !== undefined && source.vpcId !== vpcId))
  );
}

function ofPeers({ old, facts }: DefaultGroupState): readonly string[] {
  return old.rules
    .filter(
      (rule) =>
        isPeered(rule, old) || (rule.source.kind === 'group' && facts.peers.get(rule.source.groupId) === 'foreign'),
    )
    .map(
      (rule) =>
        `${formatRule(rule)} names a group of another account or VPC: what names ${old.id} on the other side cannot be seen or edited from here; have that side admit addresses in place of the group, then remove the rule`,
    );
}

function ofOtherVpcs({ old, naming }: DefaultGroupState): readonly string[] {
  return naming.flatMap(({ group }) =>
    group.rules
      .filter((rule) => namesGroup(rule, old.id) && (group.vpcId !== old.vpcId || isPeered(rule, group)))
      .map(
        (rule) =>
          `${formatRule(rule)} of ${group.id} in ${group.vpcId ?? 'no VPC'} names ${old.id} across a peering: have it admit addresses in its place`,
      ),
  );
}

/**
 * What would attach the group again to new resources, and the way out. Undefined for a rule of another group,
 * because Portcullis can copy that rule.
 */
export function attachesAgain({ kind, id }: Reference, groupId: string): string | undefined {
  switch (kind) {
    case 'launch-template':
      return `launch template ${id} names ${groupId} in its latest or default version, so that new instances, and those of its Auto Scaling groups, would get it again; make a version without it: aws ec2 create-launch-template-version --launch-template-id ${id} --source-version '$Latest' --launch-template-data …, then aws ec2 modify-launch-template --launch-template-id ${id} --default-version …`;
    case 'function':
      return `function ${id} is configured with ${groupId} and would attach it again: aws lambda update-function-configuration --function-name ${id} --vpc-config SubnetIds=…,SecurityGroupIds=…`;
    case 'vpc':
      return `a group in ${id} names ${groupId} across a peering or transit gateway and cannot be seen or edited from here: have it admit addresses in its place`;
    case 'group':
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** Interfaces that cannot be changed because their groups are unknown. */
export function unidentifiedInterfaces(attachments: readonly Attachment[], groupId: string): readonly string[] {
  return [
    ...(attachments.length >= MOST_INTERFACES
      ? [`${groupId} is on 1,000 interfaces or more, of which one look shows only so many: move some of them first`]
      : []),
    ...attachments
      .filter(({ groupIds }) => groupIds === undefined || !groupIds.includes(groupId))
      .map(({ interfaceId }) => `which groups ${interfaceId} is under is not known, so that it cannot be changed`),
  ];
}

function ofItself({ old }: DefaultGroupState): readonly string[] {
  return [
    ...(old.vpcId === undefined ? [`${old.id} is in no VPC: there is nothing to make a replacement in`] : []),
    ...(Object.keys(old.tags).length > MOST_TAGS - 2
      ? [`${old.id} has so many tags that the replacement's own two do not fit: EC2 allows ${MOST_TAGS}`]
      : []),
  ];
}

/** All reasons why members would lose access, or would not stay in the replacement. */
function refusals(state: DefaultGroupState): readonly string[] {
  return [
    ...ofItself(state),
    ...ofPeers(state),
    ...ofOtherVpcs(state),
    ...state.facts.referencedBy.flatMap((reference) => attachesAgain(reference, state.old.id) ?? []),
    ...unidentifiedInterfaces(state.facts.attachments, state.old.id),
  ];
}

/** One call to EC2 of a migration or a rollback. */
export type MigrationStep =
  | { readonly do: 'create'; readonly like: NewGroup }
  | { readonly do: 'admit'; readonly step: AuthorizeStep }
  | {
      readonly do: 'attach' | 'detach';
      readonly interfaceId: string;
      /** The group that is attached or detached. */
      readonly groupId: string;
      /** All groups of the interface after the call. */
      readonly groupIds: readonly string[];
    }
  /** Removal by on-change of rules that were added for the duration of the migration. */
  | { readonly do: 'take-back'; readonly rules: readonly Rule[] }
  | { readonly do: 'delete'; readonly groupId: string };

/** The next steps from one state. */
export type NextSteps =
  | { readonly kind: 'refused'; readonly because: readonly string[] }
  | { readonly kind: 'next'; readonly steps: readonly MigrationStep[] }
  /** `open`: what keeps the default group in use, each with what a person has to do. */
  | { readonly kind: 'finished'; readonly open: readonly string[] };

/** What the next steps depend on besides the state. */
export interface MigrationTerms {
  readonly like: NewGroup;
  /** Rules of the default group, as `contentKey` writes them, that its replacement must not have. */
  readonly leftOut: ReadonlySet<string>;
  /** What controls say against the other rules. */
  readonly objections: readonly string[];
  /** Interfaces that EC2 refused to change in this run, and its reason. */
  readonly stuck: ReadonlyMap<string, string>;
}

/**
 * Interfaces that are changed before the state is read again: 2 seconds at EC2's sustained rate of 5 a
 * second. A call sets all groups of an interface, so an older state is more likely to undo somebody else's
 * change.
 */
const AT_ONCE = 10;

/** Attaches one more group to the interface. */
export function attachStep({ interfaceId, groupIds = [] }: Attachment, groupId: string): MigrationStep {
  return {
    do: 'attach',
    interfaceId,
    groupId,
    groupIds: [...groupIds, groupId],
  };
}

/** Detaches one group from the interface. */
export function detachStep({ interfaceId, groupIds = [] }: Attachment, groupId: string): MigrationStep {
  return {
    do: 'detach',
    interfaceId,
    groupId,
    groupIds: groupIds.filter((id) => id !== groupId),
  };
}

/** As many steps as one state allows. */
export function nextSteps(steps: readonly MigrationStep[]): NextSteps {
  return { kind: 'next', steps: steps.slice(0, AT_ONCE) };
}

function moves({ old, facts }: DefaultGroupState, { group }: Replacement, { stuck }: MigrationTerms): NextSteps {
  const ours = facts.attachments.filter((one) => !isManaged(one));
  const free = ours.filter(({ interfaceId }) => !stuck.has(interfaceId));
  const lacking = free.filter((one) => !isInGroup(one, group.id));
  if (lacking.length > 0) return nextSteps(lacking.map((one) => attachStep(one, group.id)));
  if (free.length > 0) return nextSteps(free.map((one) => detachStep(one, old.id)));
  const move = { from: old.id, to: group.id };
  const open = [
    ...facts.attachments.filter(isManaged).map((one) => managedText(one, move)),
    ...ours.map((one) => stuckText(one, stuck.get(one.interfaceId) ?? '', move)),
  ];
  return { kind: 'finished', open };
}

/**
 * Nothing uses the default group: rules between it and its replacement are removed, because they would only
 * admit what is attached by mistake.
 */
function afterLastInterface(state: DefaultGroupState): NextSteps {
  const rules = rulesBetweenBoth(state);
  return rules.length > 0 ? nextSteps([{ do: 'take-back', rules }]) : { kind: 'finished', open: [] };
}

/**
 * Plans the next steps of moving a default group's members to a group of their own: create the replacement,
 * add all its rules, attach it to every interface beside the default group, and only then detach the default
 * group. Each stage begins only when the state shows that the stage before is complete. So nobody loses
 * access if a stage fails, and a retry continues. A new interface is attached before any other is detached.
 *
 * Why nobody loses access: an interface is detached from the default group only when all other movable
 * interfaces have the replacement as well. Everything that admits the default group admits the replacement,
 * in both directions, and interfaces that stay are admitted too.
 *
 * Interfaces that services manage, and interfaces that EC2 refuses to change, stay; the default group is then
 * still in use.
 */
export function planMigration(state: DefaultGroupState, terms: MigrationTerms): NextSteps {
  const because = [...refusals(state), ...terms.objections];
  if (state.facts.attachments.length === 0) return afterLastInterface(state);
  if (because.length > 0) return { kind: 'refused', because };
  const { replacement } = state;
  if (replacement === undefined) return nextSteps([{ do: 'create', like: terms.like }]);
  const missing = missingRules(wantedRules(state, replacement.group.id, terms.leftOut), state);
  if (missing.length > 0) {
    return { kind: 'next', steps: authorizeSteps(missing).map((step) => ({ do: 'admit', step })) };
  }
  return moves(state, replacement, terms);
}
