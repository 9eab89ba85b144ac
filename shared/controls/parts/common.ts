import type { Trigger } from '../../domain/change.ts';
import type { Subject } from '../../domain/control.ts';
import type { NarrowTo, PortOptions, WidthLimit } from '../../domain/control-options.ts';
import type { ExposureQuestion, Finding, Freshness, Opening, Severity } from '../../domain/finding.ts';
import type { Direction, Rule } from '../../domain/group.ts';
import { formatExposures } from '../../network/format-exposure.ts';

/** What can bring the world to a group: its rules, the lists that they name, and the group's getting something to protect. */
export const OPENING: readonly Trigger[] = [
  'rules-added',
  'rules-modified',
  'group-created',
  'prefix-list-changed',
  'attached',
  'tagged',
  'sweep',
];

/** What can bring a rule of any kind. */
export const NEW_RULES: readonly Trigger[] = ['rules-added', 'rules-modified', 'group-created', 'sweep'];

/** Sources in place of the world. */
export const NARROWINGS_OF_ADDRESSES = ['actor', 'trusted', 'private'] as const satisfies readonly NarrowTo[];

/** The same, and fewer ports. */
export const NARROWINGS: readonly NarrowTo[] = [...NARROWINGS_OF_ADDRESSES, 'split'];

/** A finding about a group as such: no rule of it is to blame, so `detail` has to say what is wrong. */
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

/** What the finding says of itself. */
export function explainDetail({ detail = '' }: Finding): string {
  return detail;
}

/** Rules under the freshness that they share. */
export interface RulesOfAge {
  readonly freshness: Freshness;
  readonly rules: readonly Rule[];
}

/** Rules told apart by whether the change brought them; a part without rules is left out. */
export function byFreshness(rules: readonly Rule[], fresh: ReadonlySet<Rule>): readonly RulesOfAge[] {
  const parts: readonly RulesOfAge[] = [
    { freshness: 'fresh', rules: rules.filter((rule) => fresh.has(rule)) },
    { freshness: 'existing', rules: rules.filter((rule) => !fresh.has(rule)) },
  ];
  return parts.filter((part) => part.rules.length > 0);
}

/** Openings as findings of a control. */
export function openingFindings(control: string, severity: Severity, openings: readonly Opening[]): readonly Finding[] {
  return openings.map(({ freshness, rules, exposures }) => ({ control, severity, freshness, rules, exposures }));
}

/** What the three controls about sensitive ports share: which ports the world reaches, as findings under the control's name. */
export function worldOpenPorts(control: string, severity: Severity) {
  return ({ exposure }: Subject, { ports }: PortOptions): readonly Finding[] =>
    openingFindings(
      control,
      severity,
      exposure.openings({ direction: 'ingress', traffic: { only: ports }, allowed: 0, order: 'largest-source' }),
    );
}

/** The question whether more ports than a limit are open to the world in one direction. The widest rules go first. */
export function widthQuestion(direction: Direction, { maxPorts, publicPorts }: WidthLimit): ExposureQuestion {
  return { direction, traffic: { except: [publicPorts] }, allowed: maxPorts, order: 'widest-range' };
}

/** "tcp 22 is open to 100 % of the internet" */
export function explainPorts({ exposures, rules }: Finding): string {
  return formatExposures(exposures, rules);
}
