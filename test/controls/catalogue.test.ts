import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { controlsPageText } from '../../infra/generate/controls-page.ts';

it('docs/controls.md tells of every control what the control says of itself, word by word', async () => {
  expect(await controlsPageText()).toBe(readFileSync('docs/controls.md', 'utf8'));
});
