import type { GrantPorts } from '../model/grants.ts';
import { lazyTrail } from './cell.ts';
import { ec2Clients } from './clients.ts';
import { functionsIn } from './facts/functions.ts';
import { type RecordCell, recordPorts } from './grant-cell-records.ts';
import { grants } from './grants.ts';
import { securityGroups } from './security-groups.ts';
import { runtimeSwitch, switchClient } from './switch.ts';
import { vpcs } from './vpcs.ts';

/** Everything that granting needs from outside: make these once per container. */
export function grantPorts(cell: RecordCell): GrantPorts {
  const { clients, clock } = cell;
  const ec2In = ec2Clients(clients);
  return {
    ...recordPorts(cell),
    trail: lazyTrail(clients),
    region: (region) => {
      const ec2 = ec2In(region);
      const groups = securityGroups(ec2, functionsIn({ ...clients, region }));
      return { groups, grants: grants(ec2, clock), vpcs: vpcs(ec2) };
    },
    switch: runtimeSwitch(switchClient(clients), cell.switchParameter, cell),
  };
}
