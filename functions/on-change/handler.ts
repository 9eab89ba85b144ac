import { cellPorts, grantQueueTo, groupsByRegion } from '../../shared/adapters/aws/cells/cell.ts';
import { lazyPort } from '../../shared/adapters/aws/lazily.ts';
import { Unfinished } from '../../shared/domain/errors.ts';
import type { FindingsPublisher } from '../../shared/domain/ports.ts';
import { withoutFact } from '../../shared/remediation/decide/enabled-controls.ts';
import { settleAll } from '../../shared/remediation/settle-all.ts';
import { cellSettings } from '../runtime/cell.ts';
import { observed, throughDoors } from '../runtime/handler.ts';
import { type Handler, optionalSetting, type Runtime, setting } from '../runtime/runtime.ts';
import { changeHandlers, type Statuses } from './handle-change.ts';
import { changeJournal } from './journal.ts';

/** Handles CloudTrail's events about security groups: removes the rules that a change must not add. */
export function create(runtime: Runtime): Handler<Statuses> {
  const { clients, clock, environment, logger, metrics } = runtime;
  const findings = findingsPort(runtime);
  const ports = {
    ...cellPorts(cellSettings(runtime)),
    ...(findings && { findings }),
    grantQueue: grantQueueTo(setting(environment, 'grantFunction'), clients),
    clock,
    journal: changeJournal(logger, metrics),
  };
  // This role may not list functions, because that would show their environment variables. So no control can
  // use references to groups.
  const policy = withoutFact(runtime.policy, 'referencedBy');
  const doors = changeHandlers({ policy, ports, groupsIn: groupsByRegion(clients), logger, metrics });
  return observed(runtime, throughDoors('onChange', doors));
}

type FindingsRuntime = Pick<Runtime, 'environment' | 'clients' | 'clock'>;

function toBus(bus: string, { clients, clock }: FindingsRuntime): FindingsPublisher {
  return lazyPort(async () => {
    const [{ eventsClient, ownEvents }, { ownEvent }] = await Promise.all([
      import('../../shared/adapters/aws/eventbridge.ts'),
      import('../../shared/reports/own-event.ts'),
    ]);
    return ownEvents(eventsClient(clients), { bus, eventFor: ownEvent, clock });
  });
}

function toSecurityHub({ clients, clock }: FindingsRuntime): FindingsPublisher {
  return lazyPort(async () => {
    const [{ securityHub, securityHubClient }, { asffFinding }] = await Promise.all([
      import('../../shared/adapters/aws/security-hub.ts'),
      import('../../shared/reports/asff.ts'),
    ]);
    return securityHub(securityHubClient(clients), { findingFor: asffFinding, clock });
  });
}

/**
 * Publishes to all places, even if one fails. Throws the error of the place that failed, or Unfinished if
 * several failed.
 */
export function toEach(places: readonly FindingsPublisher[]): FindingsPublisher {
  return {
    async publish(outcome) {
      const { faults } = await settleAll(places.map(async (place) => await place.publish(outcome)));
      if (faults.length > 0) throw faults.length === 1 ? faults[0] : new Unfinished(faults);
    },
  };
}

/**
 * Publishes findings to the places in the environment; undefined if there are none. Loads the code with the
 * first finding.
 */
function findingsPort(surroundings: FindingsRuntime): FindingsPublisher | undefined {
  const { environment } = surroundings;
  const bus = optionalSetting(environment, 'eventBus');
  const places = [
    ...(bus === undefined ? [] : [toBus(bus, surroundings)]),
    ...(optionalSetting(environment, 'securityHub') === undefined ? [] : [toSecurityHub(surroundings)]),
  ];
  return places.length === 0 ? undefined : toEach(places);
}
