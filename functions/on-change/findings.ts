import { lazyPort } from '../../shared/adapters/aws/lazily.ts';
import { Unfinished } from '../../shared/domain/errors.ts';
import type { Findings } from '../../shared/domain/ports.ts';
import { side } from '../../shared/remediation/side.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { optionalSetting } from '../runtime/settings.ts';

type Surroundings = Pick<Runtime, 'environment' | 'clients' | 'clock'>;

const toBus = (bus: string, { clients, clock }: Surroundings): Findings =>
  lazyPort(async () => {
    const [{ eventsClient, ownEvents }, { ownEvent }] = await Promise.all([
      import('../../shared/adapters/aws/eventbridge/own-events.ts'),
      import('../../shared/reports/own-event.ts'),
    ]);
    return ownEvents(eventsClient(clients), { bus, eventFor: ownEvent, clock });
  }, ['publish']);

const toSecurityHub = ({ clients, clock }: Surroundings): Findings =>
  lazyPort(async () => {
    const [{ securityHub, securityHubClient }, { asffFinding }] = await Promise.all([
      import('../../shared/adapters/aws/security-hub/security-hub.ts'),
      import('../../shared/reports/asff.ts'),
    ]);
    return securityHub(securityHubClient(clients), { findingFor: asffFinding, clock });
  }, ['publish']);

/** Each place gets the finding, whatever becomes of the others. Throws the fault of the one that refused, Unfinished where several did. */
export const toEach = (places: readonly Findings[]): Findings => ({
  async publish(outcome) {
    const { faults } = await side(places.map(async (place) => await place.publish(outcome)));
    if (faults.length > 0) throw faults.length === 1 ? faults[0] : new Unfinished(faults);
  },
});

/** Where the function's environment sends findings; undefined if nowhere. Loaded by the first finding, after the act. */
export const cellFindings = (surroundings: Surroundings): Findings | undefined => {
  const { environment } = surroundings;
  const bus = optionalSetting(environment, 'eventBus');
  const places = [
    ...(bus === undefined ? [] : [toBus(bus, surroundings)]),
    ...(optionalSetting(environment, 'securityHub') === undefined ? [] : [toSecurityHub(surroundings)]),
  ];
  return places.length === 0 ? undefined : toEach(places);
};
