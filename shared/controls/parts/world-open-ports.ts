import type { Subject } from '../../domain/controls/control.ts';
import type { ExposureQuestion, Opening } from '../../domain/controls/exposure.ts';
import type { Finding, Severity } from '../../domain/controls/finding.ts';
import type { PortOptions, WidthLimit } from '../../domain/controls/options.ts';
import type { Direction } from '../../domain/rule.ts';
import { formatExposures } from '../../network/text/format-exposure.ts';

/** Openings as findings of a control. */
export function openingFindings(control: string, severity: Severity, openings: readonly Opening[]): readonly Finding[] {
  return openings.map(({ freshness, rules, exposures }) => ({ control, severity, freshness, rules, exposures }));
}

/** What the three controls about sensitive ports share: which ports the world reaches, as findings under the control's name. */
export const worldOpenPorts =
  (control: string, severity: Severity) =>
  ({ exposure }: Subject, { ports }: PortOptions): readonly Finding[] =>
    openingFindings(
      control,
      severity,
      exposure.openings({ direction: 'ingress', traffic: { only: ports }, allowed: 0, order: 'largest-source' }),
    );

/** The question whether more ports than a limit are open to the world in one direction. The widest rules go first. */
export function widthQuestion(direction: Direction, { maxPorts, publicPorts }: WidthLimit): ExposureQuestion {
  return { direction, traffic: { except: [publicPorts] }, allowed: maxPorts, order: 'widest-range' };
}

/** "tcp 22 is open to 100 % of the internet" */
export const explainPorts = ({ exposures, rules }: Finding): string => formatExposures(exposures, rules);
