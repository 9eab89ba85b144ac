import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildFunctions } from '../infra/build/build.ts';
import type { Policy } from '../shared/domain/policy.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run's bundles lie: a folder of its own, so that two runs at once do not pull it away from each other. */
    readonly dist: string;
  }
}

/** Has every outcome told by itself: tests open more in a minute than people would want to hear of. */
async function telling(directory: string): Promise<void> {
  const file = path.join(directory, 'policy.json');
  const policy: Policy = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...policy, alerts: { ...policy.alerts, perMinute: 1_000_000 } }));
}

/** Bundles the functions once, before any test: the tests run what is deployed, but that it gathers nothing into digests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dist = await mkdtemp(path.join(tmpdir(), 'portcullis-dist-'));
  for (const { directory } of await buildFunctions({ outdir: dist })) await telling(directory);
  project.provide('dist', dist);
  return async () => await rm(dist, { recursive: true, force: true });
}
