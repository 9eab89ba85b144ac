import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { controlsPageText } from '../../infra/generate/controls-page.ts';

it('docs/controls.md is generated from the current controls', async () => {
  expect(await controlsPageText()).toBe(readFileSync('docs/controls.md', 'utf8'));
});
