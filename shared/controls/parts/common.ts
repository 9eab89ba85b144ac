import type { Trigger } from '../../domain/change.ts';
import type { Subject } from '../../domain/control.ts';
import type { NarrowTo, PortOptions, WidthLimit } from '../../domain/control-options.ts';
import type { ExposureQuestion, Finding, Freshness, Opening, Severity } from '../../domain/finding.ts';
import type { Direction, Rule } from '../../domain/group.ts';
import { formatExposures } from '../../network/format-exposure.ts';

/**
 * Changes that can expose something: of rules, of prefix lists that rules name, or of what the group is
 * attached to.
 */
export const OPENING: readonly Trigger[] = [
  'rules-added',
  'rules-modified',
  'group-created',
  'prefix-list-changed',
  'attached',
  'tagged',
  'sweep',
];

/** Changes that can add rules. */
export const NEW_RULES: readonly Trigger[] = ['rules-added', 'rules-modified', 'group-created', 'sweep'];

/** Sources that can replace the world. */
export const NARROWINGS_OF_ADDRESSES = ['actor', 'trusted', 'private'] as const satisfies readonly NarrowTo[];

/** Sources that can replace the world, and fewer ports. */
export const NARROWINGS: readonly NarrowTo[] = [...NARROWINGS_OF_ADDRESSES, 'split'];

/** A finding about a group that names no rule, so `detail` says what is wrong. */
export function aboutGroup(control: string, severity: Severity, freshness: Freshness, detail: string): Finding {
  return {
    control,
    severity,
    freshness,
    rules: [],
    exposures: [],
    detail,
  };
}

/** Explains a finding by its `detail`. */
export function explainDetail({ detail = '' }: Finding): string {
  return detail;
}

/**
 * The fresh and the existing of some rules, as one finding each. A part without rules leads to no finding.
 */
export function ruleFindings(
  control: string,
  severity: Severity,
  rules: readonly Rule[],
  fresh: ReadonlySet<Rule>,
): readonly Finding[] {
  const [added, existing] = [rules.filter((rule) => fresh.has(rule)), rules.filter((rule) => !fresh.has(rule))];
  return [
    ...(added.length > 0 ? [{ control, severity, freshness: 'fresh', rules: added, exposures: [] } as const] : []),
    ...(existing.length > 0
      ? [{ control, severity, freshness: 'existing', rules: existing, exposures: [] } as const]
      : []),
  ];
}

/** The first items of a list, and the number of the others: `a, b, 3 more`. */
export function listFirst(items: readonly string[], max: number): string {
  const more = items.length > max ? [`${items.length - max} more`] : [];
  return [...items.slice(0, max), ...more].join(', ');
}

/** Converts openings to findings of a control. */
export function openingFindings(control: string, severity: Severity, openings: readonly Opening[]): readonly Finding[] {
  return openings.map(({ freshness, rules, exposures }) => ({ control, severity, freshness, rules, exposures }));
}

/**
 * Evaluates which of the control's ports the world reaches. The three controls about sensitive ports share
 * it.
 */
export function worldOpenPorts(control: string, severity: Severity) {
  return ({ exposure }: Subject, { ports }: PortOptions): readonly Finding[] =>
    openingFindings(
      control,
      severity,
      exposure.openings({ direction: 'ingress', traffic: { only: ports }, allowed: 0, order: 'largest-source' }),
    );
}

/**
 * Asks whether more ports than a limit are open to the world in one direction. The widest rules are removed
 * first.
 */
export function widthQuestion(direction: Direction, { maxPorts, publicPorts }: WidthLimit): ExposureQuestion {
  return { direction, traffic: { except: [publicPorts] }, allowed: maxPorts, order: 'widest-range' };
}

/** "tcp 22 (SSH) is open to 100 % of the internet" */
export function explainPorts({ exposures, rules }: Finding): string {
  return formatExposures(exposures, rules);
}
