import { Unfinished } from '../../domain/errors.ts';
import type { Canaries } from '../../domain/grants.ts';
import { side } from '../../remediation/side.ts';

/** Asks for the canary in each region, whatever becomes of the others. Throws Unfinished with every fault. */
export const putCanaries = async (
  regions: readonly string[],
  ports: { readonly canaries: Canaries },
): Promise<void> => {
  const { faults } = await side(regions.map(async (region) => await ports.canaries.put(region)));
  if (faults.length > 0) throw new Unfinished(faults);
};
