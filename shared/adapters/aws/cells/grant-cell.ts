import type { GrantPorts } from '../../../domain/ports.ts';
import { ec2Clients } from '../clients/settings.ts';
import { vpcs } from '../ec2/describe.ts';
import { grants } from '../ec2/grants.ts';
import { securityGroups } from '../ec2/snapshot.ts';
import { functionsIn } from '../lambda.ts';
import { runtimeSwitch, switchClient } from '../ssm.ts';
import { lazyTrail } from './cell.ts';
import { type RecordCell, recordPorts } from './record-cell.ts';

/** The ports of on-grant: make them once per container. */
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
    runtimeSwitch: runtimeSwitch(switchClient(clients), cell.switchParameter, cell),
  };
}
