import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../infra/build/bundle.ts';
import { CONFIG_SCHEDULES, configRules } from '../../shared/catalogue.ts';
import { FAMILIES } from '../../shared/controls/parts/families.ts';

const page = readFileSync(path.join(ROOT, 'docs/config.md'), 'utf8');

/** The first two cells of each row, and the controls that the third cell links to. */
const rows = page.split('\n').flatMap((line) => {
  const [, name, title, links = ''] = /^\| `(Portcullis-[\w-]+)` \| (.+?) \| (.+) \|$/.exec(line) ?? [];
  return name === undefined
    ? []
    : [{ name, title, controls: Array.from(links.matchAll(/\(controls\.md#([\w-]+)\)/g), ([, id]) => id) }];
});

describe('the page on AWS Config', () => {
  it('has the rule of each family, with its controls', () => {
    expect(rows).toEqual(
      Object.entries(FAMILIES).map(([family, { title, controls }]) => ({
        name: `Portcullis-${family}`,
        title,
        controls,
      })),
    );
    expect(configRules('Portcullis').map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
  });

  it('names every schedule', () => {
    for (const schedule of CONFIG_SCHEDULES) expect(page).toContain(schedule);
  });

  it('calculates the costs with the number of rules: one item, and one evaluation for each rule', () => {
    const text = page.replaceAll(/\s+/g, ' ');
    const change = (3 + rows.length) / 1000;
    expect(text).toContain(`A change of a group therefore costs $${change}:`);
    expect(text).toContain(`1,000 changes a month cost $${change * 1000}.`);
    expect(text).toContain(`24,000 evaluations a month, which cost $${(100 * rows.length * 30) / 1000}.`);
    expect(text).toContain(`80,000 evaluations, which cost $${(10_000 * rows.length) / 1000}.`);
  });
});
