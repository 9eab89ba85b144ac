import { cellRegions } from './regions.ts';
import { setting } from './settings.ts';

/**
 * Has on-grant put the canary in each region of the cell, and gives these back. Its code is loaded when it is asked for: most calls of
 * on-schedule keep times. Throws as `putCanaries`.
 */
export const askCanaries = async (): Promise<readonly string[]> => {
  const [{ canaries }, { functionsClient }, { putCanaries }] = await Promise.all([
    import('../shared/aws/canaries.ts'),
    import('../shared/aws/invoke.ts'),
    import('../shared/pipeline/schedule/put-canaries.ts'),
  ]);
  const regions = cellRegions();
  await putCanaries(regions, { canaries: canaries(functionsClient(), setting('grantFunction')) });
  return regions;
};
