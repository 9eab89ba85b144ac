import type { Change } from '../../shared/domain/change.ts';
import type { Group, Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import { sweepChange } from '../../shared/events/requests/internal-request.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { runDueWork } from '../../shared/workflows/schedule/run-due-work.ts';
import { swept } from '../workflows/sweep/world.ts';
import { change } from './cell.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

/** Milliseconds. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** Something that happens at a time, milliseconds after the beginning. */
interface Happening {
  readonly at: number;
  readonly what: () => Promise<unknown>;
}

/**
 * A rule that somebody adds by a call of its own, and when the event of the call is delivered; none: it is
 * lost.
 */
export interface Opening {
  readonly rule: Rule;
  readonly at: number;
  readonly deliveries: readonly number[];
}

interface Options {
  readonly policy: Policy;
  /** Groups as they were recorded long ago; default: as they are. `[]`: nothing was ever recorded. */
  readonly recorded?: readonly Group[];
  readonly ports?: Partial<RemediationPorts>;
}

/**
 * An account with its cell, and what happens to it in the order of time. Happenings of one instant run side
 * by side.
 */
export function timeline(groups: readonly Group[], { policy, recorded, ports }: Options) {
  const world = swept(groups, policy, { ...(recorded && { recorded }) });
  const begun = world.clock.at;
  const happenings: Happening[] = [];
  let invocations = 0;
  const taken: string[] = [];
  const budget: RemediationPorts['budget'] = {
    spend: async (planId, ...rest) => {
      taken.push(planId);
      return await world.budget.spend(planId, ...rest);
    },
  };
  const invoke = async (event: Change): Promise<void> => {
    invocations += 1;
    const owner = `invocation-${invocations}`;
    await world.run(event, { owner, policy, ports: { budget, ...ports } });
  };
  const look = async (ids: readonly string[], limit?: 'hold'): Promise<void> => {
    const request = { do: 'look', groupIds: ids, region: REGION } as const;
    invocations += 1;
    await invoke(
      sweepChange(
        { ...request, ...(limit && { hold: true }) },
        { id: `look-${invocations}`, at: world.clock.at, account: ACCOUNT },
      ),
    );
  };
  const lookAll = async (): Promise<void> => {
    for (const { ids, limit } of world.looks.splice(0)) await look(ids, limit);
  };
  const at = (time: number, what: Happening['what']): void => void happenings.push({ at: time, what });

  const open = ({ rule, at: time, deliveries }: Opening): void => {
    at(time, async () => {
      const group = world.ec2.groups.find(({ id }) => id === rule.groupId);
      if (group !== undefined) world.ec2.put({ ...group, rules: [...group.rules, rule] });
    });
    const event = change([rule], {
      id: `open ${rule.id}`,
      scope: { by: 'group-id', ids: [rule.groupId] },
      at: begun + time,
      actor: { type: 'IAMUser', name: `opener of ${rule.id}`, tool: 'terraform' },
    });
    for (const delivery of deliveries) at(time + delivery, async () => await invoke(event));
  };

  const sweepAt = (time: number): void =>
    at(time, async () => {
      await world.sweep();
      await lookAll();
    });

  const configAt = (time: number, groupId: string): void => at(time, async () => await look([groupId]));

  const tickAt = (time: number): void =>
    at(time, async () => {
      const reexamine = {
        ...world.grantCell.ports.reevaluation,
        requestEvaluation: world.cell.ports.reevaluation.requestEvaluation,
      };
      await runDueWork({ policy, ports: { ...world.grantCell.ports, reevaluation: reexamine } });
      await lookAll();
    });

  let ticked = 0;
  /**
   * Everything until a time, with the schedule's ticks every five minutes; it may be called again for a later
   * time.
   */
  const runUntil = async (end: number): Promise<void> => {
    for (; ticked + 5 * MINUTE <= end; ticked += 5 * MINUTE) tickAt(ticked + 5 * MINUTE);
    const due = happenings.filter((one) => one.at <= end);
    happenings.splice(0, happenings.length, ...happenings.filter((one) => one.at > end));
    const inOrder = [...Map.groupBy(due, (one) => one.at)].toSorted(([a], [b]) => a - b);
    for (const [time, together] of inOrder) {
      world.clock.at = Math.max(world.clock.at, begun + time);
      await Promise.all(together.map(async ({ what }) => await what()));
    }
    world.clock.at = Math.max(world.clock.at, begun + end);
  };

  /**
   * What people were told: the outcomes, and for each removed rule in how many of them it stands as removed.
   */
  const account = () => ({
    removals: Object.fromEntries(
      [
        ...Map.groupBy(
          world.told.flatMap(({ removed }) => removed.map(({ id = '' }) => id)),
          (id) => id,
        ),
      ].map(([id, all]) => [id, all.length]),
    ),
    existing: world.told.filter(({ plan }) => plan.decision.findings.some(({ freshness }) => freshness === 'existing')),
    charged: taken,
  });

  const recordedContents = async (groupId: string) =>
    [...((await world.records.get([groupId])).get(groupId)?.contents ?? [])].toSorted();

  const openRules = (groupId: string) =>
    (world.ec2.groups.find(({ id }) => id === groupId)?.rules ?? []).map(canonicalKey).toSorted();

  return {
    ...world,
    at,
    open,
    sweepAt,
    configAt,
    tickAt,
    runUntil,
    account,
    invoke,
    look,
    lookAll,
    recordedContents,
    openRules,
  };
}
