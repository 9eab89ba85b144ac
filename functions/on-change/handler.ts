import { cellPorts, groupsByRegion, handoverTo } from '../../shared/adapters/aws/cells/cell.ts';
import { withoutFact } from '../../shared/remediation/decide/enabled.ts';
import { cellSettings } from '../runtime/cell.ts';
import { throughDoors } from '../runtime/doors.ts';
import { observed } from '../runtime/observed.ts';
import type { Handler, Runtime } from '../runtime/runtime.ts';
import { setting } from '../runtime/settings.ts';
import { cellFindings } from './findings.ts';
import { changeHandlers, type Statuses } from './handle-change.ts';
import { journalTo } from './journal.ts';

/** EventBridge's target for CloudTrail's events about security groups: closes what the change has opened. */
export const create = (runtime: Runtime): Handler<Statuses> => {
  const { clients, clock, environment, logger, metrics } = runtime;
  const findings = cellFindings(runtime);
  const ports = {
    ...cellPorts(cellSettings(runtime)),
    ...(findings && { findings }),
    handover: handoverTo(setting(environment, 'grantFunction'), clients),
    clock,
    journal: journalTo(logger, metrics),
  };
  // This role may not list functions, because their environment variables would come along. So no control can rely on what names a group.
  const policy = withoutFact(runtime.policy, 'referencedBy');
  const doors = changeHandlers({ policy, ports, groupsIn: groupsByRegion(clients), logger, metrics });
  return observed(runtime, throughDoors('onChange', doors));
};
