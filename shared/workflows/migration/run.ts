import { type Facts, type Need, NON_EC2_FACTS } from '../../domain/control.ts';
import type { NamingOptions } from '../../domain/control-options.ts';
import type { Grants, GroupSnapshot, NewGroup, SecurityGroups } from '../../domain/ec2.ts';
import { FactUnread, Unfinished } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Attachment, GroupIdentity, Rule } from '../../domain/group.ts';
import type { Attribution, Person } from '../../domain/identity.ts';
import type { CompletedStep, LedgerEntry } from '../../domain/ledger.ts';
import type { Policy } from '../../domain/policy.ts';
import { exemptionsAt } from '../../policy/exemptions.ts';
import { neededFacts } from '../../remediation/decide/enabled-controls.ts';
import type { GrantCell } from '../common/cell.ts';
import type { MigrationStep } from './plan-migration.ts';
import { type DefaultGroupState, isReplacement, type Replacement, replacementFor } from './replacement.ts';

/** A step as the ledger entry has it, without its time. */
type StepRecord = Pick<CompletedStep, 'step' | 'data'>;

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Only Portcullis writes the ledger entry, so it is enough to recognize rules. */
function isRule(value: unknown): value is Rule {
  return isObject(value) && isText(value['groupId']) && isText(value['direction']) && isObject(value['source']);
}

function isPerson(value: unknown): value is Person {
  return isObject(value) && isText(value['name']) && isText(value['through']);
}

function isAsked(value: unknown): value is Attribution {
  return isObject(value) && isPerson(value['by']) && isText(value['reason']) && typeof value['at'] === 'number';
}

/** A group was created. */
export function createdStep(groupId: string): StepRecord {
  return { step: `create ${groupId}`, data: { groupId } };
}

/** Rules were added. Their ids are enough, because the group has their contents. */
export function admittedStep(groupId: string, rules: readonly Rule[]): StepRecord {
  const ids = rules.flatMap(({ id }) => id ?? []);
  return { step: `admit ${groupId} ${rules[0]?.direction ?? ''} ${ids[0] ?? ''}`, data: { admitted: ids } };
}

/** Rules that on-change is to remove, in full, because the record restores them. */
export function takeBackStep(rules: readonly Rule[], asked: Attribution): StepRecord {
  return {
    step: `take back ${rules[0]?.id ?? ''} and ${rules.length - 1} more, asked at ${asked.at}`,
    data: { takeBack: rules, asked },
  };
}

/** A group was attached to an interface or detached from it, or was deleted. */
export function changedStep(step: Extract<MigrationStep, { do: 'attach' | 'detach' | 'delete' }>): StepRecord {
  return {
    step: step.do === 'delete' ? `delete ${step.groupId}` : `${step.do} ${step.interfaceId} ${step.groupId}`,
    data: {},
  };
}

/** The last group that was created. */
export function replacementIdIn(progress: readonly CompletedStep[]): string | undefined {
  return progress.map(({ step, data }) => (step.startsWith('create ') ? data['groupId'] : undefined)).findLast(isText);
}

/** Interfaces to which a group was attached. */
export function putUnder(progress: readonly CompletedStep[], groupId: string): ReadonlySet<string> {
  return new Set(
    progress.flatMap(({ step }) => {
      const [what, interfaceId = '', group] = step.split(' ');
      return what === 'attach' && group === groupId ? [interfaceId] : [];
    }),
  );
}

/** Rules to remove, and who requested it. */
export interface TakeBack {
  readonly rules: readonly Rule[];
  readonly asked: Attribution;
}

/** All rules to remove, oldest request first. */
export function takeBacksIn(progress: readonly CompletedStep[]): readonly TakeBack[] {
  return progress.flatMap(({ data: { takeBack, asked } }) =>
    Array.isArray(takeBack) && isAsked(asked) ? [{ rules: takeBack.filter(isRule), asked }] : [],
  );
}

/** Facts that a migration needs, whatever controls are enabled. */
const OWN_NEEDS = ['attachments', 'referencedBy', 'peers'] as const satisfies readonly Need[];

type OwnFacts = Pick<Facts, (typeof OWN_NEEDS)[number]> & Partial<Facts>;

function isWhole(facts: Partial<Facts>): facts is OwnFacts {
  return OWN_NEEDS.every((need) => facts[need] !== undefined);
}

function byId(a: Attachment, b: Attachment): number {
  return a.interfaceId < b.interfaceId ? -1 : 1;
}

/** Facts without those about the group alone. */
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

/** What the state of a migration is read from. */
interface MigrationScope {
  readonly groups: Pick<SecurityGroups, 'fetchSnapshot'>;
  readonly policy: Policy;
  readonly oldId: string;
  readonly like: NewGroup;
  /** The replacement, if it is recorded. */
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

/**
 * Both groups: the replacement by its recorded id, otherwise by its name, because an attempt may have ended
 * before it was recorded.
 */
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
 * Reads a default group, its replacement, and every group that names one of them. Undefined if the default
 * group is gone.
 *
 * @throws CallFailed. Unfinished or FactUnread if a fact could not be read, because nothing is moved on a
 * guess.
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

/** One run of a migration or a rollback. */
export interface MigrationRun {
  readonly entry: LedgerEntry;
  readonly asked: Attribution;
  readonly cell: GrantCell;
  readonly grants: Grants;
  readonly like: NewGroup;
  /** The recorded steps, including those of this run. */
  readonly progress: CompletedStep[];
  /** Names of the steps of this run, in order. */
  readonly steps: string[];
  /** Interfaces that EC2 refused to change, and its reason. */
  readonly stuck: Map<string, string>;
}

/** A default group with its VPC. */
type InVpc = GroupIdentity & { readonly vpcId: string };

/** The group of a plan, if it is in a VPC. */
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

/** Starts a run after the recorded steps. */
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

/** The current state. Undefined if the default group is gone. Throws CallFailed, Unfinished, FactUnread. */
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

/** Active exemptions of all groups of a state. Throws CallFailed. */
export async function exemptionsFor(state: DefaultGroupState, { cell }: MigrationRun): Promise<readonly Exemption[]> {
  const { old, naming, replacement } = state;
  const groups = [old, ...naming.map(({ group }) => group), ...(replacement === undefined ? [] : [replacement.group])];
  const { exemptions, clock } = cell.ports;
  const ofLedger = await exemptions.active(groups.map(({ id }) => id));
  return exemptionsAt(clock.now(), cell.policy, ofLedger);
}
