import type { CreateDefaultVpcResult } from '@aws-sdk/client-ec2';
import { AwsError } from './aws-error.ts';
import { zonesOf } from './geography.ts';
import { storeInternetGateway } from './internet-gateways.ts';
import type { Region } from './region.ts';
import { storeSubnet } from './subnets.ts';
import { describedVpc, storeVpc } from './vpcs.ts';

/**
 * CreateDefaultVpc: 172.31.0.0/16 with a /20 subnet in each zone, an internet gateway, and a route to it. Throws DefaultVpcAlreadyExists.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
export function createDefaultVpc(region: Region): CreateDefaultVpcResult {
  if ([...region.vpcs.values()].some((vpc) => vpc.isDefault)) {
    throw new AwsError('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.');
  }
  const vpc = storeVpc(region, { cidr: '172.31.0.0/16', isDefault: true });
  for (const [index, { name }] of zonesOf(region.name).entries()) {
    storeSubnet(region, vpc.id, `172.31.${16 * index}.0/20`, name, { isDefault: true });
  }
  const { id: gatewayId } = storeInternetGateway(region, vpc.id);
  const main = [...region.routeTables.values()].find((table) => table.vpcId === vpc.id && table.main);
  if (main) region.routeTables.set(main.id, { ...main, routes: [{ cidr: '0.0.0.0/0', gatewayId }] });
  return { Vpc: describedVpc(region, vpc, 'pending') };
}
