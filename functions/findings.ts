import { lazyFindings } from '../shared/aws/lazily.ts';
import { Unfinished } from '../shared/model/errors.ts';
import type { Findings } from '../shared/model/ports.ts';
import { side } from '../shared/pipeline/side.ts';
import { optionalSetting } from './settings.ts';
import { clock } from './telemetry.ts';

const toBus = (bus: string): Findings =>
  lazyFindings(async () => {
    const [{ eventsClient, ownEvents }, { ownEvent }] = await Promise.all([
      import('../shared/aws/own-events.ts'),
      import('../shared/reports/own-event.ts'),
    ]);
    return ownEvents(eventsClient(), { bus, eventFor: ownEvent, clock });
  });

const toSecurityHub = (): Findings =>
  lazyFindings(async () => {
    const [{ securityHub, securityHubClient }, { asffFinding }] = await Promise.all([
      import('../shared/aws/security-hub.ts'),
      import('../shared/reports/asff.ts'),
    ]);
    return securityHub(securityHubClient(), { findingFor: asffFinding, clock });
  });

/** Each place gets the finding, whatever becomes of the others. Throws the fault of the one that refused, Unfinished where several did. */
export const toEach = (places: readonly Findings[]): Findings => ({
  async publish(outcome) {
    const { faults } = await side(places.map(async (place) => await place.publish(outcome)));
    if (faults.length > 0) throw faults.length === 1 ? faults[0] : new Unfinished(faults);
  },
});

/** Where the function's environment sends findings; undefined where nowhere. Loaded by the first finding, after the act. */
export const cellFindings = (): Findings | undefined => {
  const bus = optionalSetting('eventBus');
  const places = [
    ...(bus === undefined ? [] : [toBus(bus)]),
    ...(optionalSetting('securityHub') === undefined ? [] : [toSecurityHub()]),
  ];
  return places.length === 0 ? undefined : toEach(places);
};
