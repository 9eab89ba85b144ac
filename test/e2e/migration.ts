import type { EstateInterface } from '../../infra/local/estate.ts';
import { asking, by, reason } from './asking.ts';
import { makeOffice } from './office.ts';
import { openShopUnder } from './shop.ts';

/** A cell whose policy has the members of default groups moved. */
export const openMigrationCell = async () => {
  const cell = await openShopUnder((policy) => {
    const options = policy.controls['default-group-rules'];
    if (options === undefined) throw new RangeError('the policy has no default-group-rules');
    const controls = { ...policy.controls, 'default-group-rules': { ...options, remedy: 'migrate' as const } };
    return { ...policy, controls };
  });
  const { local } = cell;

  const { ask, look, remediationOf } = asking(cell);

  /** A default group in use, and the id of its plan, which waits for a person. */
  const pending = async (more: readonly EstateInterface[] = []) => {
    const office = makeOffice(local, more);
    await cell.record();
    await look(office.idOf('default'));
    const id = await remediationOf(office.idOf('default'), 'pending');
    return { ...office, id };
  };

  return {
    ...cell,
    pending,
    release: async (id: string) => await ask({ do: 'release', id, by, reason }),
    rollBack: async (id: string) => await ask({ do: 'roll-back', id, by, reason }),
    restore: async (id: string) =>
      await ask({ do: 'restore', id, dryRun: false, exempt: { days: 1, owner: 'team-office' }, by, reason }),
    /** The remediation that has stripped a default group, the last of all. */
    stripping: async (groupId: string) => await remediationOf(groupId, 'done'),
  };
};
