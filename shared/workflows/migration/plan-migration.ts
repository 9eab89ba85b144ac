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

/** Interfaces on one page of EC2's answer: where there are so many, there may be more that are not seen. */
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

/** Where new things would get the group from again, and the way out; undefined for a rule of another group, which can be rewritten. */
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

/** Interfaces that cannot be told well enough to be changed. */
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

/** Every reason why the default group's members cannot be moved without somebody losing access, or would not stay moved. */
function refusals(scene: DefaultGroupState): readonly string[] {
  return [
    ...ofItself(scene),
    ...ofPeers(scene),
    ...ofOtherVpcs(scene),
    ...scene.facts.referencedBy.flatMap((reference) => attachesAgain(reference, scene.old.id) ?? []),
    ...unidentifiedInterfaces(scene.facts.attachments, scene.old.id),
  ];
}

/** One call to EC2 of a migration, or of its way back. */
export type MigrationStep =
  | { readonly do: 'create'; readonly like: NewGroup }
  | { readonly do: 'admit'; readonly step: AuthorizeStep }
  | {
      readonly do: 'attach' | 'detach';
      readonly interfaceId: string;
      /** The group that is put on or taken off. */
      readonly groupId: string;
      /** All groups that the interface is under then. */
      readonly groupIds: readonly string[];
    }
  /** Asked of the function that removes: rules that were added for the time of the migration. */
  | { readonly do: 'take-back'; readonly rules: readonly Rule[] }
  | { readonly do: 'delete'; readonly groupId: string };

/** What is to be done next, as far as one look carries. */
export type NextSteps =
  | { readonly kind: 'refused'; readonly because: readonly string[] }
  | { readonly kind: 'next'; readonly steps: readonly MigrationStep[] }
  /** `open`: what keeps the old group in use, each with what a person has to do. */
  | { readonly kind: 'finished'; readonly open: readonly string[] };

/** What is known besides the scene. */
export interface MigrationTerms {
  readonly like: NewGroup;
  /** Rules of the default group, as `contentKey` writes them, that its replacement must not have. */
  readonly leftOut: ReadonlySet<string>;
  /** What controls say against the rest. */
  readonly objections: readonly string[];
  /** Interfaces that EC2 refused to change in this run, and its reason. */
  readonly stuck: ReadonlyMap<string, string>;
}

/**
 * Interfaces between two looks. EC2 changes 5 a second for long, and sets the whole list of an interface's groups: the older the list that
 * it was made from, the more likely it is to undo what somebody else has changed since. 10 are 2 seconds.
 */
const AT_ONCE = 10;

/** The interface under one more group. */
export function attachStep({ interfaceId, groupIds = [] }: Attachment, groupId: string): MigrationStep {
  return {
    do: 'attach',
    interfaceId,
    groupId,
    groupIds: [...groupIds, groupId],
  };
}

/** The interface under one group less. */
export function detachStep({ interfaceId, groupIds = [] }: Attachment, groupId: string): MigrationStep {
  return {
    do: 'detach',
    interfaceId,
    groupId,
    groupIds: groupIds.filter((id) => id !== groupId),
  };
}

/** The steps that one look is good for. */
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

/** Nothing is in the default group: rules between it and its replacement would only let in what is put into it by mistake. */
function afterLastInterface(scene: DefaultGroupState): NextSteps {
  const rules = rulesBetweenBoth(scene);
  return rules.length > 0 ? nextSteps([{ do: 'take-back', rules }]) : { kind: 'finished', open: [] };
}

/**
 * The way of a default group's members to a group of their own, one stretch from what stands: make the replacement; add every rule that
 * is wanted; put the replacement on every interface beside the default group; only then take the default group off. Each stretch
 * begins only once a look shows that the one before it is whole, so that wherever it breaks off, nobody has lost anything, and a retry
 * goes on from there. An interface that turns up meanwhile is put first before any other is taken off.
 *
 * Why nobody loses access: an interface is taken off the default group only while all others that can be moved are under the replacement
 * too, and whatever let the default group through lets the replacement through, in both directions, with those that stay behind.
 *
 * Interfaces that services manage, and those that EC2 refuses to change, stay; the default group is then still in use.
 */
export function planMigration(scene: DefaultGroupState, terms: MigrationTerms): NextSteps {
  const because = [...refusals(scene), ...terms.objections];
  if (scene.facts.attachments.length === 0) return afterLastInterface(scene);
  if (because.length > 0) return { kind: 'refused', because };
  const { replacement } = scene;
  if (replacement === undefined) return nextSteps([{ do: 'create', like: terms.like }]);
  const missing = missingRules(wantedRules(scene, replacement.group.id, terms.leftOut), scene);
  if (missing.length > 0) {
    return { kind: 'next', steps: authorizeSteps(missing).map((step) => ({ do: 'admit', step })) };
  }
  return moves(scene, replacement, terms);
}
