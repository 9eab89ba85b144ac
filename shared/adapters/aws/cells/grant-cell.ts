import type { GrantPorts } from '../../../domain/grants.ts';
import { ec2Clients } from '../clients/clients.ts';
import { functionsIn } from '../ec2/facts/functions.ts';
import { grants } from '../ec2/grants/grants.ts';
import { securityGroups } from '../ec2/security-groups.ts';
import { vpcs } from '../ec2/vpcs.ts';
import { runtimeSwitch, switchClient } from '../ssm/switch.ts';
import { lazyTrail } from './cell.ts';
import { type RecordCell, recordPorts } from './grant-cell-records.ts';

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
