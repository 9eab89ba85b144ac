import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../shared/controls/parts/documentation.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { AnyControl, Case, ControlDocs } from '../../shared/domain/control.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';

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

const GROUP = { id: 'sg-0c0ffee0c0ffee000', name: 'web', tags: {} };

function findings(
  control: AnyControl,
  { rules, group, facts, trigger = 'sweep', options }: Case,
  fresh: readonly Rule[] = [],
) {
  return control.evaluate(
    {
      group: { ...GROUP, ...group, rules },
      facts: { ...NO_FACTS, ...facts },
      trigger,
      fresh: new Set(fresh),
      exposure: exposureOf(rules, new Set(fresh), { ipv4: 8, ipv6: 16 }),
    },
    { ...control.defaults, ...options },
  );
}

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
        expect(control.couldFire?.({ ...GROUP, ...one.group, rules: one.rules })).not.toBe(false);
        for (const finding of found) {
          expect(finding.rules.every((rule) => one.rules.includes(rule))).toBe(true);
          expect(control.explain(finding)).not.toMatch(/undefined|NaN|\[object/);
        }
      });

      it.each(invalid.map((one) => [one.title, one] as const))('finds the same in any order: %s', (_title, one) => {
        const named = (rules: readonly Rule[]) =>
          findings(control, { ...one, rules }).map((finding) => new Set(finding.rules));
        expect(named(one.rules.toReversed())).toEqual(named(one.rules));
      });

      it.each(invalid.map((one) => [one.title, one] as const))('tells fresh from existing rules: %s', (_title, one) => {
        const freshness = (fresh: readonly Rule[]) =>
          new Set(
            findings(control, one, fresh).flatMap((found) => (found.rules.length === 0 ? [] : [found.freshness])),
          );
        const hasRules = findings(control, one).some(({ rules }) => rules.length > 0);
        expect([freshness(one.rules), freshness([])]).toEqual(
          hasRules ? [new Set(['fresh']), new Set(['existing'])] : [new Set(), new Set()],
        );
      });

      it.each(invalid.map((one) => [one.title, one] as const))(
        'does not fire after the named rules are removed: %s',
        (_title, one) => {
          const gone = new Set(findings(control, one).flatMap(({ rules }) => rules));
          const rest = { ...one, rules: one.rules.filter((rule) => !gone.has(rule)) };
          expect(findings(control, rest).filter(({ rules }) => rules.length > 0)).toEqual([]);
        },
      );

      it.each(valid.map((one) => [one.title, one] as const))('does not fire on %s', (_title, one) => {
        expect(findings(control, one)).toEqual([]);
      });
    },
  );
});
