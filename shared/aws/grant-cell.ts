import type { GrantPorts } from '../model/grants.ts';
import { ec2Client } from './clients.ts';
import { functionsIn } from './facts/functions.ts';
import { type RecordCell, recordPorts } from './grant-cell-records.ts';
import { grants } from './grants.ts';
import { securityGroups } from './security-groups.ts';
import { runtimeSwitch, switchClient } from './switch.ts';
import { vpcs } from './vpcs.ts';

/** Everything that granting needs from outside: make these once per container. */
export const grantPorts = (cell: RecordCell): GrantPorts => ({
  ...recordPorts(cell),
  region: (name) => {
    const ec2 = ec2Client(name);
    return { groups: securityGroups(ec2, functionsIn(name)), grants: grants(ec2, cell.clock), vpcs: vpcs(ec2) };
  },
  switch: runtimeSwitch(switchClient(), cell.switchParameter, cell.clock),
});
