import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('does not add the schema library or the YAML parser to the functions', async () => {
  const { metafile } = await build({
    entryPoints: [new URL('../../shared/policy/service-owned.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
  });
  expect(Object.keys(metafile.inputs).map((input) => input.replace(/^.*shared\//, 'shared/'))).toEqual([
    'shared/domain/identity.ts',
    'shared/policy/service-owned.ts',
  ]);
});
