import type { GroupInventory, Networks } from '../../../domain/ec2.ts';
import type { SweepQueue } from '../../../domain/invocations.ts';
import type { GrantPorts } from '../../../domain/ports.ts';
import { ec2Clients } from '../clients/settings.ts';
import { describeVpcCidrs } from '../ec2/facts/account-wide.ts';
import { census } from '../ec2/list-groups.ts';
import { functionsClient, sweepQueue } from '../lambda.ts';
import { runtimeSwitch, switchClient } from '../ssm.ts';
import type { CellSettings } from './cell.ts';

/** The ports of a sweep besides the shared ones. */
interface SweepReach {
  readonly census: (region: string) => GroupInventory;
  readonly networks: (region: string) => Networks;
  /** Continues in another invocation of the function of this name. */
  readonly relayTo: (functionName: string) => SweepQueue;
  readonly runtimeSwitch: GrantPorts['runtimeSwitch'];
}

/** The ports of a sweep besides the shared ones: make them once per container. */
export function sweepReach(cell: CellSettings): SweepReach {
  const { clients, switchParameter } = cell;
  const ec2 = ec2Clients(clients);
  const lambda = functionsClient(clients);
  return {
    census: (region) => census(ec2(region)),
    networks: (region) => ({ cidrs: async () => await describeVpcCidrs(ec2(region)) }),
    relayTo: (functionName) => sweepQueue(lambda, functionName),
    runtimeSwitch: runtimeSwitch(switchClient(clients), switchParameter, cell),
  };
}
