import { buildFunctions } from '../infra/build.ts';

/** Bundles the functions once, before any test: the tests run what is deployed. */
export const setup = async (): Promise<void> => {
  await buildFunctions();
};
