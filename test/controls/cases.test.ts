import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { AnyControl, Case, ControlDocs } from '../../shared/model/control.ts';

const FOLDER = new URL('../../shared/controls/', import.meta.url);

const loaded = await Promise.all(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map(
      async (file) =>
        (await import(new URL(file, FOLDER).href)) as { readonly docs?: ControlDocs } & Record<string, unknown>,
    ),
);

const documented = loaded.flatMap((module) => {
  const control = CONTROLS.find((one) => Object.values(module).includes(one));
  return module.docs === undefined || control === undefined ? [] : [{ control, docs: module.docs }];
});

const findings = (control: AnyControl, { rules, groupName = 'web', attachments = [] }: Case) =>
  control.evaluate(
    {
      group: { id: 'sg-0c0ffee0c0ffee000', name: groupName, tags: {}, rules },
      facts: { attachments },
      trigger: 'sweep',
      fresh: new Set(),
    },
    control.defaults,
    { ipv4: 8, ipv6: 16 },
  );

describe('every control', () => {
  it('is documented in its own file', () => {
    expect(documented.map(({ control }) => control.id).toSorted()).toEqual(CONTROLS.map(({ id }) => id).toSorted());
  });

  describe.each(documented.map(({ control, docs }) => [control.id, control, docs.cases()] as const))(
    '%s',
    (_id, control, { valid, invalid }) => {
      it('has cases of both kinds', () => {
        expect(Math.min(valid.length, invalid.length)).toBeGreaterThan(0);
      });

      it.each(invalid.map((one) => [one.title, one] as const))('fires on %s', (_title, one) => {
        const found = findings(control, one);
        expect(found.length).toBeGreaterThan(0);
        for (const finding of found) {
          expect(finding.rules.every((rule) => one.rules.includes(rule))).toBe(true);
          expect(control.explain(finding)).not.toMatch(/undefined|NaN|\[object/);
        }
      });

      it.each(valid.map((one) => [one.title, one] as const))('is silent on %s', (_title, one) => {
        expect(findings(control, one)).toEqual([]);
      });
    },
  );
});
