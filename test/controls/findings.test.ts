import { describe, expect, it } from 'vitest';
import { documentedControl } from '../../cli/commands/explain.ts';
import { NO_FACTS } from '../../shared/controls/parts/documentation.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { AnyControl, Case } from '../../shared/domain/control.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { formatRule } from '../../shared/network/format.ts';

const pages = await Promise.all(CONTROLS.map(async ({ id }) => await documentedControl(id)));

function told(control: AnyControl, one: Case, fresh: readonly Rule[]): readonly string[] {
  const group = { id: 'sg-0c0ffee0c0ffee000', name: 'web', tags: {}, ...one.group, rules: one.rules };
  const subject = {
    group,
    facts: { ...NO_FACTS, ...one.facts },
    trigger: one.trigger ?? ('sweep' as const),
    fresh: new Set(fresh),
    exposure: exposureOf(one.rules, new Set(fresh), { ipv4: 8, ipv6: 16 }),
  };
  return control
    .evaluate(subject, { ...control.defaults, ...one.options })
    .flatMap((finding) => [
      `  ${finding.control}, ${finding.severity}, ${finding.freshness}: ${control.explain(finding)}`,
      ...finding.rules.map((rule) => `    ${formatRule(rule)}`),
      ...(finding.exposures.length === 0 ? [] : [`    exposed: ${JSON.stringify(finding.exposures)}`]),
      ...(finding.limit === undefined ? [] : [`    no more than ${finding.limit.mode}: ${finding.limit.reason}`]),
    ]);
}

/**
 * The findings of a control for its documented cases: once with existing rules, and once with every other
 * rule added.
 */
function tale(control: AnyControl, cases: readonly Case[]): string {
  return cases
    .flatMap((one) => [
      one.title,
      ...told(control, one, []),
      ' every other rule is new',
      ...told(
        control,
        one,
        one.rules.filter((_rule, i) => i % 2 === 0),
      ),
      '',
    ])
    .join('\n');
}

describe('the findings of documented cases', () => {
  it.each(pages.map(({ control, docs }) => [control.id, control, docs] as const))(
    '%s says what was read and found right',
    async (id, control, docs) => {
      const { invalid, valid } = docs.cases();
      await expect(tale(control, [...invalid, ...valid])).toMatchFileSnapshot(`findings/${id}.txt`);
    },
  );

  it.each(pages.map(({ control, docs }) => [control.id, docs] as const))(
    'of %s holds what EC2 could tell',
    (_id, docs) => {
      const { valid, invalid } = docs.cases();
      for (const { rules, facts = {} } of [...valid, ...invalid]) {
        const { attachments = [] } = facts;
        expect(new Set(attachments.map(({ owner, interfaceId }) => `${owner} ${interfaceId}`)).size).toBe(
          attachments.length,
        );
        for (const one of attachments) {
          expect(one).toMatchObject({
            interfaceId: expect.stringMatching(/^eni-[0-9a-f]{17}$/),
            description: '',
            type: 'interface',
          });
          expect(one.instanceId ?? 'i-00000000000000000').toMatch(/^i-[0-9a-f]{17}$/);
          expect(one.instanceId === undefined || one.owner === 'ec2').toBe(true);
        }
        for (const rule of rules) expect(rule.groupId).toBe('sg-0c0ffee0c0ffee000');
      }
    },
  );
});
