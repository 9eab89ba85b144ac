import { type Facts, type Need, NON_EC2_FACTS } from '../../domain/control.ts';
import type { NamingOptions } from '../../domain/control-options.ts';
import { FactUnread, Unfinished } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Grants, NewGroup } from '../../domain/grants.ts';
import type { Attachment, GroupIdentity, Rule } from '../../domain/group.ts';
import type { Attribution, Person } from '../../domain/identity.ts';
import type { CompletedStep, LedgerEntry } from '../../domain/ledger.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GroupSnapshot, SecurityGroups } from '../../domain/ports.ts';
import { exemptionsAt } from '../../policy/exemptions.ts';
import { neededFacts } from '../../remediation/decide/enabled-controls.ts';
import type { GrantCell } from '../common/cell.ts';
import type { MigrationStep } from './plan-migration.ts';
import { type DefaultGroupState, isReplacement, type Replacement, replacementFor } from './replacement.ts';

/** A step as the record has it, but for its time. */
type StepRecord = Pick<CompletedStep, 'step' | 'data'>;

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The record is our own: what it takes is to tell its rules from anything else that may stand there. */
function isRule(value: unknown): value is Rule {
  return isObject(value) && isText(value['groupId']) && isText(value['direction']) && isObject(value['source']);
}

function isPerson(value: unknown): value is Person {
  return isObject(value) && isText(value['name']) && isText(value['through']);
}

function isAsked(value: unknown): value is Attribution {
  return isObject(value) && isPerson(value['by']) && isText(value['reason']) && typeof value['at'] === 'number';
}

/** A group that was made. */
export function createdStep(groupId: string): StepRecord {
  return { step: `create ${groupId}`, data: { groupId } };
}

/** Rules that were added, by id: what they let through is in the group, and a retry finds them there. */
export function admittedStep(groupId: string, rules: readonly Rule[]): StepRecord {
  const ids = rules.flatMap(({ id }) => id ?? []);
  return { step: `admit ${groupId} ${rules[0]?.direction ?? ''} ${ids[0] ?? ''}`, data: { admitted: ids } };
}

/** Rules that the function that removes is asked to take back, whole: that is what restores them. */
export function takeBackStep(rules: readonly Rule[], asked: Attribution): StepRecord {
  return {
    step: `take back ${rules[0]?.id ?? ''} and ${rules.length - 1} more, asked at ${asked.at}`,
    data: { takeBack: rules, asked },
  };
}

/** An interface put under a group or taken off it, or a group that was deleted. */
export function changedStep(step: Extract<MigrationStep, { do: 'attach' | 'detach' | 'delete' }>): StepRecord {
  return {
    step: step.do === 'delete' ? `delete ${step.groupId}` : `${step.do} ${step.interfaceId} ${step.groupId}`,
    data: {},
  };
}

/** The group that was made last. */
export function replacementIdIn(progress: readonly CompletedStep[]): string | undefined {
  return progress.map(({ step, data }) => (step.startsWith('create ') ? data['groupId'] : undefined)).findLast(isText);
}

/** Interfaces that were put under a group. */
export function putUnder(progress: readonly CompletedStep[], groupId: string): ReadonlySet<string> {
  return new Set(
    progress.flatMap(({ step }) => {
      const [what, interfaceId = '', group] = step.split(' ');
      return what === 'attach' && group === groupId ? [interfaceId] : [];
    }),
  );
}

/** Rules that are to be taken back, and at whose request. */
export interface TakeBack {
  readonly rules: readonly Rule[];
  readonly asked: Attribution;
}

/** Everything that is to be taken back, oldest first. */
export function takeBacksIn(progress: readonly CompletedStep[]): readonly TakeBack[] {
  return progress.flatMap(({ data: { takeBack, asked } }) =>
    Array.isArray(takeBack) && isAsked(asked) ? [{ rules: takeBack.filter(isRule), asked }] : [],
  );
}

/** Facts that a migration goes by, whatever controls are on. */
const OWN_NEEDS = ['attachments', 'referencedBy', 'peers'] as const satisfies readonly Need[];

type OwnFacts = Pick<Facts, (typeof OWN_NEEDS)[number]> & Partial<Facts>;

function isWhole(facts: Partial<Facts>): facts is OwnFacts {
  return OWN_NEEDS.every((need) => facts[need] !== undefined);
}

function byId(a: Attachment, b: Attachment): number {
  return a.interfaceId < b.interfaceId ? -1 : 1;
}

/** Facts without those that are about the group alone, such as its twins. */
function factsOf({ group, facts: all }: GroupSnapshot): OwnFacts {
  const { twins: _, ...facts } = all;
  if (!isWhole(facts)) throw new FactUnread(`what uses ${group.id} and what names it`, 'the look does not tell it');
  return { ...facts, attachments: facts.attachments.toSorted(byId) };
}

function namingIds(facts: readonly OwnFacts[]): readonly string[] {
  return [
    ...new Set(
      facts.flatMap(({ referencedBy }) => referencedBy.flatMap(({ kind, id }) => (kind === 'group' ? id : []))),
    ),
  ];
}

/** Where a migration looks, and for what. */
export interface MigrationScope {
  readonly groups: Pick<SecurityGroups, 'fetchSnapshot'>;
  readonly policy: Policy;
  readonly oldId: string;
  readonly like: NewGroup;
  /** The replacement, where the record has it. */
  readonly replacementId: string | undefined;
}

