import type { Done, ScheduleCell } from './cell.ts';

/** Groups with an entry that a dead invocation left open: looked at again, which finishes it. */
export const abandoned = async ({ ports }: ScheduleCell): Promise<readonly (() => Promise<Done>)[]> => {
  const entries = await ports.register.abandoned();
  const places = new Map(entries.map(({ plan }) => [`${plan.change.region} ${plan.decision.group.id}`, plan]));
  return [...places.values()].map(({ decision, change }) => async () => {
    await ports.reexamine.look([decision.group.id], change.region);
    return { what: 'looked-again', id: decision.group.id };
  });
};
