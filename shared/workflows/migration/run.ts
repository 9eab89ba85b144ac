import type { NamingOptions } from '../../domain/controls/options.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Grants, NewGroup } from '../../domain/grants.ts';
import type { GroupIdentity } from '../../domain/group.ts';
import type { Entry } from '../../domain/ledger.ts';
import type { Progress } from '../../domain/requests/follow-up.ts';
import type { Asked } from '../../domain/requests/person.ts';
import { exemptionsAt } from '../../policy/exempt.ts';
import { replacementFor } from '../../remediation/remedies/migrate-name.ts';
import type { Scene } from '../../remediation/remedies/migrate-scene.ts';
import type { GrantCell } from '../common/cell.ts';
import { replacementIdIn } from './record.ts';
import { see } from './see.ts';

/** One invocation at a migration or at its way back: what it knows, and what it has done by now. */
export interface Run {
  readonly entry: Entry;
  readonly asked: Asked;
  readonly cell: GrantCell;
  readonly grants: Grants;
  readonly like: NewGroup;
  /** The record as it is by now, with the steps of this invocation. */
  readonly progress: Progress[];
  /** Names of the steps of this invocation, in order. */
  readonly steps: string[];
  /** Interfaces that EC2 refused to change, and its reason. */
  readonly stuck: Map<string, string>;
}

/** A default group, of which EC2 told the VPC. */
type InVpc = GroupIdentity & { readonly vpcId: string };

/** The group of a plan, where it can be moved at all. */
export const groupOf = ({ plan }: Entry): InVpc | undefined => {
  const { group } = plan.decision;
  return group.vpcId === undefined ? undefined : { ...group, vpcId: group.vpcId };
};

const isNaming = (options: object | undefined): options is NamingOptions =>
  options !== undefined && 'names' in options && 'avoid' in options;

const schemeOf = ({ controls }: Policy): Pick<NamingOptions, 'names' | 'avoid'> => {
  const { naming } = controls;
  return isNaming(naming) ? naming : { names: [], avoid: [] };
};

/** Starts where the record of the entry ends. */
export const startRun = (entry: Entry, old: InVpc, asked: Asked, cell: GrantCell): Run => ({
  entry,
  asked,
  cell,
  grants: cell.ports.region(entry.plan.change.region).grants,
  like: replacementFor(old, { planId: entry.plan.id, owner: entry.owner }, schemeOf(cell.policy)),
  progress: [...entry.progress],
  steps: [],
  stuck: new Map(),
});

/** What there is now. Undefined where the default group is gone. Throws CallFailed, Unfinished, FactUnread. */
export const sceneOf = async ({ entry, like, progress, cell }: Run): Promise<Scene | undefined> =>
  await see({
    groups: cell.ports.region(entry.plan.change.region).groups,
    policy: cell.policy,
    oldId: entry.plan.decision.group.id,
    like,
    replacementId: replacementIdIn(progress),
  });

/** The exemptions that hold for the groups of a scene. Throws CallFailed. */
export const exemptionsFor = async (scene: Scene, { cell }: Run): Promise<readonly Exemption[]> => {
  const { old, naming, replacement } = scene;
  const groups = [old, ...naming.map(({ group }) => group), ...(replacement === undefined ? [] : [replacement.group])];
  const { exemptions, clock } = cell.ports;
  const ofLedger = await exemptions.live(groups.map(({ id }) => id));
  return exemptionsAt(clock.now(), cell.policy, ofLedger);
};
