import type { GrantPorts } from '../../../domain/grants.ts';
import type { Census, Networks, SweepRelay } from '../../../domain/sweep.ts';
import { ec2Clients } from '../clients/clients.ts';
import { census } from '../ec2/census.ts';
import { describeVpcCidrs } from '../ec2/facts/vpc-cidrs.ts';
import { functionsClient } from '../lambda/invoke.ts';
import { sweepRelay } from '../lambda/sweep-relay.ts';
import { runtimeSwitch, switchClient } from '../ssm/switch.ts';
import type { Cell } from './cell.ts';

/** What a sweep reaches besides the cell's records. */
interface SweepReach {
  readonly census: (region: string) => Census;
  readonly networks: (region: string) => Networks;
  /** Goes on in another invocation of the function of this name. */
  readonly relayTo: (functionName: string) => SweepRelay;
  readonly switch: GrantPorts['switch'];
}

/** What a sweep needs besides the records of its cell: make this once per container. */
export function sweepReach(cell: Cell): SweepReach {
  const { clients, switchParameter } = cell;
  const ec2 = ec2Clients(clients);
  const lambda = functionsClient(clients);
  return {
    census: (region) => census(ec2(region)),
    networks: (region) => ({ cidrs: async () => await describeVpcCidrs(ec2(region)) }),
    relayTo: (functionName) => sweepRelay(lambda, functionName),
    switch: runtimeSwitch(switchClient(clients), switchParameter, cell),
  };
}
