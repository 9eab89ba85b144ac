import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildFunctions } from '../infra/build.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run's bundles lie: a folder of its own, so that two runs at once do not pull it away from each other. */
    readonly dist: string;
  }
}

/** Bundles the functions once, before any test: the tests run what is deployed. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const dist = await mkdtemp(path.join(tmpdir(), 'portcullis-dist-'));
  await buildFunctions({ outdir: dist });
  project.provide('dist', dist);
  return async () => await rm(dist, { recursive: true, force: true });
};
