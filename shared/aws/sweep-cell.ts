import type { GrantPorts } from '../model/grants.ts';
import type { Census, Networks, SweepRelay } from '../model/sweep.ts';
import { census } from './census.ts';
import { ec2Client } from './clients.ts';
import { describeVpcCidrs } from './facts/vpc-cidrs.ts';
import { functionsClient } from './invoke.ts';
import { sweepRelay } from './sweep-relay.ts';
import { runtimeSwitch, switchClient } from './switch.ts';

/** What a sweep reaches besides the cell's records. */
interface SweepReach {
  readonly census: (region: string) => Census;
  readonly networks: (region: string) => Networks;
  readonly relay: SweepRelay;
  readonly switch: GrantPorts['switch'];
}

/**
 * What a sweep needs besides the records of its cell.
 *
 * @param functionName the sweep's own.
 */
export const sweepReach = (
  cell: { readonly switchParameter: string; readonly clock: GrantPorts['clock'] },
  functionName: string,
): SweepReach => ({
  census: (region) => census(ec2Client(region)),
  networks: (region) => ({ cidrs: async () => await describeVpcCidrs(ec2Client(region)) }),
  relay: sweepRelay(functionsClient(), functionName),
  switch: runtimeSwitch(switchClient(), cell.switchParameter, cell.clock),
});
