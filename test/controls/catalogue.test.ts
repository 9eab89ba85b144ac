import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalogueText } from '../../infra/generate/catalogue.ts';

it('docs/controls.md tells of every control what the control says of itself, word by word', async () => {
  expect(await catalogueText()).toBe(readFileSync('docs/controls.md', 'utf8'));
});
