import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildFunctions } from '../infra/build/build.ts';
import type { Policy } from '../shared/domain/policy.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of this run's bundles. Each run has its own, so that parallel runs do not interfere. */
    readonly dist: string;
  }
}

/** Disables digests, because tests cause more outcomes in a minute than `alerts.perMinute` allows. */
async function telling(directory: string): Promise<void> {
  const file = path.join(directory, 'policy.json');
  const policy: Policy = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...policy, alerts: { ...policy.alerts, perMinute: 1_000_000 } }));
}

/** Bundles the functions once before all tests. The tests run the deployed code, without digests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dist = await mkdtemp(path.join(tmpdir(), 'portcullis-dist-'));
  for (const { directory } of await buildFunctions({ outdir: dist })) await telling(directory);
  project.provide('dist', dist);
  return async () => await rm(dist, { recursive: true, force: true });
}
