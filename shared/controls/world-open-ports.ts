import { formatExposures } from '../exposure/format.ts';
import { largestFirst } from '../exposure/reach.ts';
import { worldOpen } from '../exposure/world-open.ts';
import type { Subject } from '../model/control.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { PortOptions, WorldThreshold } from '../model/options.ts';

/** What the three controls about sensitive ports share: which ports the world reaches, as findings under the control's name. */
export const worldOpenPorts =
  (control: string, severity: Severity) =>
  ({ group, fresh }: Subject, { ports }: PortOptions, world: WorldThreshold): readonly Finding[] =>
    worldOpen({ rules: group.rules, fresh, direction: 'ingress', world, ports, allowed: 0, order: largestFirst }).map(
      (opening) => ({
        control,
        severity,
        ...opening,
      }),
    );

/** "tcp 22 is open to 100 % of the internet" */
export const explainPorts = ({ exposures }: Finding): string => formatExposures(exposures);
