import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildFunctions, bundleDirectory } from '../../infra/build/build.ts';
import { CONTROLS } from '../../shared/catalogue.ts';
import { PolicyInvalid } from '../../shared/domain/errors.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';

const outdir = mkdtempSync(path.join(tmpdir(), 'portcullis-build-'));
afterAll(() => rmSync(outdir, { recursive: true }));

const FIXTURE = { name: 'fixture', entries: { index: 'test/infra/fixture-function.ts' } };

function policyFile(text: string): string {
  const file = path.join(outdir, 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the build', () => {
  it('writes the compiled policy into the bundle', async () => {
    const text = 'version: 1\npreset: observe\n';
    const [bundle] = await buildFunctions({ outdir, functions: [FIXTURE], policyFile: policyFile(text) });
    expect(bundle?.directory).toBe(path.join(outdir, 'functions', 'fixture'));
    expect(existsSync(path.join(bundle?.directory ?? '', 'index.mjs'))).toBe(true);
    const policy: unknown = JSON.parse(readFileSync(path.join(bundle?.directory ?? '', 'policy.json'), 'utf8'));
    expect(policy).toEqual(JSON.parse(JSON.stringify(compilePolicy(text, 'policy.yaml', CONTROLS))));
  });

  it('fails with the errors of the policy and their lines, before it builds anything', async () => {
    const file = policyFile('version: 1\npreset: gaurd\n');
    const building = buildFunctions({ outdir, functions: [{ ...FIXTURE, name: 'unbuilt' }], policyFile: file });
    await expect(building).rejects.toThrow(PolicyInvalid);
    await expect(building).rejects.toThrow(/policy\.yaml:2/);
    expect(existsSync(bundleDirectory('unbuilt', outdir))).toBe(false);
  });

  it('fails if an entry point cannot be bundled', async () => {
    const functions = [{ name: 'missing', entries: { index: 'test/infra/no-such-file.ts' } }];
    const building = buildFunctions({ outdir, functions, policyFile: policyFile('version: 1\npreset: guard\n') });
    await expect(building).rejects.toThrow('no-such-file.ts');
  });
});