async function fetchGroups(
  place: MigrationScope,
  scope: Parameters<SecurityGroups['fetchSnapshot']>[0],
): Promise<readonly GroupSnapshot[]> {
  const needs = neededFacts(place.policy, 'rules-added').difference(new Set(NON_EC2_FACTS)).union(new Set(OWN_NEEDS));
  const { groups, unread } = await place.groups.fetchSnapshot(scope, needs);
  if (unread.length > 0) throw new Unfinished(unread);
  return groups;
}

function replacementIn(place: MigrationScope, seen: readonly GroupSnapshot[]): GroupSnapshot | undefined {
  return seen.find(({ group }) => group.id !== place.oldId && isReplacement(group, place.like));
}

/** Both groups: the replacement by the id on the record, else by its name, since a try may have ended before it was recorded. */
async function fetchBoth(place: MigrationScope): Promise<readonly GroupSnapshot[]> {
  const { oldId, replacementId, like } = place;
  if (replacementId !== undefined) return await fetchGroups(place, { by: 'group-id', ids: [oldId, replacementId] });
  const old = fetchGroups(place, { by: 'group-id', ids: [oldId] });
  return (await Promise.all([old, fetchGroups(place, { by: 'group-name', names: [like.name] })])).flat();
}

function asReplacement({ group }: GroupSnapshot, { attachments, referencedBy }: OwnFacts): Replacement {
  return {
    group,
    attachments,
    referencedBy,
  };
}

/**
 * Looks at a default group, what stands in for it, and every group that names one of them. Undefined where the default group is gone.
 *
 * @throws CallFailed; Unfinished or FactUnread where a fact could not be read: nothing is moved on a guess.
 */
async function fetchDefaultGroup(place: MigrationScope): Promise<DefaultGroupState | undefined> {
  const seen = await fetchBoth(place);
  const old = seen.find(({ group }) => group.id === place.oldId);
  if (old === undefined) return undefined;
  const facts = factsOf(old);
  const found = replacementIn(place, seen);
  const other = found && factsOf(found);
  const ids = namingIds(other === undefined ? [facts] : [facts, other]);
  const others = ids.filter((id) => id !== place.oldId && id !== found?.group.id);
  const naming = others.length === 0 ? [] : await fetchGroups(place, { by: 'group-id', ids: others });
  const replacement = found && other && asReplacement(found, other);
  return { old: old.group, facts, naming, ...(replacement && { replacement }) };
}

/** One invocation at a migration or at its way back: what it knows, and what it has done by now. */
export interface MigrationRun {
  readonly entry: LedgerEntry;
  readonly asked: Attribution;
  readonly cell: GrantCell;
  readonly grants: Grants;
  readonly like: NewGroup;
  /** The record as it is by now, with the steps of this invocation. */
  readonly progress: CompletedStep[];
  /** Names of the steps of this invocation, in order. */
  readonly steps: string[];
  /** Interfaces that EC2 refused to change, and its reason. */
  readonly stuck: Map<string, string>;
}

/** A default group, of which EC2 told the VPC. */
type InVpc = GroupIdentity & { readonly vpcId: string };

/** The group of a plan, where it can be moved at all. */
export function groupOf({ plan }: LedgerEntry): InVpc | undefined {
  const { group } = plan.decision;
  return group.vpcId === undefined ? undefined : { ...group, vpcId: group.vpcId };
}

function isNaming(options: object | undefined): options is NamingOptions {
  return options !== undefined && 'names' in options && 'avoid' in options;
}

function schemeOf({ controls }: Policy): Pick<NamingOptions, 'names' | 'avoid'> {
  const { naming } = controls;
  return isNaming(naming) ? naming : { names: [], avoid: [] };
}

/** Starts where the record of the entry ends. */
export function startRun(entry: LedgerEntry, old: InVpc, asked: Attribution, cell: GrantCell): MigrationRun {
  return {
    entry,
    asked,
    cell,
    grants: cell.ports.region(entry.plan.change.region).grants,
    like: replacementFor(old, { planId: entry.plan.id, owner: entry.owner }, schemeOf(cell.policy)),
    progress: [...entry.completedSteps],
    steps: [],
    stuck: new Map(),
  };
}

/** What there is now. Undefined where the default group is gone. Throws CallFailed, Unfinished, FactUnread. */
export async function fetchState({
  entry,
  like,
  progress,
  cell,
}: MigrationRun): Promise<DefaultGroupState | undefined> {
  return await fetchDefaultGroup({
    groups: cell.ports.region(entry.plan.change.region).groups,
    policy: cell.policy,
    oldId: entry.plan.decision.group.id,
    like,
    replacementId: replacementIdIn(progress),
  });
}

/** The exemptions that hold for the groups of a scene. Throws CallFailed. */
export async function exemptionsFor(scene: DefaultGroupState, { cell }: MigrationRun): Promise<readonly Exemption[]> {
  const { old, naming, replacement } = scene;
  const groups = [old, ...naming.map(({ group }) => group), ...(replacement === undefined ? [] : [replacement.group])];
  const { exemptions, clock } = cell.ports;
  const ofLedger = await exemptions.active(groups.map(({ id }) => id));
  return exemptionsAt(clock.now(), cell.policy, ofLedger);
}
